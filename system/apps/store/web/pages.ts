import { each, renderToString } from '../../../live/index.ts'
import { levelOf, type Product, type Thresholds } from '../catalog/product.ts'
import { layout, type ScriptOptions, type Visit } from './layout.ts'
import { listingTemplate, productList, toListing } from './listing.ts'

export interface PageOptions extends ScriptOptions {
  thresholds: Thresholds
}

/** All products (ST-39..42); each waits for its release or offers its sizes. */
export function productPage(
  products: readonly Product[],
  { thresholds, ...script }: PageOptions,
  visit: Visit,
): string {
  const listings = products.map((product) =>
    toListing(product, ({ availableCount }) => levelOf(availableCount, thresholds)),
  )
  return layout({ main: renderToString(productList(each(listings, listingTemplate))), visit, script })
}
