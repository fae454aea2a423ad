import type { Product } from '../catalog/product.ts'
import type { ShownState } from '../notifications.ts'
import { type Listing, toListing } from '../web/listing.ts'

export interface ShownListingsOptions {
  /** This node's copy of the stock. */
  products(): readonly Product[] | undefined
  /** What clients of this node were told, where that is newer than the copy. */
  stateOf(product: Product): ShownState
}

interface Shown {
  message: unknown
  listings: readonly Listing[] | undefined
}

interface ShownOne {
  message: unknown
  listing: Listing | undefined
}

export type ShownListings = ReturnType<typeof createShownListings>

/**
 * What the live pages of a node show, from its memory. A message may reach this node before the change that it is about is in its copy of
 * the stock, so levels are those that clients were told last (LV-21).
 */
export function createShownListings({ products, stateOf }: ShownListingsOptions) {
  let last: Shown = { message: undefined, listings: undefined }
  let lastOne: ShownOne = { message: undefined, listing: undefined }

  function shown(product: Product): Listing {
    const { released, items } = stateOf(product)
    const levels = new Map(items.map(({ id, level }) => [id, level]))
    return { ...toListing(product, ({ id }) => levels.get(id)!), released }
  }

  const all = (): readonly Listing[] | undefined => products()?.map(shown)

  function one(productId: number): Listing | undefined {
    const product = products()?.find(({ id }) => id === productId)
    return product && shown(product)
  }

  return {
    /** Undefined until this node has loaded its stock. */
    all,
    /** The same after a message, which all pages of a node get at once: computed for the first of them. */
    allAfter(message: unknown) {
      if (last.message !== message) last = { message, listings: all() }
      return last.listings
    },
    /** The product that the message is about, in the same way. */
    oneAfter(message: unknown, productId: number) {
      if (lastOne.message !== message) lastOne = { message, listing: one(productId) }
      return lastOne.listing
    },
  }
}
