import { after, joinedTopics, scenario, step } from '../../harness/index.ts'

export default scenario({
  id: 'channels/slow-in-parallel',
  title: 'slow work beside the channel, and inside it',
  define:
    'Three slow pings of 3 s are answered together when they are handled beside the channel, and one after the other when inside it.',
  covers: ['CH-5', 'CH-68', 'CH-131', 'PM-17', 'PM-19', 'PM-21', 'DF-35', 'DF-36'],
  given: { nodes: 1 },
  steps: [
    step('a client joins', async (cast) => {
      await (await cast.client('carol', 'n1', { socket: '/stats_socket' })).join('valid')
      await (await cast.client('dave', 'n1', { socket: '/stats_socket' })).join('valid')
    }),
    step('push three of each kind', async (cast) => {
      const [carol, dave] = [await cast.client('carol', 'n1'), await cast.client('dave', 'n1')]
      const startedMs = cast.clock.monotonicMs()
      const tookMs = () => cast.clock.monotonicMs() - startedMs
      const beside = [1, 2, 3].map(() => carol.ask('valid', 'parallel_slow_ping', {}, 20_000).then(tookMs))
      const inside = [1, 2].map(() => dave.ask('valid', 'slow_ping', {}, 20_000).then(tookMs))
      cast.notes.set('beside', await Promise.all(beside)).set('inside', await Promise.all(inside))
    }),
    step('push more than anybody needs', async (cast) => {
      const greedy = await cast.client('carol', 'n1')
      const answers = Array.from({ length: 150 }, () => greedy.ask('valid', 'parallel_slow_ping', {}, 20_000))
      const refused = (await Promise.all(answers)).filter(({ status }) => status === 'error')
      cast.notes.set('refused', refused.length)
    }),
  ],
  expectations: [
    after(3, 'a client cannot start any number of them', async (cast) => {
      const refused = cast.notes.get('refused') as number
      if (refused === 0) throw new Error('all of them were started')
    }),
    after(2, 'beside the channel: all after 3 s', async (cast) => {
      const slowestMs = Math.max(...(cast.notes.get('beside') as number[]))
      if (slowestMs > 4_500) throw new Error(`the slowest took ${slowestMs.toFixed(0)} ms`)
    }),
    after(2, 'inside it: the second after 6 s', async (cast) => {
      const slowestMs = Math.max(...(cast.notes.get('inside') as number[]))
      if (slowestMs < 5_900) throw new Error(`the second took ${slowestMs.toFixed(0)} ms`)
    }),
  ],
  laws: [joinedTopics],
})
