/** What a page shows, read through its test hooks. */
export interface Rendering {
  products: { id: string; soon: boolean; sizes: { itemId: string; level: string; disabled: boolean }[] }[]
}

/** What a tab shows of its cart. All tabs of one shopper show the same. */
export interface CartSight {
  shopper: string
  page: string
  items: { id: number; outOfStock: boolean }[]
}

/** What a dashboard shows. */
export interface DashboardSight {
  shoppers: number
  pages: Record<string, number>
  /** Item id -> number of carts; omits items that are in no cart. */
  items: Record<string, number>
  staleness: string
  /** The pages in the order of the table; undefined where there is no table. */
  listed?: string[]
  /** Whether it says that nobody is here. */
  saysNobody?: boolean
}

/** What a live view shows. */
export interface LiveSight {
  /** The path of its page. */
  path: string
  /** Its HTML, without what the client adds to it. */
  html: string
}
