import type { AppControls, AppView } from '../app.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { ClusterNode } from '../cluster/node.ts'
import type { HistoryEvent, NewEvent } from '../history/operation.ts'
import { type Clock, systemClock as clock } from '../platform/clock.ts'
import { type LinkTraffic, linksIn } from './link-traffic.ts'
import type { NodeView, ServerView } from './snapshot.ts'

/** What was last seen of the cluster, by paths that no fault on a link touches. */
export interface Seen {
  nodes: NodeView[]
  links: LinkTraffic[]
  database: ServerView
  redis?: ServerView
  app: AppView
  /** What checkers are given; undefined while it cannot be read. */
  now?: ReadNow | undefined
  actors: Record<string, readonly string[]>
  topics: Record<string, readonly string[]>
}

interface ReadNow {
  events: readonly NewEvent[]
  /** Of which session, and how much of it had happened just before it was read. */
  of: readonly HistoryEvent[]
  afterEvents: number
}

const lookEveryMs = 500
const actorsEveryMs = 5_000

interface Options {
  cluster: Cluster
  controls: AppControls
  eventsOf(): readonly HistoryEvent[]
}

/** Looks at everything again and again until it is stopped; what does not answer delays nothing else. */
export function startProbes({ cluster, controls, eventsOf }: Options) {
  let isOver = false
  const seen: Seen = {
    nodes: cluster.nodes.map(unknownNode),
    links: [],
    database: { url: cluster.database.url, state: 'not asked yet' },
    ...(cluster.redis && { redis: { url: cluster.redis.url, state: 'not asked yet' } }),
    app: { groups: [], carts: [] },
    actors: {},
    topics: {},
  }

  const again = async (everyMs: number, look: () => Promise<void>) => {
    while (!isOver) {
      await look().catch(() => {})
      await clock.sleep(everyMs)
    }
  }

  const nodeLoops = cluster.nodes.flatMap((node, index) => [
    again(lookEveryMs, async () => {
      const { view, topics } = await lookAtNode(node, seen.nodes[index]!)
      seen.nodes[index] = view
      if (topics) seen.topics[node.name] = topics
    }),
    again(actorsEveryMs, async () => {
      const actors = await node.control.actors()
      seen.actors[node.name] = [...new Set(actors.flatMap(({ role, name }) => role ?? name ?? []))]
    }),
  ])
  const loops = [
    ...nodeLoops,
    again(lookEveryMs, async () => {
      seen.database = await ask(cluster.database.url, () => cluster.database.query('select 1'))
    }),
    again(lookEveryMs, async () => {
      const { redis } = cluster
      if (redis) seen.redis = await ask(redis.url, () => redis.ping())
    }),
    again(lookEveryMs, async () => {
      seen.links = await lookAtLinks(cluster, seen.links, clock)
    }),
    again(lookEveryMs, async () => {
      seen.app = await controls.look(cluster)
    }),
    again(lookEveryMs, async () => {
      const of = eventsOf()
      const afterEvents = of.length
      const events = await controls.readNow(cluster).catch(() => undefined)
      seen.now = events && { events, of, afterEvents }
    }),
  ]
  return {
    seen,
    async stop() {
      isOver = true
      await Promise.all(loops)
    },
  }
}

const unknownNode = ({ name, directUrl, pid }: ClusterNode): NodeView => ({
  name,
  url: directUrl,
  ...(pid !== undefined && { pid }),
  state: 'not asked yet',
  isReady: false,
  sees: [],
  connections: 0,
  channels: 0,
})

async function lookAtNode(node: ClusterNode, before: NodeView) {
  const { name, directUrl, pid, control, running } = node
  const base = { ...before, name, url: directUrl, ...(pid !== undefined && { pid }) }
  if (!running) return { view: { ...base, state: 'down', isReady: false, sees: [], connections: 0, channels: 0 } }
  try {
    const [{ ready, peers }, { connections }] = await Promise.all([control.ready(), control.state()])
    const topics = connections.flatMap((one) => one.topics)
    const view: NodeView = {
      ...base,
      state: ready ? 'ready' : 'not ready',
      isReady: ready,
      sees: Object.entries(peers ?? {}).flatMap(([peer, isThere]) => (isThere ? [peer] : [])),
      connections: connections.length,
      channels: topics.length,
    }
    return { view, topics: [...new Set(topics)] }
  } catch (error) {
    return { view: { ...base, state: `silent: ${(error as Error).message}`, isReady: false } }
  }
}

async function ask(url: string, question: () => Promise<unknown>): Promise<ServerView> {
  const startedMs = clock.monotonicMs()
  try {
    await question()
    return { url, state: 'answers', tookMs: Math.round(clock.monotonicMs() - startedMs) }
  } catch (error) {
    return { url, state: `fails: ${(error as Error).message || (error as Error).name}` }
  }
}

async function lookAtLinks(
  { links }: Cluster,
  before: readonly LinkTraffic[],
  { monotonicMs }: Pick<Clock, 'monotonicMs'>,
) {
  const [proxies, metrics] = await Promise.all(
    ['proxies', 'metrics'].map(async (path) => (await fetch(`${links.apiUrl}/${path}`)).text()),
  )
  return linksIn({ proxies: proxies!, metrics: metrics!, before, atMs: monotonicMs() })
}
