import {
  atMostOnce,
  joinedTopics,
  presenceMatchesReality,
  type ScenarioContext,
  scenariosFor,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { enterAllKinds, listenEverywhere, publishFrom } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const nodes = ['n1', 'n2', 'n3']
const delayMs = 300
const times = 3

/** How long the messages of a node took to its own listener, or to those on other nodes. */
function tookMs({ recorder }: ScenarioContext, node: string, where: 'here' | 'there'): number[] {
  const got = recorder.events
    .filter(({ type, event }) => type === 'receive' && event === 'ledger')
    .filter(({ who }) => (who === `listener-${node}`) === (where === 'here'))
  const sent = recorder.events.filter(({ type, who }) => type === 'publish' && who === node)
  return sent.flatMap(({ value, tMs }) => {
    const { seq } = value as { seq: number }
    return got.filter((one) => isThe(one.value, node, seq)).map((one) => one.tMs - tMs)
  })
}

const isThe = (value: unknown, publisher: string, seq: number) => {
  const entry = value as { publisher: string; seq: number }
  return entry.publisher === publisher && entry.seq === seq
}
const there = (context: ScenarioContext) => nodes.flatMap((node) => tookMs(context, node, 'there'))

export default scenario({
  id: 'cluster/redis-slow',
  title: 'Redis is slow: messages cross nodes late, and stay on their node quickly',
  invariant:
    'What one node publishes reaches clients of the same node at once and clients of others late, each once and in order.',
  covers: ['FI-14', 'NF-18', 'DP-7', 'DP-8', 'AM-1', 'AM-3', 'AM-6'],
  tags: ['browser'],
  given: { nodes: nodes.length, pubsub: 'redis' },
  steps: [
    step('a client listens on every node, and n1 has clients of every kind', async (context) => {
      await listenEverywhere(context)
      await enterAllKinds(context, 'n1')
    }),
    step('make Redis slow and publish on every node', async (context) => {
      await context.nemesis.inject('redis.slow', 'redis', { delayMs })
      await publishFrom(context, nodes, times)
      await context.until(
        'every message is everywhere',
        5_000,
        () => there(context).length === times * nodes.length * (nodes.length - 1),
      )
    }),
  ],
  expectations: [
    after(2, 'messages to other nodes came late', async (context) => {
      const quickest = Math.min(...there(context))
      if (quickest < 0.8 * delayMs) throw new Error(`one took only ${quickest} ms`)
    }),
    // The quickest of each node: the machine may stand still under one message, but who waits for Redis waits for it each time.
    after(2, 'messages of the own node did not wait', async (context) => {
      const slowest = Math.max(...nodes.map((node) => Math.min(...tookMs(context, node, 'here'))))
      if (slowest >= 0.8 * delayMs) throw new Error(`the quickest of one node took ${slowest} ms`)
    }),
  ],
  checkers: [atMostOnce, joinedTopics, presenceMatchesReality, viewsMatchFreshRender],
})
