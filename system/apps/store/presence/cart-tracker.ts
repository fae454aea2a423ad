import type { Presence } from '../../../presence/index.ts'

/** Not the topic of any cart, so that no shopper receives its messages (PA-21). */
export const cartTrackerTopic = 'admin:cart_tracker'

export interface CartMeta {
  /** Unix ms. */
  page_loaded_at: number
  page: string | null
  items: number[]
}

interface Tracked {
  /** The id of the channel on its node. */
  owner: string
  cartId: string
}

export type CartTracker = ReturnType<typeof createCartTracker>

/** Tracks every open cart for the dashboard: one entry for each channel, with the cart id as its key (PA-22..PA-25). */
export const createCartTracker = ({ track, update, untrackAll, list }: Presence) => ({
  trackCart: ({ owner, cartId }: Tracked, meta: CartMeta) => void track(owner, cartTrackerTopic, cartId, { ...meta }),
  updateCart: ({ owner, cartId }: Tracked, items: number[]) =>
    update(owner, cartTrackerTopic, cartId, (before) => ({ ...before, items })),
  untrackCart: untrackAll,
  allCarts: () => list(cartTrackerTopic).map(({ key, meta }) => ({ cartId: key, meta: meta as unknown as CartMeta })),
})
