import { joinedTopics, type ScenarioContext, scenariosFor } from '../../harness/index.ts'
import { mustTakeAtMost, watchingStalls } from '../stalls.ts'

const { scenario, step, after } = scenariosFor()

const size = 80
const backWithinMs = 3_000
const lateWithinMs = 15_000
const names = Array.from({ length: size }, (_, n) => `client-${n + 1}`)

export default scenario({
  id: 'channels/reconnect-storm',
  title: 'everybody comes back at once',
  invariant: `The connections of ${size} clients of one node break at the same moment: within ${backWithinMs / 1_000} s all of them are joined again.`,
  covers: ['NF-21', 'DP-29', 'FI-12', 'CH-106', 'CH-108', 'DF-50'],
  given: { nodes: 1 },
  steps: [
    step('many clients listen', async (context) => {
      for (const name of names) await (await context.client(name, 'n1', { over: 'crowd' })).join('ping')
    }),
    step('break all their connections', async (context) => {
      // Where no node shows its connections, a reset of the link that they share breaks all of them too.
      const isShown = await canDrop(context)
      const drop = await (isShown
        ? context.nemesis.inject('connection.drop', 'n1/ping')
        : context.nemesis.inject('link.reset', 'crowd->n1'))
      if (!isShown) await drop.heal()
      const isBack = () => joinedCount(context) === size
      const startedMs = context.clock.monotonicMs()
      await watchingStalls(context, undefined, async () => {
        await context.until('all are back', backWithinMs, isBack).catch(() => {})
        context.scratch.set('back', joinedCount(context))
        await context.until('all are back, however late', lateWithinMs, isBack).catch(() => {})
        context.scratch.set('late', joinedCount(context))
      })
      context.scratch.set('took', context.clock.monotonicMs() - startedMs)
      await drop.heal()
    }),
  ],
  expectations: [
    after(2, 'all of them are joined again in time', async (context) => {
      const back = context.scratch.get('back')
      const sentence = `after ${backWithinMs} ms ${back} of ${size} clients are back`
      if (back === size) return
      // Nobody says how far away a system is that runs already, nor how many connections it opens in a second.
      if (!context.cluster.env && context.scratch.get('late') === size) context.notReached(sentence)
      mustTakeAtMost(context, Number(context.scratch.get('took')), backWithinMs, sentence)
    }),
  ],
  checkers: [joinedTopics],
})

/** A node may show its connections, and offer nobody to break them. */
const canDrop = async (context: ScenarioContext) => {
  const { control, shows } = context.cluster.node('n1')
  if (!shows.state || context.cluster.env) return shows.state
  // That nobody has joined the topic is an answer too.
  return context.isOffered(() => control.dropConnections('ping:nobody')).catch(() => true)
}

const joinedCount = (context: ScenarioContext) =>
  context.clients().filter((client) => client.joins().joined.length === 1).length
