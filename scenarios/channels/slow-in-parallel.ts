import { joinedTopics, type ScenarioContext, scenariosFor } from '../../harness/index.ts'
import { mustTakeAtMost, watchingStalls } from '../stalls.ts'

const { scenario, step, after, afterIfPromised } = scenariosFor()

/** A slow ping takes so long, or as long as HelloSockets has it where the system runs already. */
const shortMs = 1_000
const slowMsOf = ({ cluster }: ScenarioContext) => (cluster.env ? shortMs : 3_000)
/** Beyond what may go on at once. */
const moreCount = 50
/** By so much may two clocks of one machine differ. */
const toleranceMs = 50

export default scenario({
  id: 'channels/slow-in-parallel',
  title: 'slow work beside the channel, and inside it',
  invariant:
    'Slow pings are answered together when they are handled beside the channel, and one after the other when inside it; of many, a hundred go on at once, and the others wait for them.',
  covers: ['CH-5', 'CH-68', 'CH-131', 'PM-17', 'PM-19', 'PM-21', 'PM-22', 'AT-43', 'DF-35', 'DF-36'],
  given: { nodes: 1, fasterEnv: { SLOW_PING_MS: String(shortMs) } },
  steps: [
    step('a client joins', async (context) => {
      await (await context.client('carol', 'n1', { socket: '/stats_socket' })).join('valid')
      await (await context.client('dave', 'n1', { socket: '/stats_socket' })).join('valid')
    }),
    step('push three of each kind', async (context) => {
      const [carol, dave] = [await context.client('carol', 'n1'), await context.client('dave', 'n1')]
      const startedMs = context.clock.monotonicMs()
      const tookMs = () => context.clock.monotonicMs() - startedMs
      const beside = [1, 2, 3].map(() => carol.ask('valid', 'parallel_slow_ping', {}, 20_000).then(tookMs))
      const inside = [1, 2].map(() => dave.ask('valid', 'slow_ping', {}, 20_000).then(tookMs))
      await watchingStalls(context, 'n1', async () => {
        context.scratch.set('beside', await Promise.all(beside)).set('inside', await Promise.all(inside))
      })
    }),
    step('push more than anybody needs', async (context) => {
      const { parallelRepliesMax } = context.cluster.promises
      if (parallelRepliesMax === undefined) return
      const greedy = await context.client('carol', 'n1')
      const startedMs = context.clock.monotonicMs()
      const ask = async () => {
        const { status } = await greedy.ask('valid', 'parallel_slow_ping', {}, 20_000)
        return { status, tookMs: context.clock.monotonicMs() - startedMs }
      }
      context.scratch.set('many', await Promise.all(Array.from({ length: parallelRepliesMax + moreCount }, ask)))
    }),
  ],
  expectations: [
    afterIfPromised(
      'parallelRepliesMax',
      3,
      'a client cannot start any number of them, and all are answered',
      async (context) => {
        const atOnceMax = context.cluster.promises.parallelRepliesMax!
        const many = context.scratch.get('many') as { status: string; tookMs: number }[]
        const first = many.filter(({ tookMs }) => tookMs < 2 * slowMsOf(context) - toleranceMs)
        if (first.length > atOnceMax) throw new Error(`${first.length} went on at once, and at most ${atOnceMax} may`)
        const failed = many.filter(({ status }) => status === 'error')
        if (failed.length > 0)
          throw new Error(`${failed.length} of ${many.length} were refused instead of made to wait`)
        if (many.some(({ status }) => status === 'timeout')) context.notReached('not all were answered in time')
      },
    ),
    after(2, 'beside the channel: all after one ping', async (context) => {
      const slowestMs = Math.max(...(context.scratch.get('beside') as number[]))
      mustTakeAtMost(context, slowestMs, 2.5 * slowMsOf(context), `the slowest took ${slowestMs.toFixed(0)} ms`)
    }),
    after(2, 'inside it: the second after two', async (context) => {
      const slowestMs = Math.max(...(context.scratch.get('inside') as number[]))
      if (slowestMs < 2 * slowMsOf(context) - toleranceMs) throw new Error(`the second took ${slowestMs.toFixed(0)} ms`)
    }),
  ],
  checkers: [joinedTopics],
})
