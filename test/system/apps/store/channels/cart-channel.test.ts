import { describe, expect, it, vi } from 'vitest'
import { createCartTokens } from '../../../../../system/apps/store/cart/cart-token.ts'
import type { Product } from '../../../../../system/apps/store/catalog/product.ts'
import { cartChannel } from '../../../../../system/apps/store/channels/cart-channel.ts'
import { cartItems } from '../../../../../system/apps/store/channels/cart-view.ts'
import { createCheckout } from '../../../../../system/apps/store/checkout/checkout.ts'
import { storeConfig } from '../../../../../system/apps/store/config.ts'
import { createCartTracker } from '../../../../../system/apps/store/presence/cart-tracker.ts'
import { socket } from '../../../../../system/channels/index.ts'
import { systemClock as clock } from '../../../../../system/platform/clock.ts'
import { readConfig } from '../../../../../system/platform/config.ts'
import { silentLog as log } from '../../../../../system/platform/log.ts'
import { createPresence } from '../../../../../system/presence/index.ts'
import { createPubSub } from '../../../../../system/pubsub/index.ts'
import { openCase } from '../../../../support/channel-case.ts'
import { completeProducts } from '../../../../support/complete-products.ts'

const topic = `cart:${'k'.repeat(64)}`
const secret = 's'.repeat(32)

interface CartPayload {
  items: { id: number; out_of_stock: boolean }[]
  serialized: string
}
interface Answer {
  status: string
  response: CartPayload & { error?: string }
}

interface Setting {
  products?: Product[] | undefined
  trackerFails?: boolean
  oneSizePerShoe?: boolean
  itemsMax?: number | null
}

async function setUp({ products = released(), trackerFails = false, oneSizePerShoe = false, itemsMax }: Setting = {}) {
  const stock: { products: Product[] | undefined } = { products }
  const checkout = createCheckout({
    tokens: createCartTokens({ secret, clock }),
    ...({} as Pick<
      Parameters<typeof createCheckout>[0],
      'repo' | 'nodeName' | 'requireReady' | 'announceSale' | 'reconcileSale'
    >),
  })
  const carts = createPresence({ name: 'CartTracker', pubsub: createPubSub({ nodeName: 'n1', log }), clock, log })
  const tracker = createCartTracker(carts)
  if (trackerFails)
    tracker.trackCart = () => {
      throw new Error('no tracker')
    }
  const cart = cartChannel({
    checkout,
    products: () => stock.products,
    tracker,
    clock,
    log,
    oneSizePerShoe,
    ...(itemsMax !== undefined && { itemsMax }),
  })
  const shop = await openCase(socket({ name: 'Shop', path: '/shop', channels: { 'cart:*': cart } }))
  const others: { serialized: string; added: number[]; removed: number[] }[] = []
  shop.pubsub.subscribe(topic, {
    deliver: ({ event, payload }) => void (event === 'cart_updated' && others.push(payload as never)),
  })
  return {
    ...shop,
    checkout,
    stock,
    tracker,
    others,
    ask: async (event: string, item_id: unknown) => (await shop.ask(topic, event, { item_id })) as Answer,
    joinAny: shop.join,
    join: (params: unknown = {}) => shop.join(topic, params) as Promise<Answer>,
    pushed: () => shop.received('cart') as CartPayload[],
    listening: () => Object.keys(shop.pubsub.subscriptions()).filter((name) => name.startsWith('item_out:')),
    sellOut(itemId: number) {
      stock.products = stock.products!.map((product) => ({
        ...product,
        items: product.items.map((item) => (item.id === itemId ? { ...item, availableCount: 0 } : item)),
      }))
      shop.pubsub.localBroadcast(`item_out:${itemId}`, 'item_out', { item_id: itemId })
    },
  }
}

const released = () => completeProducts().map((product) => ({ ...product, released: true }))
const ids = ({ items }: CartPayload) => items.map(({ id }) => id)

describe('joining a cart', () => {
  it('answers, then pushes the cart unasked (CT-20, CT-21, CT-22)', async () => {
    const { join, pushed, sent } = await setUp()
    expect((await join()).status).toBe('ok')
    await vi.waitFor(() => expect(pushed()).toEqual([{ items: [], serialized: expect.any(String) }]))
    expect(sent.map(([, , , event]) => event)).toEqual(['phx_reply', 'cart'])
  })

  it.each([0, 63, 65])('is refused with an id of %i bytes (CT-20)', async (length) => {
    const shop = await setUp()
    const other = await shop.joinAny(`cart:${'k'.repeat(length)}`)
    expect(other).toEqual({ status: 'error', response: { reason: 'join crashed' } })
  })

  it('takes the cart that the browser kept, and what the tab holds, together (CT-2, CT-20, CT-32)', async () => {
    const first = await setUp()
    await first.join()
    await vi.waitFor(() => expect(first.pushed()).toHaveLength(1))
    const one = (await first.ask('add_item', '1')).response.serialized
    await first.ask('remove_item', '1')
    const two = (await first.ask('add_item', '2')).response.serialized
    const second = await setUp()
    await second.join({ serialized: one, own: two })
    await vi.waitFor(() => expect(second.pushed().map(ids)).toEqual([[2]]))
  })

  it('waits with the cart until the node knows its stock (CT-25)', async () => {
    const shop = await setUp({ products: undefined })
    shop.stock.products = undefined
    await shop.join()
    expect(shop.pushed()).toEqual([])
    expect((await shop.ask('add_item', '1')).response).toEqual({ error: 'unavailable' })
    shop.stock.products = released()
    await vi.waitFor(() => expect(shop.pushed()).toHaveLength(1))
  })
})

describe('changing a cart', () => {
  it('answers with the new cart, by item id, in exactly these keys (CT-22..CT-26)', async () => {
    const shop = await setUp()
    await shop.join()
    for (const id of ['3', '1', '2']) expect((await shop.ask('add_item', id)).status).toBe('ok')
    const { response } = await shop.ask('remove_item', '2')
    expect(ids(response)).toEqual([1, 3])
    expect(response.items[0]).toEqual({
      id: 1,
      brand: 'Squall',
      color: 'ember',
      name: 'Shoe 1',
      price_usd: 101,
      main_image_url: '#shoe-1',
      released: true,
      size: '6',
      sku: 'SKU-1-1',
      out_of_stock: false,
    })
  })

  it.each([
    ['add_item', '1', 'duplicate_item'],
    ['remove_item', '2', 'not_found'],
    ['add_item', 2, 'invalid_item_id'],
    ['add_item', 'two', 'invalid_item_id'],
    ['add_item', '77', 'unknown_item'],
  ])('refuses %s %j with %s and changes nothing (CT-26..CT-30)', async (event, item, error) => {
    const shop = await setUp()
    await shop.join()
    await shop.ask('add_item', '1')
    const told = shop.others.length
    const heard = shop.listening()
    expect(await shop.ask(event, item)).toEqual({ status: 'error', response: { error } })
    expect(shop.others).toHaveLength(told)
    expect(shop.listening()).toEqual(heard)
  })

  it('refuses what is sold out or not released yet (CT-29, CT-30)', async () => {
    const shop = await setUp({ products: completeProducts() })
    await shop.join()
    expect((await shop.ask('add_item', '1')).response).toEqual({ error: 'not_released' })
    const sold = await setUp()
    await sold.join()
    sold.sellOut(1)
    expect((await sold.ask('add_item', '1')).response).toEqual({ error: 'out_of_stock' })
  })

  it('can be limited to one size of each shoe (CT-10)', async () => {
    const shop = await setUp({ oneSizePerShoe: true })
    await shop.join()
    for (const id of ['1', '2']) expect((await shop.ask('add_item', id)).status).toBe('ok')
    expect((await shop.ask('add_item', '3')).response).toEqual({ error: 'one_size_per_shoe' })
    await shop.ask('remove_item', '2')
    expect((await shop.ask('add_item', '3')).status).toBe('ok')
  })

  it('can be limited to a number of items, and is not by default (ST-5)', async () => {
    const limited = await setUp({ itemsMax: 2 })
    await limited.join()
    for (const id of ['1', '2']) expect((await limited.ask('add_item', id)).status).toBe('ok')
    expect((await limited.ask('add_item', '3')).response).toEqual({ error: 'cart_full' })
    await limited.ask('remove_item', '2')
    expect((await limited.ask('add_item', '3')).status).toBe('ok')
    const { STORE_CART_ITEMS_MAX: itemsMax } = readConfig({ DATABASE_URL: 'postgres://here' }, [storeConfig])
    const any = await setUp({ itemsMax })
    await any.join()
    for (const id of ['1', '2', '3']) expect((await any.ask('add_item', id)).status).toBe('ok')
  })

  it('tells the other tabs what was added and removed (CT-38)', async () => {
    const shop = await setUp()
    await shop.join()
    await vi.waitFor(() => expect(shop.others).toHaveLength(1))
    await shop.ask('add_item', '1')
    await shop.ask('remove_item', '1')
    expect(shop.others.slice(1).map(({ added, removed }) => ({ added, removed }))).toEqual([
      { added: [1], removed: [] },
      { added: [], removed: [1] },
    ])
  })

  it('leaves out what this node does not know (CT-25)', () => {
    expect(cartItems([1, 99], released()).map(({ id }) => id)).toEqual([1])
  })
})

describe('a tab that hears of another one', () => {
  /** What a tab that did these things would send. */
  async function newsOf(...itemIds: string[]) {
    const shop = await setUp()
    await shop.join()
    for (const id of itemIds) await shop.ask('add_item', id)
    return shop.others.at(-1)!
  }

  it('takes the cart over and shows it (CT-39, DF-80)', async () => {
    const shop = await setUp()
    await shop.join()
    shop.pubsub.broadcast(topic, 'cart_updated', await newsOf('1'))
    await vi.waitFor(() => expect(shop.pushed().map(ids)).toEqual([[], [1]]))
    expect(ids((await shop.ask('add_item', '2')).response)).toEqual([1, 2])
  })

  it('answers when it knows more, so that nobody loses anything (CT-41, DF-82)', async () => {
    const shop = await setUp()
    await shop.join()
    await shop.ask('add_item', '2')
    const told = shop.others.length
    shop.pubsub.broadcast(topic, 'cart_updated', await newsOf('1'))
    await vi.waitFor(() => expect(shop.others).toHaveLength(told + 2))
    const answer = shop.others.at(-1)!
    const all = await shop.checkout.restoreCart(answer.serialized)
    expect([...all.items].sort()).toEqual([1, 2])
    expect([answer.added, answer.removed]).toEqual([[2], []])
  })

  it('goes on when the news cannot be read', async () => {
    const shop = await setUp()
    await shop.join()
    await shop.ask('add_item', '1')
    shop.pubsub.broadcast(topic, 'cart_updated', { serialized: 'garbage' })
    expect(ids((await shop.ask('add_item', '2')).response)).toEqual([1, 2])
  })
})

describe('an item that sells out', () => {
  it('is pushed as sold out, the rest of the cart as it was (CT-43, CT-45, CT-48)', async () => {
    const shop = await setUp()
    await shop.join()
    await shop.ask('add_item', '1')
    await shop.ask('add_item', '2')
    await vi.waitFor(() => expect(shop.listening()).toEqual(['item_out:1', 'item_out:2']))
    shop.sellOut(1)
    await vi.waitFor(() =>
      expect(
        shop
          .pushed()
          .at(-1)!
          .items.map((item) => item.out_of_stock),
      ).toEqual([true, false]),
    )
  })

  it('is listened for while it is in the cart, also after a join, and once (CT-44, CT-45, DF-76..DF-78)', async () => {
    const first = await setUp()
    await first.join()
    const { serialized } = (await first.ask('add_item', '1')).response
    await first.ask('remove_item', '1')
    await vi.waitFor(() => expect(first.listening()).toEqual([]))
    const second = await setUp()
    await second.join({ serialized })
    await vi.waitFor(() => expect(second.pubsub.subscriptions()['item_out:1']).toBe(1))
  })

  it('is told though it sold out before anybody listened (CT-46, DF-79)', async () => {
    const shop = await setUp()
    await shop.join()
    const reply = shop.ask('add_item', '1')
    await reply.then(() => undefined)
    shop.sellOut(1)
    await vi.waitFor(() => expect(shop.pushed().at(-1)!.items[0]?.out_of_stock).toBe(true))
  })
})

describe('a cart that is tracked', () => {
  it('has one entry for its channel, with page, time and items, until the channel ends (PA-22..PA-25, PA-27)', async () => {
    const shop = await setUp()
    await shop.join({ page: '/checkout' })
    await vi.waitFor(() => expect(shop.tracker.allCarts()).toHaveLength(1))
    const [before] = shop.tracker.allCarts()
    expect(before).toEqual({
      cartId: 'k'.repeat(64),
      meta: { page: '/checkout', items: [], page_loaded_at: expect.any(Number) },
    })
    await shop.ask('add_item', '1')
    await vi.waitFor(() => expect(shop.tracker.allCarts()[0]!.meta.items).toEqual([1]))
    const { page, page_loaded_at } = shop.tracker.allCarts()[0]!.meta
    expect({ page, page_loaded_at }).toEqual({ page: '/checkout', page_loaded_at: before!.meta.page_loaded_at })
    await shop.ask('phx_leave', 0)
    await vi.waitFor(() => expect(shop.tracker.allCarts()).toEqual([]))
  })

  it('has the items that another tab put in, too (PA-23)', async () => {
    const shop = await setUp()
    await shop.join()
    await vi.waitFor(() => expect(shop.tracker.allCarts()).toHaveLength(1))
    const theirs = { items: [2], changes: new Map([[2, 1]]) }
    shop.pubsub.broadcast(topic, 'cart_updated', { serialized: await shop.checkout.exportCart(theirs) })
    await vi.waitFor(() => expect(shop.tracker.allCarts()[0]!.meta.items).toEqual([2]))
    expect(shop.listening()).toEqual(['item_out:2'])
  })

  it('leaves nothing behind when its connection ends before it was tracked (PA-10, PA-28)', async () => {
    const shop = await setUp()
    const { exportCart } = shop.checkout
    shop.checkout.exportCart = (cart) => {
      shop.session.gone()
      return exportCart(cart)
    }
    await shop.join()
    await vi.waitFor(() => expect(shop.others).toHaveLength(1))
    expect(shop.tracker.allCarts()).toEqual([])
  })

  it('has no page when the browser told none (PA-22)', async () => {
    const shop = await setUp()
    await shop.join({ page: 7 })
    await vi.waitFor(() => expect(shop.tracker.allCarts()[0]!.meta.page).toBeNull())
  })

  it('works though it cannot be tracked (PA-29)', async () => {
    const shop = await setUp({ trackerFails: true })
    await shop.join()
    expect((await shop.ask('add_item', '1')).status).toBe('ok')
  })
})
