import type { Clock } from '../../../system/platform/clock.ts'
import { type CartClient, type CartPayload, openCart } from './cart-client.ts'
import { type Connection, openConnection, type World } from './connection.ts'
import { ask } from './requests.ts'
import { cartIdOf } from './shopper.ts'

interface PageOptions extends World {
  clock: Clock
  who: string
  node: string
  /** What the tabs of one browser share. */
  storage: { cart?: string }
}

interface StockChange {
  item_id: number
  level: string
}

const loadWithinMs = 5_000
const productIds = [1, 2]

export type Page = ReturnType<typeof createPage>

/** An open tab: the page's HTML as a node served it, and what its script makes of the news (ST-37, ST-41, ST-43). */
export function createPage({ network, recorder, clock, who, node, storage }: PageOptions) {
  const [shopper = who] = who.split('#')
  let html = ''
  let connection: Connection | undefined
  let cart: CartClient | undefined
  /** Outlives the page, not the tab. */
  let own: string | undefined

  function applyRelease(productId: number, sizeHtml: string) {
    html = html.replace(new RegExp(`<div class="product-soon product-soon-${productId}">[^<]*</div>`), () => sizeHtml)
  }

  function applyStockChange({ item_id, level }: StockChange) {
    html = html.replaceAll(
      new RegExp(`(size-container__entry--level-)\\w+(" name="item_id" value="${item_id}")( disabled)?`, 'g'),
      (_all, before: string, after: string) => `${before}${level}${after}${level === 'out' ? ' disabled' : ''}`,
    )
  }

  function joinProduct(open: Connection, productId: number) {
    const channel = open.join(`product:${productId}`)
    channel.on('released', ({ size_html }: { size_html: string }) => applyRelease(productId, size_html))
    channel.on('stock_change', applyStockChange)
  }

  function startScript() {
    const open = openConnection({ network, recorder, who, from: shopper, node, path: '/product_socket' })
    connection = open
    for (const productId of productIds) joinProduct(open, productId)
    cart = openCart({
      recorder,
      connection: open,
      who,
      shopper,
      cartId: cartIdOf(shopper),
      params: () => ({ serialized: storage.cart ?? null, own, page: '/' }),
      onCart: keep,
    })
  }

  function keep({ serialized }: CartPayload) {
    own = serialized
    storage.cart = serialized
  }

  /** The page that was there goes, whatever comes. */
  async function load() {
    connection?.close()
    connection = undefined
    cart = undefined
    html = ''
    const asking = { network, clock, from: shopper, address: `${node}:http`, withinMs: loadWithinMs }
    const response = await ask(asking, { do: 'page' })
    // Somebody may have loaded it again meanwhile.
    if (response.kind !== 'answered' || response.status !== 200 || connection) return
    html = String(response.body)
    startScript()
  }

  const button = (itemId: number) => new RegExp(`name="item_id" value="${itemId}"( disabled)?`).exec(html)

  return {
    who,
    node,
    load,
    isLoaded: () => connection !== undefined,
    joins: () => connection?.joins() ?? { connected: false, expected: [], joined: [] },
    html: () => html,
    cart: () => (cart ? { shopper, page: '/', items: cart.items() } : undefined),
    /** Nothing happens where there is no button, and on one that cannot be pressed. */
    click(itemId: number) {
      const found = button(itemId)
      if (found && !found[1]) cart?.ask('add_item', itemId)
    },
    /** The button of an item that lies in the cart. */
    take(itemId: number) {
      if (cart?.items().some(({ id }) => id === itemId)) cart.ask('remove_item', itemId)
    },
    close: () => connection?.close(),
  }
}
