import type { HoldPoint } from '../../faults/hold.ts'

/** Points of the store's operations, as what passes the link between a node and its database, or between two nodes. */
type Point = (from: string, to?: string) => HoldPoint

const toDatabase =
  (text: string): Point =>
  (node) => ({ from: node, to: 'db', stream: 'upstream', text })
const ofDatabase =
  (text: string): Point =>
  (node) => ({ from: node, to: 'db', stream: 'downstream', text })
const toNode =
  (text: string): Point =>
  (node, peer = 'n2') => ({ from: node, to: peer, stream: 'upstream', text })

export const storePoints = {
  /** A purchase has taken its items, and nothing is committed. */
  purchaseTaken: toDatabase('update orders set items'),
  /** The commit of a purchase is on its way to the database. */
  commitSent: toDatabase('commit\0'),
  /** A purchase is committed, and its node does not know yet. */
  committed: ofDatabase('COMMIT\0'),
  /** The statement of a sale is on its way to the database. */
  saleSent: toDatabase('insert into sales'),
  /** A sale is committed, and its node does not know yet. */
  saleWritten: ofDatabase('INSERT 0 1\0'),
  /** A release is on its way to the database. */
  releaseSent: toDatabase('update products set released'),
  /** A release is committed, and its node does not know yet. */
  releaseWritten: ofDatabase('UPDATE 1\0'),
  /** Somebody has looked whether a product is released, and does not know the answer yet: a row of this one column. */
  releaseWasRead: ofDatabase('\0\x01released\0'),
  /** A sale is known, and the stock is read before it is announced. */
  stockRead: toDatabase('select available_count, version'),
  /** A message that is for nobody. */
  filler: toNode('"event":"filler"'),
  /** A sale is announced to another node. */
  saleReplicated: toNode('"event":"item_sold"'),
  /** A release is announced to another node. */
  releaseReplicated: toNode('"event":"product_released"'),
  /** A cart is announced to another node. */
  cartTold: toNode('"event":"cart_updated"'),
  /** A node tells another who came or left. */
  trackerTold: toNode('"delta":{'),
  /** A node that stops says goodbye to another. */
  goodbye: toNode('"event":"goodbye"'),
} as const satisfies Record<string, Point>
