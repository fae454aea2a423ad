import { describe, expect, it } from 'vitest'
import { productSocket } from '../../../../../system/apps/store/channels/product-socket.ts'
import { channel, ok } from '../../../../../system/channels/index.ts'
import { connectTo, openCase } from '../../../../support/channel-case.ts'
import { completeProducts } from '../../../../support/complete-products.ts'

const products = completeProducts()

const definition = (known: () => typeof products | undefined = () => products) =>
  productSocket({
    products: known,
    stateOf: ({ released, items }) => ({
      released,
      sizeHtml: '<div class="size-container"></div>',
      items: items.map(({ id }) => ({ id, level: 'low' as const })),
    }),
    stateOnJoin: true,
    route: 'product:*',
    cart: channel({ name: 'CartChannel', join: () => ok() }),
  })

describe('the socket of the shop (ST-35)', () => {
  it('has a WebSocket and no long poll, for products and carts', () => {
    const { path, options, channels } = definition()
    expect([path, options?.websocket, options?.longpoll]).toEqual(['/product_socket', undefined, undefined])
    expect(Object.keys(channels)).toEqual(['product:*', 'cart:*'])
  })

  it('takes everybody, and gives nobody an id (ST-34)', async () => {
    for (const params of [{}, { token: 'garbage' }])
      expect(await connectTo(definition(), params)).toEqual({ kind: 'connected', assigns: {}, id: null })
  })

  it('lets anybody join any product (ST-34)', async () => {
    const client = await openCase(definition())
    for (const topic of ['product:1', 'product:2', 'product:999'])
      expect(await client.join(topic)).toEqual({ status: 'ok', response: {} })
    expect(await client.join('admin:cart_tracker')).toEqual({
      status: 'error',
      response: { reason: 'unmatched topic' },
    })
  })

  it('says what a product shows as soon as its node has loaded its stock, and once (ST-47)', async () => {
    let known: typeof products | undefined
    let askedCount = 0
    const ask = () => {
      askedCount += 1
      return known
    }
    const client = await openCase(definition(ask))
    await client.join('product:1')
    await expect.poll(() => askedCount).toBe(1)
    expect(client.received('stock_change')).toEqual([])
    known = products
    await expect.poll(() => client.received('stock_change').length).toBe(products[0]!.items.length)
  })

  it('says nothing of any user on a product: sizes and levels only (ST-34)', async () => {
    const client = await openCase(definition())
    await client.join('product:1')
    await expect.poll(() => client.received('stock_change').length).toBe(products[0]!.items.length)
    for (const change of client.received('stock_change'))
      expect(Object.keys(change as object).sort()).toEqual(['item_id', 'level', 'product_id'])
    for (const released of client.received('released')) expect(Object.keys(released as object)).toEqual(['size_html'])
  })
})
