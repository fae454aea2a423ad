import type { Endpoint } from '../channels/index.ts'
import type { ControlActions } from '../control/server.ts'
import type { Clock, CountedClock, SkewableClock } from '../platform/clock.ts'
import { heapBytesAfterCollection } from '../platform/memory.ts'
import { processUsage } from '../platform/usage.ts'
import type { TamperedAdapter } from '../pubsub/index.ts'
import type { Delays } from './delays.ts'
import { inventoryOf } from './inventory.ts'
import type { App, AppContext } from './module.ts'
import type { Shedding } from './shedding/shedding.ts'

interface NodeParts {
  context: Pick<AppContext, 'config' | 'runtime' | 'pubsub'>
  clock: SkewableClock
  /** Counts the timers of the whole node. */
  timers: CountedClock
  /** None on a node that is alone. */
  adapter: TamperedAdapter | undefined
  endpoint: Endpoint
  delays: Delays
  shedding: Pick<Shedding, 'order' | 'counters'>
  apps: readonly App[]
}

/** What the control port can do to any node, whatever its applications. */
export function createControlActions(node: NodeParts): ControlActions {
  const { context, clock, adapter, endpoint, delays, shedding } = node
  const startedMs = clock.monotonicMs()
  const counters = { askedBroadcasts: 0 }
  return {
    health: () => ({
      node: context.config.SQUALL_NODE,
      pid: process.pid,
      uptimeMs: Math.round(clock.monotonicMs() - startedMs),
    }),
    ready: () => readyOf(node),
    state: () => stateOf(node, counters),
    actors: () => killable(node).map(({ kill: _kill, ...actor }) => actor),
    killActor({ id, name }) {
      const victim = killable(node).find((actor) => (id === undefined ? actor.name === name : actor.id === id))
      victim?.kill()
      return victim?.id
    },
    dropConnections: endpoint.dropConnections,
    shed: shedding.order,
    broadcast(topic, event, payload) {
      counters.askedBroadcasts += 1
      endpoint.broadcast(topic, event, payload)
    },
    delay: delays.set,
    skewClock: clock.skew,
    tamper: (rules) => adapter?.tamper(rules),
    block: (forMs) => block(clock, forMs),
    memory,
    collect: () => collect(clock),
  }
}

const merged = <T>(parts: readonly (Record<string, T> | undefined)[]): Record<string, T> =>
  Object.assign({}, ...parts) as Record<string, T>

function readyOf({ context: { pubsub }, apps }: NodeParts) {
  const conditions = merged(apps.map((app) => app.readiness?.()))
  const peers = Object.entries(pubsub.peers()).map(([name, { connected }]) => [name, connected])
  return { ready: Object.values(conditions).every(Boolean), ...conditions, peers: Object.fromEntries(peers) }
}

function stateOf(node: NodeParts, own: Record<string, number>) {
  const { context, adapter, endpoint, apps } = node
  const { pubsub, config } = context
  const ofApps = merged(apps.map((app) => app.counters?.()))
  return {
    node: config.SQUALL_NODE,
    subscriptions: pubsub.subscriptions(),
    connections: endpoint.connections(),
    pushes: endpoint.handled(),
    hibernated: context.runtime.actors().filter(({ hibernated }) => hibernated).length,
    peers: pubsub.peers(),
    ...merged(apps.map((app) => app.state?.())),
    holds: inventoryOf({ ...node, ...context }),
    ...(adapter && { sent: adapter.sent() }),
    counters: {
      ...pubsub.counters,
      ...endpoint.counters,
      ...ofApps,
      ...own,
      ...node.shedding.counters,
      ...adapter?.counters,
    },
  }
}

/** Actors, and connections: these are no actors, but each can be killed alone (FI-1). */
const killable = ({ context: { runtime }, endpoint, apps }: NodeParts) => [
  ...[...runtime.actors(), ...apps.flatMap((app) => app.supervisors?.() ?? [])].map((actor) => {
    const { id, name, role, mailboxLength, handled, alive, hibernated } = actor
    return { id, name, role, mailboxLength, handled, alive, hibernated, kill: () => actor.kill() }
  }),
  ...endpoint.connections().map(({ id, socket: name }) => {
    const kill = () => endpoint.dropConnection(id)
    return {
      id: `transport-${id}`,
      name,
      role: 'transport',
      mailboxLength: 0,
      handled: 0,
      alive: true,
      hibernated: false,
      kill,
    }
  }),
]

function memory() {
  const { heapBytes, rssBytes } = processUsage()
  return { heapBytes, rssBytes }
}

function collect(clock: Clock) {
  const beforeBytes = memory().heapBytes
  const startedMs = clock.monotonicMs()
  const heapBytes = heapBytesAfterCollection()
  return { beforeBytes, heapBytes, tookMs: clock.monotonicMs() - startedMs }
}

/** Nothing else runs meanwhile, as with a computation that nobody cut into pieces (FI-11). */
function block(clock: Clock, forMs: number) {
  const endMs = clock.monotonicMs() + forMs
  while (clock.monotonicMs() < endMs);
}
