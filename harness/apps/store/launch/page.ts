/** What an open page of the shop shows of the products: those that are on sale, and the level of each size (ST-37, ST-40..ST-43). */
export interface PageState {
  released: readonly number[]
  /** By item id. */
  levels: Readonly<Record<number, string>>
}

/** Open pages of a release day that show the same. */
export interface PageGroup {
  state: PageState
  /** The path that they are open at, as presence knows it. */
  page: string
  cart: readonly { id: number; outOfStock: boolean }[]
  pageCount: number
}

export const unreleased: PageState = { released: [], levels: {} }

const sizePattern = /size-container__entry--level-(\w+)" name="item_id" value="(\d+)"/g

/** The page after the message `released`, which brings the sizes along; the same state when nothing is new. Pure. */
export function afterRelease(page: PageState, productId: number, sizeHtml: string): PageState {
  if (page.released.includes(productId)) return page
  const sizes = [...sizeHtml.matchAll(sizePattern)].map(([, level, itemId]) => [itemId, level])
  const released = [...page.released, productId].sort((a, b) => a - b)
  return { released, levels: { ...page.levels, ...(Object.fromEntries(sizes) as Record<number, string>) } }
}

/** The page after the message `stock_change`: nothing changes for a size that it does not show. Pure. */
export function afterStockChange(page: PageState, itemId: number, level: string): PageState {
  const shown = page.levels[itemId]
  return shown === undefined || shown === level ? page : { ...page, levels: { ...page.levels, [itemId]: level } }
}
