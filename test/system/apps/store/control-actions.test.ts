import { describe, expect, it } from 'vitest'
import { storeConfig } from '../../../../system/apps/store/config.ts'
import { type StoreActions, storeControlActions } from '../../../../system/apps/store/control-actions.ts'
import { UnknownId } from '../../../../system/apps/store/inventory/inventory.ts'
import { createControl } from '../../../../system/control/server.ts'
import { completeProducts } from '../../../support/complete-products.ts'

/** The shop's actions behind a real control port; what they do to the shop is noted. */
function setUp(overrides: Partial<StoreActions> = {}) {
  const calls: unknown[][] = []
  const note = (...call: unknown[]) => void calls.push(call)
  const more = storeControlActions({
    release: async (productId) => note('release', productId),
    sell: async () => true,
    products: completeProducts,
    item: (itemId) =>
      completeProducts()
        .flatMap(({ items }) => items)
        .find(({ id }) => id === itemId),
    notifications: {
      released: ({ id }) => note('released', id),
      stockChange({ before, after }) {
        note('stockChange', before.id, after.availableCount)
        return 'no_change'
      },
    },
    reduce: async (options) => {
      note('reduce', options)
      return 3
    },
    ...overrides,
  })
  const control = createControl({ secret: 'right', actions: {} as never, more })
  const post = async (url: string, payload: object) => {
    const answer = await control.inject({ method: 'POST', url, payload, headers: { authorization: 'Bearer right' } })
    return { status: answer.statusCode, body: answer.json() }
  }
  return { post, calls }
}

describe("the shop's control actions", () => {
  it.each([
    ['/release', { productId: 'one' }, 'productId'],
    ['/release', {}, 'productId'],
    ['/sell', { itemId: 0 }, 'itemId'],
    ['/sell', { itemId: 1, extra: true }, 'extra'],
    ['/reduce', { unitsPerStep: -1 }, 'unitsPerStep'],
    ['/notify/stock', { itemId: 1, availableCount: -1 }, 'availableCount'],
  ])('refuse POST %s %j and say why', async (url, body, why) => {
    const { post, calls } = setUp()
    const answer = await post(url, body)
    expect(answer.status).toBe(400)
    expect(answer.body.error).toContain(why)
    expect(calls).toEqual([])
  })

  it('release when an operator asks, and nothing of the shop is set to do it at a time (ST-26)', async () => {
    const { post, calls } = setUp()
    expect(calls).toEqual([])
    expect(await post('/release', { productId: 1 })).toEqual({ status: 200, body: { ok: true } })
    expect(calls).toEqual([['release', 1]])
    expect(Object.keys(storeConfig.variables).filter((name) => /RELEASE|LAUNCH|START|_AT$/.test(name))).toEqual([])
  })

  it('sell, and say 409 when there is nothing left (ST-18)', async () => {
    expect(await setUp().post('/sell', { itemId: 1 })).toEqual({ status: 200, body: { ok: true } })
    const empty = setUp({ sell: async () => false })
    expect(await empty.post('/sell', { itemId: 1 })).toEqual({ status: 409, body: { error: 'out_of_stock' } })
  })

  it('tell an unknown id from a failure (AT-21)', async () => {
    const unknown = setUp({ release: () => Promise.reject(new UnknownId('there is no product 9')) })
    expect(await unknown.post('/release', { productId: 9 })).toMatchObject({ status: 404 })
    const down = setUp({ release: () => Promise.reject(new Error('connect ECONNREFUSED')) })
    const answer = await down.post('/release', { productId: 1 })
    expect(answer).toEqual({ status: 503, body: { error: 'connect ECONNREFUSED' } })
  })

  it('announce what the node knows, and nothing else', async () => {
    const { post, calls } = setUp()
    expect((await post('/notify/release', { productId: 1 })).body).toEqual({ ok: true, result: 'broadcast' })
    const stock = await post('/notify/stock', { itemId: 1, availableCount: 0 })
    expect(stock.body).toEqual({ ok: true, result: 'no_change' })
    expect(calls).toEqual([
      ['released', 1],
      ['stockChange', 1, 0],
    ])
    expect((await post('/notify/release', { productId: 99 })).body).toEqual({ error: 'there is no product 99' })
    expect((await post('/notify/stock', { itemId: 99, availableCount: 0 })).status).toBe(404)
  })

  it('cannot announce before the stock is loaded', async () => {
    const { post } = setUp({ products: () => undefined })
    expect(await post('/notify/release', { productId: 1 })).toEqual({
      status: 503,
      body: { error: 'the inventory is still loading' },
    })
  })

  it('pass on how the stock is to be reduced', async () => {
    const { post, calls } = setUp()
    expect((await post('/reduce', { unitsPerStep: 5, delayMs: 1 })).body).toEqual({ ok: true, sold: 3 })
    expect((await post('/reduce', {})).status).toBe(200)
    expect(calls).toEqual([
      ['reduce', { unitsPerStep: 5, delayMs: 1 }],
      ['reduce', {}],
    ])
  })
})
