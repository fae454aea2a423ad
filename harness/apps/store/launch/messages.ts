import type { PageGroup } from './page.ts'

export interface Address {
  node: string
  url: string
}

/** One of those who wait for the release. */
export interface ShopperPlan {
  /** Number among all shoppers. */
  number: number
  /** The size that they want. */
  itemId: number
  /** After the release has reached their page, in ms. */
  addAfterMs: number
}

/** What one thread holds. */
export interface WorkerOptions {
  /** A shopper with number n opens the shop on the n-th of these, in turn, and goes to the next one when its node is gone. */
  addresses: readonly Address[]
  productIds: readonly number[]
  shoppers: readonly ShopperPlan[]
  seed: number
}

export type WorkerRequest =
  | { kind: 'watch'; releaseAskedMs: number }
  | { kind: 'buy'; number: number; attempt: number }
  | { kind: 'report' }
  | { kind: 'close' }

/** How an attempt ended, as `endOfPurchase` has it, and how long its answer took. */
export interface Attempt {
  number: number
  attempt: number
  end: 'ok' | 'failed' | 'unsure'
  why: string
  tookMs: number
}

export type WorkerReport =
  | { kind: 'opened'; keys: readonly { number: number; key: string }[] }
  /** A pair is in the cart, or was sold out before; `refused` is any other answer. */
  | { kind: 'added'; number: number; end: 'ok' | 'out_of_stock' | 'refused'; why: string }
  | { kind: 'bought'; attempt: Attempt }
  /** After a lost connection; its page and its cart are joined again. */
  | { kind: 'back'; number: number }
  | { kind: 'report'; report: PagesReport }
  | { kind: 'failed'; why: string }

/** What the pages of one thread show, and when they were told of it. */
export interface PagesReport {
  /** Pages that show the same are counted together. */
  groups: readonly PageGroup[]
  /** By node: the connections that are open now, and the channels that are joined on them. */
  present: readonly { node: string; connections: number; channels: number }[]
  /** From the request for the release until a page showed it, in ms. */
  releaseMs: readonly number[]
  /** Shared monotonic ms at which pages showed a new level of an item; without those that have been away. */
  changes: readonly { itemId: number; level: string; atMs: readonly number[] }[]
  /** From a lost connection until the page was joined again, in ms. */
  awayMs: readonly number[]
}
