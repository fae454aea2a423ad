import type { Presence } from '../../../presence/index.ts'

/** No cart's topic, so that no shopper ever hears of it (PA-21). */
export const cartTrackerTopic = 'admin:cart_tracker'

export interface CartMeta {
  /** Unix ms. */
  page_loaded_at: number
  page: string | null
  items: number[]
}

interface Tracked {
  /** The channel, on its node. */
  owner: string
  cartId: string
}

export type CartTracker = ReturnType<typeof createCartTracker>

/** Every open cart of the shop, for those who run it: one entry for each channel, under its cart's id (PA-22..PA-25). */
export const createCartTracker = ({ track, update, untrackAll, list }: Presence) => ({
  trackCart: ({ owner, cartId }: Tracked, meta: CartMeta) => void track(owner, cartTrackerTopic, cartId, { ...meta }),
  updateCart: ({ owner, cartId }: Tracked, items: number[]) =>
    update(owner, cartTrackerTopic, cartId, (before) => ({ ...before, items })),
  untrackCart: untrackAll,
  allCarts: () => list(cartTrackerTopic).map(({ key, meta }) => ({ cartId: key, meta: meta as unknown as CartMeta })),
})
