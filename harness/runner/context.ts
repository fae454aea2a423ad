import type { AppSession, AppTools, HarnessApp, HeldWindow } from '../app.ts'
import type { BrowserPool } from '../clients/browser.ts'
import { type ChannelClient, openChannelClient } from '../clients/channel-client.ts'
import { openPollClient, type PollClient } from '../clients/poll-client.ts'
import { openWireClient, type WireClient } from '../clients/wire-client.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { CoreContext, Nemesis } from '../context.ts'
import type { Present } from '../history/inventory.ts'
import { mannersOf } from '../history/manners.ts'
import type { Recorder } from '../history/recorder.ts'
import type { DecisionLog } from '../plans/schedule.ts'
import { describeTrigger, hasFired, seenBetween, type Trigger } from '../plans/trigger.ts'
import { systemClock } from '../platform/clock.ts'
import { NotSupported } from '../platform/errors.ts'
import type { Random } from '../platform/random.ts'
import { until } from '../platform/until.ts'

export interface ContextOptions {
  cluster: Cluster
  nemesis: Nemesis
  recorder: Recorder
  random: Random
  log: DecisionLog
  browsers: BrowserPool
  /** Whether a process of the scenario had no processor, or the harness stood still, for nearly all of the last `lastMs`. */
  wasStarved(lastMs: number): boolean
  /** How much of the last `lastMs` a starved machine took away; 0 where it was not starved. */
  lostMs(lastMs: number): number
  /** Those that the scenario names. */
  apps: readonly HarnessApp[]
}

/** A scenario could not do what it is about: the verdict is `unknown`, not `violated`. */
export class NotReached extends Error {
  override name = 'NotReached'
}

/** What the steps of one scenario use, and what its applications tell the runner. */
export interface OpenContext {
  context: CoreContext
  sessions: readonly AppSession[]
  /** Whoever of the scenario's clients is connected, those of the applications included. */
  present(): Promise<Present[]>
  close(): Promise<void>
}

/** The context of one scenario, with the members of its applications. */
export function openContext(options: ContextOptions): OpenContext {
  const { cluster, nemesis, recorder, random, log, browsers, apps } = options
  const clients = openClients(cluster, recorder)
  const operation: AppTools['operation'] = (node, name, value, run) => {
    log.decide({ kind: 'op', name, target: node })
    return recorder.invoke(node, name, value, run)
  }
  const core: CoreContext = {
    cluster,
    apps: apps.map(({ name }) => name),
    nemesis,
    recorder,
    clock: systemClock,
    scratch: new Map(),
    clients: clients.all,
    client: clients.client,
    wire: clients.wire,
    poll: clients.poll,
    until: (what, withinMs, ask) => until(ask, { what, withinMs, lostMs: options.lostMs }),
    armTrigger: (trigger, withinMs) => armTrigger(trigger, withinMs, options),
    choose(name, list) {
      const decided = log.decide({ kind: 'choice', name, value: list.indexOf(random.pick(list)) })
      return list[decided.value as number]!
    },
    publish: createPublisher(cluster, recorder, operation),
    reached: (state) => recorder.record({ who: 'scenario', type: 'reached', operation: state }),
    provoke: (why, who, code) =>
      void recorder.record({
        who: 'scenario',
        type: 'read',
        operation: mannersOf.provocation,
        value: { why, who, code },
      }),
    isOffered: (ask) =>
      ask().then(
        () => true,
        (error) => {
          if (error instanceof NotSupported) return false
          throw error
        },
      ),
    wasStarved: options.wasStarved,
    notReached(why) {
      throw new NotReached(why)
    },
  }
  const sessions = apps.map((app) => app.open({ context: core, browsers, random, operation }))
  return {
    context: Object.assign({}, core, ...sessions.map(({ members }) => members)),
    sessions,
    async present() {
      const ofApps = await Promise.all(sessions.map((session) => session.present?.() ?? []))
      return [...clients.present(), ...ofApps.flat()]
    },
    async close() {
      clients.close()
      await Promise.all(sessions.map((session) => session.close?.()))
    },
  }
}

/** The clients that any scenario can have. */
function openClients(cluster: Cluster, recorder: Recorder) {
  const channelClients = new Map<string, ChannelClient>()
  const wires: (WireClient | PollClient)[] = []
  const keep = <T extends WireClient | PollClient>(wire: T): T => {
    wires.push(wire)
    return wire
  }
  const client: CoreContext['client'] = async (name, node, options = {}) => {
    const known = channelClients.get(name)
    if (known) return known
    const opened = await openChannelClient({ ...options, name, node, cluster, recorder })
    channelClients.set(name, opened)
    return opened
  }
  const wire: CoreContext['wire'] = async (name, node, options = {}) =>
    keep(await openWireClient({ ...options, name, node, cluster, recorder }))
  const poll: CoreContext['poll'] = async (name, node) => keep(await openPollClient({ name, node, cluster, recorder }))
  return {
    client,
    wire,
    poll,
    all: () => [...channelClients.values()],
    present: () => [...channelClients.values(), ...wires].map((one) => one.present()),
    close() {
      for (const one of [...channelClients.values(), ...wires]) one.close()
    },
  }
}

/** Publishes the messages of one node one after the other: two requests at once could arrive in any order, and the harness would be to blame. */
function createPublisher(
  cluster: Cluster,
  recorder: Recorder,
  operation: AppTools['operation'],
): CoreContext['publish'] {
  const sequence = new Map<string, number>()
  const publishing = new Map<string, Promise<unknown>>()

  function publishOne(node: string, topic: string) {
    const seq = (sequence.get(node) ?? 0) + 1
    sequence.set(node, seq)
    const value = { publisher: node, seq, origin: node }
    recorder.record({ who: node, type: 'publish', topic, event: 'ledger', value })
    return operation(node, 'publish', value, () => cluster.node(node).control.broadcast(topic, 'ledger', value))
  }

  return async (node, topic = 'ping') => {
    const before = publishing.get(node)
    const own = (async () => {
      await before
      return publishOne(node, topic)
    })()
    publishing.set(node, own)
    return own
  }
}

async function armTrigger(trigger: Trigger, withinMs: number, { cluster, recorder, apps }: ContextOptions) {
  const from = recorder.events.length
  const held = 'between' in trigger ? await holdWindow(trigger.between, cluster, apps) : undefined
  const look = async () => {
    if ('between' in trigger) await recordWaiting(trigger.between, held!, recorder)
    return hasFired(trigger, recorder.events.slice(from))
  }
  const what = `the scenario is ${describeTrigger(trigger)}`
  const passed = until(look, { what, withinMs, everyMs: 20 }).finally(() => held?.release())
  // A step that awaits it gets the rejection; for a step that fails before that, its own failure is reason enough.
  passed.catch(() => {})
  return { passed }
}

type Between = readonly [string, string]

async function holdWindow(between: Between, cluster: Cluster, apps: readonly HarnessApp[]): Promise<HeldWindow> {
  const windows = apps.flatMap((app) => app.windows ?? [])
  const found = windows.find((one) => seenBetween(one.between) === seenBetween(between))
  if (found) return found.hold(cluster)
  const known = windows.map((one) => seenBetween(one.between)).join(', ') || 'none'
  throw new Error(`no fault can begin ${seenBetween(between)}; the applications of this scenario know ${known}`)
}

async function recordWaiting(between: Between, held: HeldWindow, recorder: Recorder) {
  const value = await held.waitingCount()
  if (value > 0) recorder.record({ who: 'database', type: 'read', operation: seenBetween(between), value })
}
