/** One event of a scenario, in the order in which the harness observed it. */
export interface HistoryEvent {
  index: number
  /** Time since the scenario started. */
  tMs: number
  /** The participant: `alice`, `n1`, `nemesis`. */
  who: string
  type:
    | 'invoke'
    | 'ok'
    | 'failed'
    | 'unsure'
    | 'read'
    | 'publish'
    | 'receive'
    | 'unreadable'
    | 'join'
    | 'leave'
    | 'connect'
    | 'disconnect'
    | 'final'
    | 'expectation'
    | 'fault'
    | 'phase'
    | 'step'
    | 'reached'
    | 'cell'
    | 'console'
    | 'metric'
  operation?: string
  op?: number
  topic?: string
  event?: string
  joinRef?: unknown
  node?: string
  value?: unknown
  error?: string
  /** Of the opaque texts in what the participant was given; see marks.ts. */
  marks?: readonly string[]
}

export type NewEvent = Omit<HistoryEvent, 'index' | 'tMs'>

/** How an operation ended. `failed` certainly did not happen; `unsure` may have happened. */
export type OperationEnd<T> =
  | { kind: 'ok'; value: T }
  | { kind: 'failed'; error: string }
  | { kind: 'unsure'; error: string }

export interface LedgerEntry {
  publisher: string
  seq: number
  origin: string
  /** Hash and size of the content; of what a subscriber received, the hash of what came. Undefined for a message without content. */
  digest?: string
}

/** Where an active fault loses messages. */
export interface Explains {
  /** At the node itself, on the link, on all traffic between nodes, or on traffic into the node. */
  at: 'node' | 'link' | 'between-nodes' | 'into-node'
  /** Prefixes of the topics whose messages are lost. Default: all. */
  topics?: readonly string[]
  /** Messages sent into the fault are not kept: one that arrives after it was healed had been queued and resent (AM-4). */
  keepsNothing?: true
  /** The nodes find each other again in their own way: until one hears another after the fault, all messages between them may be lost. */
  untilHeard?: true
}

/** The lifecycle of a fault as far as it got; times since the scenario started. */
export interface FaultRecord {
  id: number
  kind: string
  /** A concrete name, after random choices of the scenario have been made. */
  target: string
  /** The individual targets that it covers. Default: the target. */
  parts?: string[]
  options: Record<string, unknown>
  /** The losses that it explains. Default: none. */
  explains?: Explains
  /** The state that the node loses. Default: none. */
  forgets?: 'memory'
  /** Clients that it touches may lose their connections and channels. */
  endsConnections?: true
  /** What it hits is gone at once, and nothing gets slower: who waits for it must not wait on. */
  isSudden?: true
  /** The close code of the connections that the node closes because of it. */
  closesWith?: number
  requestedMs: number
  witnessedOnMs: number | null
  healRequestedMs: number | null
  witnessedOffMs: number | null
  witness: { on: string; off: string }
}
