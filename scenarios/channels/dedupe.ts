import { joinedTopics, scenariosFor } from '../../harness/index.ts'

const { scenario, step, after } = scenariosFor()

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
      const { control } = context.cluster.node('n2')
      for (const number of [1, 2, 3, 2]) await control.broadcast('dupe', 'number', { number })
      context.scratch.set('early', pushed(context.recorder.events).length)
      await context.clock.sleep(2_300)
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
      if (context.scratch.get('early') !== 0) throw new Error(`${context.scratch.get('early')} came at once`)
    }),
    after(2, 'each number came once, in order', async (context) => {
      const values = pushed(context.recorder.events).join()
      if (values !== '1,2,3') throw new Error(`got ${values || 'nothing'}`)
    }),
    after(3, 'the outgoing handler named the node of the client', async (context) => {
      const request = context.recorder.events.find(({ event }) => event === 'send_ping')
      if ((request?.value as { from_node?: string } | undefined)?.from_node !== context.cluster.node('n1').ownName)
        throw new Error('the raw broadcast came, or another node was named')
    }),
  ],
  checkers: [joinedTopics],
})

/** Lost with the channel that collected it, unless its window was over before. */
const beforeRejoin = 9

const pushed = (events: readonly { event?: string; value?: unknown }[]) =>
  events
    .filter(({ event }) => event === 'number')
    .map(({ value }) => (value as { value: number }).value)
    .filter((number) => number !== beforeRejoin)
