/** One thing that happened in a scenario, in the order in which the harness saw it. */
export interface HistoryEvent {
  index: number
  /** Since the scenario began. */
  tMs: number
  /** Who did it or saw it: `alice`, `n1`, `nemesis`. */
  who: string
  type:
    | 'invoke'
    | 'ok'
    | 'failed'
    | 'unsure'
    | 'read'
    | 'publish'
    | 'receive'
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
    | 'console'
  operation?: string
  op?: number
  topic?: string
  event?: string
  joinRef?: unknown
  node?: string
  value?: unknown
  error?: string
}

export type NewEvent = Omit<HistoryEvent, 'index' | 'tMs'>

/** How an operation ended. `failed` certainly did not happen; `unsure` may have happened. */
export type Outcome<T> =
  | { kind: 'ok'; value: T }
  | { kind: 'failed'; error: string }
  | { kind: 'unsure'; error: string }

export interface LedgerEntry {
  publisher: string
  seq: number
  origin: string
}

/** Where a fault loses messages while it is seen to hold. */
export interface Explains {
  /** At the node itself, on the link, on whatever goes from one node to another, or on the way into the node. */
  at: 'node' | 'link' | 'between-nodes' | 'into-node'
  /** Beginnings of the topics whose messages are lost. Default: all. */
  topics?: readonly string[]
  /** Nothing that was sent into it is kept: what arrives after it was healed had been queued and sent again (AM-4). */
  keepsNothing?: true
}

/** A fault's life, as far as it got; times since the scenario began. */
export interface FaultRecord {
  id: number
  kind: string
  /** In names: what the scenario left to chance is decided here. */
  target: string
  /** The single things that it stands for. Default: the target. */
  parts?: string[]
  options: Record<string, unknown>
  /** Which losses it explains. Default: none. */
  explains?: Explains
  /** What the node forgets. Default: nothing. */
  forgets?: 'memory'
  requestedMs: number
  witnessedOnMs: number | null
  healRequestedMs: number | null
  witnessedOffMs: number | null
  witness: { on: string; off: string }
}
