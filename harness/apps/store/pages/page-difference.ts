import type { CartLine } from '../cart-page.ts'
import type { Catalogue, CatalogueProduct, FinalOrder } from '../checkers/stock.ts'
import { levelOf } from '../level.ts'
import type {
  CartBox,
  CheckoutForm,
  FinderSight,
  OrderSight,
  PageSight,
  PanelSight,
  ProductSight,
} from './page-sight.ts'

/** What the database holds of what pages show. */
export interface Truth {
  catalogue: Catalogue
  orders: readonly FinalOrder[]
}

/** The pages with all products, however they are rendered. */
export const listingPaths: ReadonlySet<string> = new Set(['/', '/drops', '/drops/by-component'])

/** What a page at a path shows and should not, or does not show and should, in words; undefined when it shows the truth. Pure. */
export function pageDifference(path: string, sight: PageSight, { catalogue, orders }: Truth): string | undefined {
  if (listingPaths.has(path)) return listingsDifference(sight, catalogue) ?? cartDifference(path, sight.cart, catalogue)
  if (path === '/admin') return panelsDifference(sight.panels, catalogue)
  if (path === '/drops/finder') return finderDifference(sight.finder, catalogue)
  if (path === '/checkout') return cartDifference(path, sight.cart, catalogue) ?? formDifference(sight.form, sight.cart)
  if (path !== '/checkout/complete' || !sight.order) return undefined
  return orderDifference(sight.order, orders, catalogue) ?? cartDifference(path, sight.cart, catalogue)
}

function listingsDifference({ title, products }: PageSight, catalogue: Catalogue): string | undefined {
  if (title !== 'Sneakers23') return `the title ${quoted(title)} instead of "Sneakers23"`
  const [shown, held] = [products.map(({ id }) => id), catalogue.products.map(({ id }) => String(id))]
  if (shown.join() !== held.join()) return `the products [${shown}] instead of [${held}]`
  return first(catalogue.products, (product, index) => productDifference(products[index]!, product))
}

function productDifference(shown: ProductSight, product: CatalogueProduct): string | undefined {
  const facts = { brand: product.brand, name: product.name, color: product.color, price: `$${product.priceUsd}` }
  const wrong = firstWrong(shown, { ...facts, picture: `${product.brand} ${product.name}` })
  if (wrong) return `${wrong} of product ${product.id}`
  if (!product.released)
    return shown.soon === 'coming soon...' && shown.sizes.length === 0
      ? undefined
      : `product ${product.id} as released, and it is not in the database`
  if (shown.soon !== undefined)
    return `product ${product.id} as ${quoted(shown.soon)}, and it is released in the database`
  const [ids, held] = [shown.sizes.map(({ itemId }) => itemId), product.items.map(({ id }) => String(id))]
  if (ids.join() !== held.join()) return `the items [${ids}] of product ${product.id} instead of [${held}]`
  return first(product.items, (item, index) => sizeDifference(shown.sizes[index]!, item, product))
}

function sizeDifference(
  { size, level, isDisabled }: ProductSight['sizes'][number],
  item: CatalogueProduct['items'][number],
  product: CatalogueProduct,
): string | undefined {
  if (size !== item.size) return `the size ${quoted(size)} for item ${item.id} instead of ${quoted(item.size)}`
  const named = `size ${item.size} of product ${product.id}`
  if (level !== levelOf(item.availableCount))
    return `${named} as ${level || 'nothing'}, and the database has ${item.availableCount} left`
  if (isDisabled !== (item.availableCount === 0))
    return `${named} with a button that can${isDisabled ? 'not' : ''} be clicked, and the database has ${item.availableCount} left`
  return undefined
}

/** The cart in a page: whichever items are in it, each row, the sum and the warning must be those of the database (CT-34, CT-37). */
function cartDifference(path: string, cart: CartBox | undefined, catalogue: Catalogue): string | undefined {
  if (!cart) return 'no place for the cart'
  const { rows } = cart
  const ids = rows.map(({ itemId }) => Number(itemId))
  if (ids.some((id, index) => index > 0 && ids[index - 1]! >= id)) return `the cart in the order [${ids}]`
  const lines = rows.map((row) => ({ row, found: findItem(Number(row.itemId), catalogue) }))
  return (
    first(lines, ({ row, found }) =>
      found ? rowDifference(row, found) : `the unknown item ${row.itemId} in the cart`,
    ) ??
    cartTextDifference(
      path,
      cart,
      lines.flatMap(({ found }) => found ?? []),
    )
  )
}

interface Found {
  product: CatalogueProduct
  item: CatalogueProduct['items'][number]
}

const findItem = (itemId: number, { products }: Catalogue): Found | undefined =>
  products.flatMap((product) => product.items.map((item) => ({ product, item }))).find(({ item }) => item.id === itemId)

function rowDifference(row: CartBox['rows'][number], { product, item }: Found): string | undefined {
  const isGone = item.availableCount === 0
  const wrong = firstWrong(row, {
    name: `${product.brand} ${product.name}`,
    size: `size ${item.size}`,
    isGray: isGone,
    price: isGone ? 'sold out' : `$${product.priceUsd}`,
    removes: row.itemId,
    label: `Remove ${product.name}, size ${item.size}`,
  })
  return wrong && `${wrong} of item ${item.id} in the cart`
}

function cartTextDifference(path: string, cart: CartBox, found: readonly Found[]): string | undefined {
  const there = found.filter(({ item }) => item.availableCount > 0)
  const total = there.reduce((sum, { product }) => sum + product.priceUsd, 0)
  const goneCount = found.length - there.length
  const isBeside = path !== '/checkout' && found.length > 0
  const wrong = firstWrong(cart, {
    total: found.length > 0 ? `Total $${total}` : '',
    title: isBeside ? 'Your cart' : '',
    checkout: isBeside ? '/checkout' : '',
    link: isBeside ? `Cart, ${found.length} ${found.length === 1 ? 'shoe' : 'shoes'}` : '',
    warning:
      goneCount === 0
        ? ''
        : goneCount === 1
          ? 'One shoe has sold out. Take it out to buy the rest.'
          : `${goneCount} shoes have sold out. Take them out to buy the rest.`,
  })
  return wrong && `${wrong} of the cart`
}

const fieldNames = '_csrf_token, key, serialized'

/** What is bought is what the page shows, so an empty cart cannot be bought (CT-54, CT-58). */
function formDifference(form: CheckoutForm | undefined, cart: CartBox | undefined): string | undefined {
  if (!form) return 'no form'
  const names = Object.keys(form.fields).sort().join(', ')
  if (names !== fieldNames) return `a form with the fields ${names} instead of ${fieldNames}`
  const isEmpty = (cart?.rows.length ?? 0) === 0
  const wrong = firstWrong(form, { action: '/checkout', method: 'post', isDisabled: isEmpty })
  if (wrong) return `${wrong} of the form`
  // Until the script has put a cart into it, the page offers nothing and says nothing of a cart.
  const [isOffered, saysEmpty] = [form.isFilled && !isEmpty, form.isFilled && isEmpty]
  if (form.isHidden === isOffered) return isOffered ? 'no form for what is in the cart' : 'a form to buy nothing with'
  if (form.isEmptyHidden !== saysEmpty) return undefined
  return saysEmpty ? 'an empty cart without a word' : 'that the cart is empty, and it is not'
}

/** What was bought, as the order in the database has it (CT-53). */
function orderDifference(shown: OrderSight, orders: readonly FinalOrder[], catalogue: Catalogue): string | undefined {
  const order = orders.find(({ id }) => String(id) === shown.id)
  if (!order) return `order ${shown.id || 'without a number'}, which is not in the database`
  const held = (order.lines ?? []).map(({ itemId, priceUsd }) => {
    const found = findItem(itemId, catalogue)
    const what = `${found?.product.brand} ${found?.product.name}, size ${found?.item.size}`
    return `${itemId}: ${what} $${priceUsd}`
  })
  const lines = shown.lines.map(({ itemId, what, price }) => `${itemId}: ${what} ${price}`)
  if (lines.join('; ') !== held.join('; '))
    return `the lines [${lines.join('; ')}] of order ${order.id} instead of [${held.join('; ')}]`
  return shown.total === `$${order.totalUsd}`
    ? undefined
    : `the total ${shown.total} of order ${order.id} instead of $${order.totalUsd}`
}

/** The items of a cart as the server sends them to a page, in the order of their ids (CT-23, CT-24). */
export function linesDifference(lines: readonly CartLine[], catalogue: Catalogue): string | undefined {
  const ids = lines.map(({ id }) => id)
  if (ids.some((id, index) => index > 0 && ids[index - 1]! >= id)) return `the items in the order [${ids}]`
  return first(lines, (line) => {
    const found = findItem(line.id, catalogue)
    if (!found) return `the unknown item ${line.id}`
    const wrong = firstWrong(line, lineOf(found))
    return wrong && `${wrong} of item ${line.id}`
  })
}

const lineOf = ({ product, item }: Found): Omit<CartLine, 'id'> => ({
  brand: product.brand,
  color: product.color,
  name: product.name,
  price_usd: product.priceUsd,
  main_image_url: product.imageUrl,
  released: product.released,
  size: item.size,
  sku: item.sku,
  out_of_stock: item.availableCount === 0,
})

function panelsDifference(panels: readonly PanelSight[], { products }: Catalogue): string | undefined {
  const lineOf = (name: string, sizes: readonly { itemId: string; size: string }[]) =>
    `${name}: ${sizes.map(({ itemId, size }) => `${itemId}=${size}`).join(' ')}`
  const shown = panels.map(({ name, sizes }) => lineOf(name, sizes))
  const held = products.map(({ name, items }) =>
    lineOf(
      name,
      items.map(({ id, size }) => ({ itemId: String(id), size })),
    ),
  )
  return shown.join('; ') === held.join('; ') ? undefined : `[${shown.join('; ')}] instead of [${held.join('; ')}]`
}

const labels: Readonly<Record<string, string>> = { out: 'sold out', low: 'few left', medium: 'going', high: 'plenty' }

/** Which shoes come in the size that the page was asked for, each with what is left of it (ST-27, LV-21). */
function finderDifference(finder: FinderSight | undefined, { products }: Catalogue): string | undefined {
  if (!finder) return 'no finder'
  const [, size] = / comes? in (.+)\.$/.exec(finder.summary) ?? []
  if (size === undefined) return finder.finds.length > 0 ? 'shoes, and it was asked for none' : undefined
  const held = products.flatMap(({ id, brand, name, released, items }) => {
    const item = items.find((one) => one.size === size)
    const state = released ? item && labels[levelOf(item.availableCount)] : 'coming soon'
    return item ? [`${id}: ${brand} ${name} ${state}`] : []
  })
  const shown = finder.finds.map(({ productId, text }) => `${productId}: ${text}`)
  if (shown.join('; ') !== held.join('; '))
    return `[${shown.join('; ')}] in size ${size} instead of [${held.join('; ')}]`
  const count = held.length === 1 ? 'One shoe comes' : `${held.length || 'No'} shoes come`
  return finder.summary === `${count} in ${size}.` ? undefined : `${quoted(finder.summary)} for ${held.length} shoes`
}

function firstWrong<T extends object>(shown: T, expected: Partial<T>): string | undefined {
  for (const [name, value] of Object.entries(expected))
    if (shown[name as keyof T] !== value)
      return `the ${describeField(name)} ${quoted(shown[name as keyof T])} instead of ${quoted(value)}`
  return undefined
}

/** `isGray` -> `gray`. */
const describeField = (name: string) => name.replace(/^is([A-Z])/, (_, letter: string) => letter.toLowerCase())
const quoted = (value: unknown) => JSON.stringify(value)

function first<T>(list: readonly T[], find: (one: T, index: number) => string | undefined): string | undefined {
  for (const [index, one] of list.entries()) {
    const found = find(one, index)
    if (found !== undefined) return found
  }
  return undefined
}
