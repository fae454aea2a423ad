import type { History } from '../../../history/history.ts'
import { mannersOf, type NodeSettings } from '../../../history/manners.ts'
import type { FaultRecord, HistoryEvent } from '../../../history/operation.ts'
import { leadingCount } from '../../../history/sorted.ts'
import { backgroundSilentMs, clientHeartbeatMs, lossNoticedWithinMs } from '../../../timing.ts'
import { type Checker, count, passed, unknown, type Verdict } from '../../../verdict/checker.ts'
import {
  finding,
  isInForce,
  isProvoked,
  isSomebodyElses,
  isWatched,
  type SocketRecord,
  seconds,
  socketsOf,
  touches,
  worstFinding,
} from './reasons.ts'

const idleCode = 1002
/** A node that closes a connection so that its client connects again. */
const connectAgainCode = 1012
/** A client sees later than its node that a connection is open. */
const ageShare = 0.8
/** The idle time is counted in rounds of a twentieth, and the round in which something came does not count. */
const idleShare = 0.9
/** A browser that stood still once does not give up this many connections in one scenario. */
const givenUpOften = 3
/** Kinds of clients that live in a browser. */
const inBrowsers: ReadonlySet<string> = new Set(['tab', 'dashboard'])
/** A close frame of a channel follows the request of its client. */
const leaveAnsweredMs = 5_000

/**
 * Nobody is thrown out (CH-24, CH-25, CH-59, CH-109, NF-1). A connection that had been open, and a joined channel, end only because the
 * client wanted it, because of a fault that touches the client, or by a rule that the client broke. One that is lost and comes back counts too.
 */
export const connectionsEndForAReason: Checker = {
  name: 'connections-end-for-a-reason',
  judgesOpen: true,
  needs: isWatched,
  invariant:
    'no connection and no channel ends, unless its client ends it, a fault touches it, or its client breaks a rule of the protocol',
  check(history) {
    if (!isWatched(history)) return unknown('nobody watched the connections')
    const ends = socketsOf(history).filter(({ kind, wasOpen }) => kind === 'end' && wasOpen)
    const lost = ends
      .filter((one) => !isExplained(history, one))
      .map((one, _index, all) => thrownOut(history, one, all))
    const channels = history.of('leave').filter(({ event }) => event !== undefined)
    const broken = channels.filter((one) => !isChannelExplained(history, one)).map((one) => brokenOff(history, one))
    const worst = worstFinding([...lost, ...broken])
    return (
      worst ??
      passed(
        `${count(ends.length, 'connection')} and ${count(channels.length, 'channel')} ended, each for a reason that is known`,
      )
    )
  },
}

function isExplained(history: History, one: SocketRecord): boolean {
  const { closedBy, isHostile, tMs, who, node, link, code, through } = one
  if (closedBy === 'client' || isHostile) return true
  if (isTooIdle(history, one) || isTooOld(history, one) || isProvoked(history, tMs, who, code)) return true
  if (through !== undefined) return history.faults.some((fault) => mayHaveLostAnswer(fault, tMs))
  return history.faults.some(
    (fault) => isInForce(fault, tMs) && fault.endsConnections && touches(fault, who, node, link),
  )
}

/** Whether a fault was in force since a client that polls through another node last heard something: any of them may lose its answer. */
const mayHaveLostAnswer = (fault: FaultRecord, tMs: number) =>
  fault.requestedMs <= tMs &&
  isInForce(fault, Math.max(fault.requestedMs, tMs - backgroundSilentMs - clientHeartbeatMs))

/** A client that sends heartbeats is never idle. */
function isTooIdle(history: History, { code, silentMs }: SocketRecord): boolean {
  const { idleTimeoutMs } = history.of('read', mannersOf.settings)[0]!.value as NodeSettings
  const isCodeOfIdle = code === idleCode || isSomebodyElses(history)
  return isCodeOfIdle && silentMs !== undefined && silentMs >= idleTimeoutMs * idleShare
}

/** Nodes may be told to close connections of a certain age; one that is younger must not be closed (DP-24, DF-140). */
function isTooOld(history: History, one: SocketRecord): boolean {
  const { maxAgeMs } = history.of('read', mannersOf.settings)[0]!.value as NodeSettings
  if (maxAgeMs === undefined || one.code !== connectAgainCode) return false
  const opened = socketsOf(history).find(
    (other) =>
      other.kind === 'open' &&
      other.who === one.who &&
      other.document === one.document &&
      other.path === one.path &&
      other.socket === one.socket,
  )
  return opened !== undefined && one.atMs - opened.atMs >= maxAgeMs * ageShare
}

function thrownOut(history: History, one: SocketRecord, all: readonly SocketRecord[]): Verdict {
  const { who, node, code, closedBy, tMs } = one
  const how =
    closedBy === 'heartbeat'
      ? 'gave up its connection, because its heartbeat was not answered'
      : `lost its connection (code ${code})`
  const sentence = `thrown out: ${who} ${how} at ${seconds(tMs)} on ${node}, and nothing explains it`
  const evidence = { who, node, code, tMs }
  if (closedBy === 'heartbeat' && isSomebodyElses(history))
    return unknown(`${sentence}, but the system does not say how soon it answers`, evidence)
  if (closedBy === 'heartbeat' && isInBrowser(history, who) && !hasGivenUpOften(one, all))
    return unknown(`${sentence} but an answer that was late`, evidence)
  return finding(history, sentence, tMs - lossNoticedWithinMs, tMs, evidence)
}

/** Of browsers the history does not say when they stood still, as it does of nodes and the harness. */
const isInBrowser = (history: History, name: string) =>
  history
    .of('read', 'client')
    .some(({ who, value }) => who === name && inBrowsers.has((value as { kind: string }).kind))

/** A browser that stands still for a second is seen by nobody, and gives its connection up: only what happens again and again is no accident. */
const hasGivenUpOften = ({ who, node }: SocketRecord, all: readonly SocketRecord[]) =>
  all.filter((other) => other.closedBy === 'heartbeat' && other.who === who && other.node === node).length >=
  givenUpOften

function isChannelExplained(history: History, ended: HistoryEvent): boolean {
  const { who, node = '', event, tMs } = ended
  if (event === 'phx_close' && hasLeft(history, ended)) return true
  if (isProvoked(history, tMs, who)) return true
  return history.faults.some((fault) => fault.endsConnections && touches(fault, who, node) && isInForce(fault, tMs))
}

/** Whether the client had asked for the close just before. */
function hasLeft(history: History, { who, topic, index, tMs }: HistoryEvent): boolean {
  const own = history.ofWho('leave', who)
  for (let at = leadingCount(own, (one) => one.index < index) - 1; at >= 0; at -= 1) {
    const one = own[at]!
    if (one.tMs < tMs - leaveAnsweredMs) return false
    if (!one.event && one.topic === topic) return true
  }
  return false
}

function brokenOff(history: History, { who, node, topic, event, tMs }: HistoryEvent): Verdict {
  const how = event === 'phx_close' ? 'was closed' : 'crashed'
  const sentence = `broken off: the channel ${topic} of ${who} on ${node} ${how} at ${seconds(tMs)}, and nothing explains it`
  return finding(history, sentence, tMs - lossNoticedWithinMs, tMs, { who, node, topic, event, tMs })
}
