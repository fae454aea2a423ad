import { createHash } from 'node:crypto'
import type { PageSight } from './page-sight.ts'

/** Who asked for a page: somebody without a session, with one, with the credentials of the dashboard, or for the same content again. */
export type Visitor = 'new' | 'known' | 'admin' | 'again'

/** One answer of a node, as far as the checkers judge it. */
export interface ServedPage {
  path: string
  visitor: Visitor
  status: number
  headers: Record<string, string>
  setCookies: string[]
  /** Tells the sessions of visitors apart without revealing the id of a cart (CT-18); undefined on a page without a cart. */
  session?: string
  /** How many characters the id of the cart has. */
  cartIdLength?: number
  sight?: PageSight
  /** Whether the scenario let browsers store the shop's page. */
  mayBeStored?: true
}

/** A cart's id grants access to the cart, so histories hold its hash. */
export const sessionOf = (cartId: string): string => createHash('sha256').update(cartId).digest('hex').slice(0, 16)
