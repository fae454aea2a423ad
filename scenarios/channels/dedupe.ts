import { joinedTopics, type ScenarioContext, scenariosFor } from '../../harness/index.ts'
import { mustHaveHeard } from '../stalls.ts'

const { scenario, step, after } = scenariosFor()

/** In which a number is pushed once. */
const windowMs = 1_000
const cameWithinMs = 10_000

export default scenario({
  id: 'channels/dedupe',
  title: 'numbers once per window, in order',
  invariant:
    'Numbers that are broadcast again and again reach a client once per second each, in the order of their first arrival.',
  covers: ['AT-36', 'AT-46', 'CH-77', 'CH-128', 'CH-129', 'DF-12', 'DF-17', 'DF-18'],
  given: { nodes: 2 },
  steps: [
    step('a client listens', async (context) => {
      await (await context.client('carol', 'n1')).join('dupe')
      await (await context.client('carol', 'n1')).join('ping')
    }),
    step('broadcast 1, 2, 3, 2 from another node', async (context) => {
      const { control } = context.cluster.node('n2')
      const startedMs = context.clock.monotonicMs()
      for (const number of [1, 2, 3, 2]) await control.broadcast('dupe', 'number', { number })
      context.scratch.set('early', pushed(context.recorder.events).length)
      context.scratch.set('tookMs', context.clock.monotonicMs() - startedMs)
      await context.clock.sleep(2 * windowMs + 300)
      await context.until('they come', cameWithinMs, () => pushed(context.recorder.events).length >= 3).catch(() => {})
    }),
    step('ask everybody for a ping', async (context) => {
      await context.cluster.node('n2').control.broadcast('ping', 'request_ping', { from: 'n2' })
      await context.until('the request arrives', 3_000, () =>
        context.recorder.events.some(({ event }) => event === 'send_ping' || event === 'request_ping'),
      )
    }),
  ],
  expectations: [
    after(2, 'nothing came before the window was over', async (context) => {
      mustBeOneWindow(context)
      if (context.scratch.get('early') !== 0) throw new Error(`${context.scratch.get('early')} came at once`)
    }),
    after(2, 'each number came once, in order', async (context) => {
      const values = pushed(context.recorder.events).join()
      mustBeOneWindow(context)
      mustHaveHeard(context, values === '1,2,3', (who) => who === 'carol', `got ${values || 'nothing'}`)
    }),
    after(3, 'the outgoing handler named the node of the client', async (context) => {
      const request = context.recorder.events.find(({ event }) => event === 'send_ping')
      if ((request?.value as { from_node?: string } | undefined)?.from_node !== context.cluster.node('n1').ownName)
        throw new Error('the raw broadcast came, or another node was named')
    }),
  ],
  checkers: [joinedTopics],
})

/** Half of a window is more than a machine needs that is only busy. */
function mustBeOneWindow({ scratch, notReached }: ScenarioContext) {
  const tookMs = Number(scratch.get('tookMs'))
  if (tookMs > windowMs / 2) notReached(`the numbers were broadcast in ${Math.round(tookMs)} ms, and not in one window`)
}

const pushed = (events: readonly { event?: string; value?: unknown }[]) =>
  events.filter(({ event }) => event === 'number').map(({ value }) => (value as { value: number }).value)
