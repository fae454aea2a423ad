/** What a page of the store shows to whoever reads it, whether it was served as HTML or is alive in a browser. */
export interface PageSight {
  title: string
  products: ProductSight[]
  cart: CartBox | undefined
  form: CheckoutForm | undefined
  order: OrderSight | undefined
  panels: PanelSight[]
  finder: FinderSight | undefined
  /** What the page says of its connection; empty while it has nothing to say. */
  connection: string
}

export interface ProductSight {
  id: string
  brand: string
  name: string
  color: string
  price: string
  /** How the picture is named for those who cannot see it. */
  picture: string
  /** The sentence in the place of the sizes, such as `coming soon...`; undefined when there are sizes. */
  soon: string | undefined
  sizes: { itemId: string; size: string; level: string; isDisabled: boolean }[]
}

/** The place of the cart, empty until the page's script has filled it. */
export interface CartBox {
  title: string
  rows: { itemId: string; name: string; size: string; price: string; isGray: boolean; removes: string; label: string }[]
  warning: string
  total: string
  checkout: string
  /** The way to the cart from the top of the page. */
  link: string
}

export interface CheckoutForm {
  action: string
  method: string
  /** The hidden fields. */
  fields: Record<string, string>
  isDisabled: boolean
  isHidden: boolean
  isEmptyHidden: boolean
  /** Whether the page's script has put a cart into it. */
  isFilled: boolean
  problem: string
}

export interface OrderSight {
  id: string
  lines: { itemId: string; what: string; price: string }[]
  total: string
}

/** One product on the dashboard. */
export interface PanelSight {
  name: string
  sizes: { itemId: string; size: string }[]
}

/** The page that finds the shoes of a size. */
export interface FinderSight {
  /** Says which size it was asked for, and how many shoes come in it. */
  summary: string
  finds: { productId: string; text: string }[]
}

/** The part of an element that is read, in a browser as in a parsed text. */
interface Readable {
  readonly textContent: string | null
  getAttribute(name: string): string | null | undefined
  hasAttribute(name: string): boolean
  querySelector(selector: string): Readable | null
  querySelectorAll(selector: string): Iterable<Readable>
}

/** Reads only the form of a page. It also runs in the page itself, so it must not refer to anything outside. */
export function readForm(root: Readable): CheckoutForm | undefined {
  const textOf = (element: Readable | null) => (element?.textContent ?? '').replace(/\s+/g, ' ').trim()
  const attribute = (element: Readable | null, name: string) => element?.getAttribute(name) ?? ''
  const form = root.querySelector('.checkout__form')
  if (!form) return undefined
  const hidden = [...form.querySelectorAll('input[type=hidden]')]
  return {
    action: attribute(form, 'action'),
    method: attribute(form, 'method'),
    fields: Object.fromEntries(hidden.map((field) => [attribute(field, 'name'), attribute(field, 'value')])),
    isDisabled: form.querySelector('.checkout__buy')?.hasAttribute('disabled') !== false,
    isHidden: form.hasAttribute('hidden'),
    isEmptyHidden: root.querySelector('.checkout__empty')?.hasAttribute('hidden') !== false,
    isFilled: attribute(form.querySelector('[name=serialized]'), 'value') !== '',
    problem: textOf(root.querySelector('[role=alert].checkout__problem')),
  }
}

/** Reads a page through its test hooks. It also runs in the page itself, so it must not refer to anything outside but `readForm`. */
export function readPage(root: Readable): PageSight {
  const levelPrefix = 'size-container__entry--level-'
  const textOf = (element: Readable | null) => (element?.textContent ?? '').replace(/\s+/g, ' ').trim()
  const attribute = (element: Readable | null, name: string) => element?.getAttribute(name) ?? ''
  const classes = (element: Readable) => attribute(element, 'class').split(/\s+/)
  const all = <T>(from: Readable, selector: string, read: (element: Readable) => T) =>
    [...from.querySelectorAll(selector)].map(read)

  const sizeOf = (button: Readable) => ({
    itemId: attribute(button, 'value'),
    size: textOf(button),
    level:
      classes(button)
        .find((name) => name.startsWith(levelPrefix))
        ?.slice(levelPrefix.length) ?? '',
    isDisabled: button.hasAttribute('disabled'),
  })

  function productOf(listing: Readable): ProductSight {
    const id = attribute(listing, 'data-product-id')
    const soon = listing.querySelector(`.product-soon-${id}`)
    return {
      id,
      brand: textOf(listing.querySelector('.product-brand')),
      name: textOf(listing.querySelector('h2')),
      color: textOf(listing.querySelector('.product-color')),
      price: textOf(listing.querySelector('.product-price')),
      picture: attribute(listing.querySelector('svg'), 'aria-label'),
      soon: soon ? textOf(soon) : undefined,
      sizes: all(listing, '.size-container__entry', sizeOf),
    }
  }

  const rowOf = (row: Readable) => ({
    itemId: attribute(row, 'data-item-id'),
    name: textOf(row.querySelector('.cart-item__name')),
    size: textOf(row.querySelector('.cart-item__size')),
    price: textOf(row.querySelector('.cart-item__price')),
    isGray: classes(row).includes('cart-item--out-of-stock'),
    removes: attribute(row.querySelector('.cart-item__remove'), 'data-item-id'),
    label: attribute(row.querySelector('.cart-item__remove'), 'aria-label'),
  })

  const cartOf = (box: Readable): CartBox => ({
    title: textOf(box.querySelector('.cart__title')),
    rows: all(box, '.cart-item', rowOf),
    warning: textOf(box.querySelector('.cart__warning')),
    total: textOf(box.querySelector('.cart__total')),
    checkout: attribute(box.querySelector('.cart__checkout'), 'href'),
    link: textOf(root.querySelector('.cart-link')),
  })

  const lineOf = (line: Readable) => {
    const [what = '', price = ''] = all(line, 'span', textOf)
    return { itemId: attribute(line, 'data-item-id'), what, price }
  }

  const orderOf = (order: Readable): OrderSight => ({
    id: /Order (\d+) is/.exec(textOf(root.querySelector('main')))?.[1] ?? '',
    lines: all(order, '.order__item', lineOf),
    total: order.querySelector('.order__total') ? lineOf(order.querySelector('.order__total')!).price : '',
  })

  const panelOf = (panel: Readable): PanelSight => ({
    name: textOf(panel.querySelector('h3')),
    sizes: all(panel, '.sizes__entry', (entry) => ({
      itemId: attribute(entry.querySelector('.sizes__count'), 'data-item-id'),
      size: textOf(entry.querySelector('.sizes__size')),
    })),
  })

  const finderOf = (finder: Readable): FinderSight => ({
    summary: textOf(finder.querySelector('[role=status]')),
    finds: all(finder, '.finder__finds li', (line) => ({
      productId: attribute(line, 'data-product-id'),
      text: textOf(line),
    })),
  })

  const found = <T>(selector: string, read: (element: Readable) => T) => {
    const element = root.querySelector(selector)
    return element ? read(element) : undefined
  }
  return {
    title: textOf(root.querySelector('title')),
    products: all(root, '.product-listing', productOf),
    cart: found('#cart-container', cartOf),
    form: readForm(root),
    order: found('.order', orderOf),
    panels: all(root, '.products .panel', panelOf),
    finder: found('.finder', finderOf),
    connection: textOf(root.querySelector('.connection') ?? root.querySelector('.staleness__text')),
  }
}

/** The source of an expression that reads the page in which it runs. */
export const readThisPage = `(() => { const readForm = ${readForm}; return (${readPage})(document) })()`

/** The fields of a form are secrets of the visitor; what matters to a checker is which there are. */
export function withoutFieldValues(sight: PageSight): PageSight {
  const { form } = sight
  return form
    ? { ...sight, form: { ...form, fields: Object.fromEntries(Object.keys(form.fields).map((name) => [name, ''])) } }
    : sight
}
