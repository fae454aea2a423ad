import { joinedTopics, scenariosFor } from '../../harness/index.ts'
import { mustTakeAtMost, watchingStalls } from '../stalls.ts'

const { scenario, step, after, afterIfPromised } = scenariosFor()

export default scenario({
  id: 'channels/slow-in-parallel',
  title: 'slow work beside the channel, and inside it',
  invariant:
    'Three slow pings of 3 s are answered together when they are handled beside the channel, and one after the other when inside it.',
  covers: ['CH-5', 'CH-68', 'CH-131', 'PM-17', 'PM-19', 'PM-21', 'AT-43', 'DF-35', 'DF-36'],
  given: { nodes: 1 },
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
      const answers = Array.from({ length: parallelRepliesMax + 50 }, () =>
        greedy.ask('valid', 'parallel_slow_ping', {}, 20_000),
      )
      const refused = (await Promise.all(answers)).filter(({ status }) => status === 'error')
      context.scratch.set('refused', refused.length)
    }),
  ],
  expectations: [
    afterIfPromised('parallelRepliesMax', 3, 'a client cannot start any number of them', async (context) => {
      const refused = context.scratch.get('refused') as number
      if (refused === 0) throw new Error('all of them were started')
    }),
    after(2, 'beside the channel: all after 3 s', async (context) => {
      const slowestMs = Math.max(...(context.scratch.get('beside') as number[]))
      mustTakeAtMost(context, slowestMs, 4_500, `the slowest took ${slowestMs.toFixed(0)} ms`)
    }),
    after(2, 'inside it: the second after 6 s', async (context) => {
      const slowestMs = Math.max(...(context.scratch.get('inside') as number[]))
      if (slowestMs < 5_900) throw new Error(`the second took ${slowestMs.toFixed(0)} ms`)
    }),
  ],
  checkers: [joinedTopics],
})
