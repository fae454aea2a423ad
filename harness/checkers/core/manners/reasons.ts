import type { History } from '../../../history/history.ts'
import { mannersOf, type NodeSettings, type SocketEvent } from '../../../history/manners.ts'
import type { FaultRecord, HistoryEvent } from '../../../history/operation.ts'
import { lossNoticedWithinMs, starvedMs } from '../../../timing.ts'
import { unknown, type Verdict, violated } from '../../../verdict/checker.ts'

/** Somebody of the harness did what nobody else has to explain. */
interface Provocation {
  why: string
  who?: readonly string[]
  code?: number
}

/** For how long after its end a provocation is felt; a fault is felt only a little after its end. */
export const feltForMs = lossNoticedWithinMs + 1_000

export interface SocketRecord extends SocketEvent {
  tMs: number
  who: string
  node: string
}

/** What all sockets of all clients did, in the order of the history. */
export const socketsOf = (history: History): SocketRecord[] =>
  history
    .of('read', mannersOf.socket)
    .map(({ value, tMs, who, node = '' }) => ({ ...(value as SocketEvent), tMs, who, node }))

/** Whether a fault was in force, or had just ended, at this time. */
export const isInForce = ({ requestedMs, witnessedOffMs }: FaultRecord, atMs: number): boolean =>
  requestedMs <= atMs && (witnessedOffMs === null || atMs <= witnessedOffMs + feltForMs)

/** Whether one of the targets of a fault is the node, the client, or its link. */
export const touches = ({ target, parts = [target] }: FaultRecord, who: string, node: string, link?: string): boolean =>
  parts.some((part) =>
    [node, who, link, `${personOf(who)}->${node}`].some((one) => part === one || part.startsWith(`${one}/`)),
  )

const personOf = (who: string) => who.split('#')[0]!

/**
 * Whether the harness itself has just done something to this client, or to everybody. Whom a page is still being loaded for feels it from
 * when they are there: on a busy machine that takes long.
 */
export const isProvoked = (history: History, atMs: number, who: string, code?: number): boolean => {
  const thereMs = history.ofWho('connect', who)[0]?.tMs ?? 0
  return history.of('read', mannersOf.provocation).some(({ tMs, value }) => {
    const { who: meant, code: expected = code } = value as Provocation
    const isMeant = !meant || meant.includes(who)
    return tMs <= atMs && atMs <= Math.max(tMs, thereMs) + feltForMs && isMeant && code === expected
  })
}

/** For how long the machine, or one of the nodes, stood still at once in this time. */
export const longestStallMs = (history: History, fromMs: number, toMs: number): number =>
  history
    .of('read', mannersOf.stall)
    .filter((one) => one.tMs >= fromMs && startOf(one) <= toMs)
    .reduce((longest, one) => Math.max(longest, forMs(one)), 0)

const forMs = ({ value }: HistoryEvent) => (value as { forMs: number }).forMs
const startOf = (one: HistoryEvent) => one.tMs - forMs(one)

/** Whether the run has recorded what this checker looks at: one of an older version has not. */
export const isWatched = (history: History): boolean => history.of('read', mannersOf.settings).length > 0

const settingsIn = (history: History) => history.of('read', mannersOf.settings)[0]?.value as NodeSettings | undefined

export const isSomebodyElses = (history: History): boolean => settingsIn(history)?.isSomebodyElses === true

/** Violated with this sentence, but unknown when the machine stood still around that time. */
export function finding(history: History, sentence: string, fromMs: number, toMs: number, evidence: object): Verdict {
  const stallMs = longestStallMs(history, fromMs, toMs)
  if (stallMs < starvedMs) return violated(sentence, { ...evidence })
  return unknown(`${sentence}, but the machine stood still for ${stallMs} ms`, { ...evidence })
}

/** The first finding that is a proof, else the first one. */
export const worstFinding = (findings: readonly Verdict[]): Verdict | undefined =>
  findings.find(({ outcome }) => outcome === 'violated') ?? findings[0]

/** As findings say when something happened: `12.3 s`. */
export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`
