import { after, atMostOnce, type Cast, joinedTopics, scenario, step } from '../../harness/index.ts'
import { listenEverywhere, publishFrom } from '../support.ts'

const nodes = ['n1', 'n2', 'n3']
const delayMs = 300
const times = 3

/** How long the last message of each node took to each listener: on the same node, or on another. */
function latestMs(cast: Cast, where: 'here' | 'there'): number[] {
  const sent = cast.recorder.events.filter(({ type }) => type === 'publish')
  return sent.flatMap(({ value, who: node, tMs }) => {
    const { seq } = value as { seq: number }
    if (seq !== times) return []
    return cast.recorder.events
      .filter((one) => one.type === 'receive' && one.event === 'ledger' && isThe(one.value, node, seq))
      .filter(({ who }) => (who === `listener-${node}`) === (where === 'here'))
      .map((got) => got.tMs - tMs)
  })
}

const isThe = (value: unknown, publisher: string, seq: number) => {
  const entry = value as { publisher: string; seq: number }
  return entry.publisher === publisher && entry.seq === seq
}

export default scenario({
  id: 'cluster/redis-slow',
  title: 'Redis is slow: messages cross nodes late, and stay on their node quickly',
  define:
    'What one node publishes reaches clients of the same node at once and clients of others late, each once and in order.',
  covers: ['FI-14', 'NF-18', 'DP-7', 'DP-8', 'AM-1', 'AM-3', 'AM-6'],
  given: { nodes: nodes.length, pubsub: 'redis' },
  steps: [
    step('a client listens on every node', listenEverywhere),
    step('make Redis slow and publish on every node', async (cast) => {
      await cast.nemesis.inject('redis.slow', 'redis', { delayMs })
      await publishFrom(cast, nodes, times)
      await cast.until('every message is everywhere', 5_000, () => latestMs(cast, 'there').length === 6)
    }),
  ],
  expectations: [
    after(2, 'messages to other nodes came late', async (cast) => {
      const quickest = Math.min(...latestMs(cast, 'there'))
      if (quickest < 0.8 * delayMs) throw new Error(`one took only ${quickest} ms`)
    }),
    after(2, 'messages of the own node did not wait', async (cast) => {
      const slowest = Math.max(...latestMs(cast, 'here'))
      if (slowest >= 0.8 * delayMs) throw new Error(`one took ${slowest} ms`)
    }),
  ],
  laws: [atMostOnce, joinedTopics],
})
