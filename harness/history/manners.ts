import type { FaultRecord, HistoryEvent } from './operation.ts'

/**
 * What one WebSocket, or one long-poll session, of a client did. `atMs` is the client's own clock, which two notes of one `document` share;
 * `path` tells the sockets of one page apart.
 */
export interface SocketNote {
  kind: 'attempt' | 'open' | 'join' | 'leave' | 'end'
  atMs: number
  document: number
  path: string
  /** The number of the attempt within the document. */
  socket: number
  topic?: string
  code?: number
  /** Whether it had been open: an attempt that failed ends too. */
  wasOpen?: boolean
  /** Who ended it: the client on purpose, the client because no heartbeat was answered, or anybody else. */
  closedBy?: 'client' | 'heartbeat' | 'others'
}

/** A note with what its client was like. */
export interface SocketEvent extends SocketNote {
  /** The proxied link of the client. */
  link: string
  /** The official client, which waits longer after each failed attempt. */
  isOfficial?: true
  /** It sent what no client sends, or stopped reading. */
  isHostile?: boolean
  /** How long it had sent nothing. */
  silentMs?: number
  /** The node that it polled, where that is not the node of its session. */
  through?: string
  /** How long the long poll had waited that ended it. */
  waitedMs?: number
}

/** The settings of the nodes that connections depend on. */
export interface NodeSettings {
  idleTimeoutMs: number
  clusterHeartbeatMs: number
  /** How many nodes are started and stopped within the scenario. */
  standbyCount?: number
  /** Connections are closed at this age, where the nodes are told so. */
  maxAgeMs?: number
  /** How often pages are told to say that they are there. */
  clientHeartbeatMs?: number
  /** How the nodes end, close idle connections and notice each other's absence is known of our own nodes only. */
  isSomebodyElses?: true
}

/** A line of a node's log on the level `error`. */
export interface ErrorLine {
  atMs: number
  text: string
}

/** How a node ended after a signal; `code` is null for one that was killed, or that did not end. */
export interface NodeEnd {
  signal: 'SIGTERM' | 'SIGKILL'
  code: number | null
  tookMs: number
  hasEnded: boolean
}

/** Names of the operations of `read` and `final` events that say how everybody behaved. */
export const mannersOf = {
  socket: 'socket',
  settings: 'node-settings',
  /** A time for which the machine, or one node, stood still. */
  stall: 'stall',
  /** Somebody of the harness does what may end a connection or a channel, or cause an error. */
  provocation: 'provocation',
  /** A part of the lines that nodes log because somebody of the harness asked for it. */
  expectedLog: 'expected-log',
  refusal: 'refusal',
  peers: 'peers',
  errors: 'node-errors',
  warnings: 'node-warnings',
  ends: 'node-ends',
} as const

/** For how long a process stood still at once in these events, as the run itself has seen it; one that a fault was aimed at does not count. */
export function longestStallIn(events: readonly HistoryEvent[]): number {
  const aimedAt = new Set(events.flatMap(({ type, value }) => (type === 'fault' ? partsOf(value as FaultRecord) : [])))
  return events
    .filter(({ operation, who }) => operation === mannersOf.stall && !aimedAt.has(who))
    .reduce((longest, { value }) => Math.max(longest, (value as { forMs: number }).forMs), 0)
}

const partsOf = ({ target, parts = [target] }: FaultRecord) => parts
