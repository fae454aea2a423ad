import type { Endpoint } from '../channels/index.ts'
import type { CountedClock } from '../platform/clock.ts'
import type { PubSub, PubSubAdapter } from '../pubsub/index.ts'
import type { AnyActorRef, Runtime } from '../runtime/index.ts'
import type { App } from './module.ts'

interface Holders {
  runtime: Runtime
  pubsub: PubSub
  timers: CountedClock
  adapter: PubSubAdapter | undefined
  endpoint: Endpoint
  apps: readonly App[]
}

/** Counts all that a node holds, at one moment: whatever is left when its clients have gone was forgotten (RT-11, CH-63). */
export function inventoryOf({ runtime, pubsub, timers, adapter, endpoint, apps }: Holders) {
  const actors = runtime.actors()
  const ofApps = apps.flatMap((app) => app.holds?.() ?? [])
  const owners = ofApps.flatMap((one) => one.owners ?? [])
  const living = new Set(actors.map(({ id }) => id))
  const subscribers = Object.values(pubsub.subscriptions())
  return {
    ...endpoint.held(),
    channels: countBy(actors.filter(isChannel).map(kindOf)),
    actors: countBy(actors.map(({ role = 'other' }) => role)),
    timers: timers.timerCount(),
    topics: subscribers.length,
    subscriptions: sum(subscribers),
    tracked: owners.length,
    changesTold: sum(ofApps.map(({ changesTold = 0 }) => changesTold)),
    trackedOfNobody: owners.filter((owner) => !living.has(owner)).length,
    callsInFlight: sum(actors.map((actor) => actor.callsInFlight)),
    peerBytes: adapter?.queuedBytes() ?? 0,
    pending: totals(ofApps.map((one) => one.pending)),
  }
}

const isChannel = ({ role }: AnyActorRef) => role === 'channel'

/** The kind of a channel, without its topic, which may be a secret. */
const kindOf = ({ name = '' }: AnyActorRef) => name.split(':', 1)[0]!

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)

const countBy = (names: readonly string[]) => totals(names.map((name) => ({ [name]: 1 })))

function totals(records: readonly Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {}
  for (const record of records)
    for (const [name, count] of Object.entries(record)) total[name] = (total[name] ?? 0) + count
  return total
}
