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

/** What a page shows, read by its hooks. */
export interface Rendering {
  products: { id: string; soon: boolean; sizes: { itemId: string; level: string; disabled: boolean }[] }[]
}

/** What a tab shows of its cart. Tabs of one shopper show the same. */
export interface CartSight {
  shopper: string
  page: string
  items: { id: number; outOfStock: boolean }[]
}

/** What a dashboard shows. */
export interface DashboardSight {
  shoppers: number
  pages: Record<string, number>
  /** Item id -> carts; without those in no cart. */
  items: Record<string, number>
  staleness: string
}

export interface LedgerEntry {
  publisher: string
  seq: number
  origin: string
}

/** A fault's life, as far as it got; times since the scenario began. */
export interface FaultRecord {
  id: number
  kind: string
  /** In names: what the scenario left to chance is decided here. */
  target: string
  /** The single things that it stands for; missing in old records, where it is always one. */
  parts?: string[]
  options: Record<string, unknown>
  requestedMs: number
  witnessedOnMs: number | null
  healRequestedMs: number | null
  witnessedOffMs: number | null
  witness: { on: string; off: string }
}
