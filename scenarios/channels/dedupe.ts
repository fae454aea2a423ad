import { joinedTopics, type ScenarioContext, scenariosFor } from '../../harness/index.ts'
import { mustHaveHeard, mustNotRepeat } from '../stalls.ts'

const { scenario, step, after } = scenariosFor()

/** In which a number is pushed once. */
const windowMs = 1_000
const cameWithinMs = 10_000

export default scenario({
  id: 'channels/dedupe',
  title: 'numbers once per window, in order',
  invariant:
    'Numbers that are broadcast again and again reach a client once per second each, in the order of their first arrival, also when it has joined again.',
  covers: ['AT-36', 'AT-46', 'CH-77', 'CH-128', 'CH-129', 'DF-12', 'DF-17', 'DF-18'],
  given: { nodes: 2 },
  steps: [
    step('a client listens, and joins again in the middle of a window', async (context) => {
      const carol = await context.client('carol', 'n1')
      await carol.join('dupe')
      await context.cluster.node('n1').control.broadcast('dupe', 'number', { number: beforeRejoin })
      await carol.leave('dupe')
      await carol.join('dupe')
      await carol.join('ping')
    }),
    step('broadcast 1, 2, 3, 2 from another node', async (context) => {
      for (let left = attemptsFor(context); left > 0; left -= 1) {
        await broadcastNumbers(context)
        if (context.scratch.get('early') === 0 && numbersOf(context) === '1,2,3') return
      }
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
      mustBeOneWindow(context)
      const values = numbersOf(context)
      const sentence = `got ${values || 'nothing'}`
      mustNotRepeat(context, values === '1,2,3' || pushed(context).length < 3, isCarol, sentence)
      mustHaveHeard(context, values === '1,2,3', isCarol, sentence)
    }),
    after(3, 'the outgoing handler named the node of the client', async (context) => {
      const request = context.recorder.events.find(({ event }) => event === 'send_ping')
      if ((request?.value as { from_node?: string } | undefined)?.from_node !== context.cluster.node('n1').ownName)
        throw new Error('the raw broadcast came, or another node was named')
    }),
  ],
  checkers: [joinedTopics],
})

const isCarol = (who: string) => who === 'carol'

/** Half of a window is more than a machine needs that is only busy. */
function mustBeOneWindow({ scratch, notReached }: ScenarioContext) {
  const tookMs = Number(scratch.get('tookMs'))
  if (tookMs > windowMs / 2) notReached(`the numbers were broadcast in ${Math.round(tookMs)} ms, and not in one window`)
}

/** Lost with the channel that collected it, unless its window was over before. */
const beforeRejoin = 9

/**
 * Our windows begin with the first number. Those of HelloSockets may follow each other without a pause: then one may end in the middle of the
 * numbers, but not twice in a row, because the next ones come at another time of the second.
 */
const attemptsFor = ({ cluster }: ScenarioContext) => (cluster.env ? 1 : 3)

async function broadcastNumbers(context: ScenarioContext) {
  const { cluster, recorder, scratch, clock } = context
  scratch.set('from', recorder.events.length)
  const startedMs = clock.monotonicMs()
  for (const number of [1, 2, 3, 2]) await cluster.node('n2').control.broadcast('dupe', 'number', { number })
  scratch.set('early', pushed(context).length)
  scratch.set('tookMs', clock.monotonicMs() - startedMs)
  await clock.sleep(2 * windowMs + 300)
  await context.until('they come', cameWithinMs, () => pushed(context).length >= 3).catch(() => {})
}

/** What came since the last broadcasts began. */
const pushed = ({ recorder, scratch }: ScenarioContext) =>
  recorder.events
    .slice(scratch.get('from') as number)
    .filter(({ event }) => event === 'number')
    .map(({ value }) => (value as { value: number }).value)
    .filter((number) => number !== beforeRejoin)

const numbersOf = (context: ScenarioContext) => pushed(context).join()
