import type { ClusterNode } from '../cluster/node.ts'
import { type ErrorLine, mannersOf, type NodeSettings } from '../history/manners.ts'
import { loggedBy, type Mark, type Secret, secretOf } from '../history/marks.ts'
import type { NewEvent } from '../history/operation.ts'
import { awakeMs } from '../platform/awake.ts'
import { systemClock } from '../platform/clock.ts'
import { jsonIn } from '../platform/json.ts'
import { clientHeartbeatMs, clusterHeartbeatMs } from '../timing.ts'
import { createProcessReader } from './process-reader.ts'
import type { RunState } from './run-state.ts'

const lookEveryMs = 250
/** Less is the noise of any machine. */
const stallMinMs = 200
const idleTimeoutDefaultMs = 60_000
const pinoError = 50

/** Records the settings of the nodes on which it depends whether a connection may end. */
export function recordSettings({ recorder, scenario, cluster }: RunState) {
  const promised = cluster!.promises.idleTimeoutMs ?? idleTimeoutDefaultMs
  const idleTimeoutMs = Number(scenario.given?.env?.SOCKET_IDLE_TIMEOUT_MS ?? promised)
  const heartbeatMs = Number(scenario.given?.env?.CLUSTER_HEARTBEAT_MS ?? clusterHeartbeatMs)
  // A system that runs already has settings of its own.
  const env = cluster!.env
  const told = env && { clientHeartbeatMs: Number(env.CLIENT_HEARTBEAT_MS ?? clientHeartbeatMs) }
  const { standby } = scenario.given ?? {}
  const more = standby && { standbyCount: standby.length }
  const { SHED_MAX_AGE_MS: maxAge } = env ?? {}
  const age = maxAge !== undefined && { maxAgeMs: Number(maxAge) }
  const whose = !cluster!.promises.mesh && { isSomebodyElses: true as const }
  const value: NodeSettings = { idleTimeoutMs, clusterHeartbeatMs: heartbeatMs, ...told, ...age, ...more, ...whose }
  recorder.record({ who: 'scenario', type: 'read', operation: mannersOf.settings, value })
}

/**
 * Looks at this process and at every node again and again until it is stopped. Records for how long one of them stood still, and whom each
 * node sees whenever that changes. Returns the function that stops it.
 */
export function watchMachine(state: RunState): () => void {
  let isOver = false
  const isWatching = () => !isOver
  void watchThisProcess(state, isWatching)
  for (const node of state.cluster!.nodes) if (node.hasControl) void watchNode(state, node, isWatching)
  return () => {
    isOver = true
  }
}

/** Reads again and again what the processes of the scenario wait for, until it is stopped. Returns the function that stops it. */
export function meterMachine(state: RunState): () => void {
  let isOver = false
  state.meteredFromMs = state.elapsedMs()
  const readProcesses = createProcessReader(state)
  const read = async () => {
    while (!isOver) {
      state.meter.add(readProcesses())
      await systemClock.sleep(lookEveryMs)
    }
  }
  void read()
  return () => {
    isOver = true
    state.meter.add(readProcesses())
  }
}

async function watchThisProcess(state: RunState, isWatching: () => boolean) {
  while (isWatching()) {
    const startedMs = systemClock.monotonicMs()
    await systemClock.sleep(lookEveryMs)
    recordStall(state, 'harness', systemClock.monotonicMs() - startedMs - lookEveryMs)
  }
}

async function watchNode(state: RunState, { name, control }: ClusterNode, isWatching: () => boolean) {
  let before = ''
  while (isWatching()) {
    const [askedMs, askedAwakeMs] = [systemClock.monotonicMs(), awakeMs()]
    const readiness = await control.ready().catch(() => undefined)
    if (!isWatching()) return
    // While this process stands still it reads no answer, which says nothing of the node; but one that is late besides may have stood still as long.
    if (awakeMs() - askedAwakeMs >= stallMinMs) recordStall(state, name, systemClock.monotonicMs() - askedMs)
    const seen = readiness?.peers && withoutStandby(state, readiness.peers)
    const peers = seen && JSON.stringify(seen)
    if (peers && peers !== before)
      state.recorder.record({ who: name, node: name, type: 'read', operation: mannersOf.peers, value: seen })
    before = peers ?? before
    await systemClock.sleep(lookEveryMs)
  }
}

/** A node that is started and stopped within the scenario need not be seen. */
function withoutStandby({ scenario }: RunState, peers: Record<string, boolean>): Record<string, boolean> {
  const { standby = [] } = scenario.given ?? {}
  return Object.fromEntries(Object.entries(peers).filter(([name]) => !standby.includes(name)))
}

function recordStall({ recorder, meter, elapsedMs }: RunState, who: string, forMs: number) {
  if (forMs < stallMinMs) return
  meter.addStall({ who, atMs: elapsedMs(), forMs })
  recorder.record({ who, type: 'read', operation: mannersOf.stall, value: { forMs: Math.round(forMs) } })
}

/** Records the secrets of the cluster itself: nobody is given one of them. */
export function recordClusterSecrets({ recorder, cluster }: RunState) {
  const { secrets } = cluster!
  if (!secrets) return
  recorder.record(secretOf('the cluster', 'the secret that signs tokens', secrets.keyBase))
  recorder.record(secretOf('the cluster', 'the control secret', secrets.control))
  recorder.record(secretOf('the cluster', 'the secret of its nodes', secrets.cluster))
}

/** How each node ended when it was stopped, and the errors and the secrets in its log. */
export function readManners(state: RunState): NewEvent[] {
  const secrets = secretsSoFar(state)
  return state.cluster!.nodes.flatMap((node) => {
    const of = { who: node.name, node: node.name, type: 'final' } as const
    // A command says nothing of how the program ended that it stopped.
    const ends = { ...of, operation: mannersOf.ends, value: state.cluster!.env ? node.ends : [] }
    if (node.logFile === undefined) return [ends]
    const log = node.log()
    return [
      ends,
      { ...of, operation: mannersOf.errors, value: errorsIn(log, zeroMs(state)) },
      { ...of, operation: mannersOf.warnings, value: warningsIn(log) },
      ...(secrets.size > 0 ? [loggedBy(node.name, log, secrets)] : []),
    ]
  })
}

const secretsSoFar = ({ recorder }: RunState): Set<Mark> =>
  new Set(
    recorder.events
      .filter(({ type, operation }) => type === 'read' && operation === 'secret')
      .map(({ value }) => (value as Secret).mark),
  )

/** The time of day at which the scenario began. */
const zeroMs = ({ elapsedMs }: RunState) => systemClock.now() - elapsedMs()

/** The lines of a log on the level `error`, with times since the scenario began. Pure. */
export const errorsIn = (log: string, zero: number): ErrorLine[] =>
  log
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .flatMap((line) => {
      const entry = jsonIn(line) as LogEntry | undefined
      if (!entry || entry.level < pinoError) return []
      const reason = entry.err?.message ?? entry.reason
      return [{ atMs: Math.round(Date.parse(entry.time) - zero), text: reason ? `${entry.msg}: ${reason}` : entry.msg }]
    })

/** Warnings of the platform that are always a mistake in the program: what piles up, and waits that are no time. Pure. */
export const warningsIn = (log: string): string[] => [
  ...new Set(
    [
      ...log.matchAll(
        /^\(node:\d+\) ((?:MaxListenersExceeded|TimeoutOverflow|TimeoutNegative|TimeoutNaN)Warning: .*)$/gm,
      ),
    ].map(([, text]) => text!.slice(0, 200)),
  ),
]

interface LogEntry {
  level: number
  time: string
  msg: string
  reason?: string
  err?: { message?: string }
}
