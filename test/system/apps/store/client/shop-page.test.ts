// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Product } from '../../../../../system/apps/store/catalog/product.ts'
import { productPage } from '../../../../../system/apps/store/web/pages.ts'
import { closePageCase, openPageCase, type PageCase, setReachable } from '../../../../support/page-case.ts'

const item = (id: number, size: string, availableCount: number) => ({
  ...{ id, productId: 1, sku: `sku-${id}`, size, availableCount, version: 1 },
})
const gale: Product = {
  ...{ id: 1, sku: 'PHX-1', brand: 'Squall', name: 'Gale', color: 'ember', priceUsd: 189, mainImageUrl: '#shoe' },
  released: true,
  items: [item(1, '6', 500), item(12, '7', 500)],
}
const later: Product = { ...gale, id: 2, name: 'Doldrum', released: false, items: [item(9, '6', 5)] }
const cartId = 'c'.repeat(64)
const heartbeatMs = 2_000

const html = productPage(
  [gale, later],
  { clientHeartbeatMs: heartbeatMs, thresholds: { lowBelow: 150, mediumBelow: 400 } },
  { cartId, formToken: 'token' },
)
const line = (id: number, more: object = {}) => ({
  ...{ id, brand: 'Squall', name: 'Gale', color: 'ember', size: '6', price_usd: 189, out_of_stock: false, ...more },
})
const cartOf = (...ids: number[]) => ({ items: ids.map((id) => line(id)), serialized: `cart of ${ids}` })
const ok = (...ids: number[]) => ({ status: 'ok' as const, response: cartOf(...ids) })
const refused = (error: string) => ({ status: 'error' as const, response: { error } })

let page: PageCase
beforeEach(async () => {
  for (const level of ['log', 'error'] as const) vi.spyOn(console, level).mockImplementation(() => {})
  page = await openPageCase(html, () => import('../../../../../system/apps/store/client/app.ts'))
  await page.pass(20)
})
afterEach(closePageCase)

const add = (itemId: number) => page.click(`.size-container__entry[value='${itemId}']`)
const remove = (itemId: number) => page.click(`.cart-item__remove[data-item-id='${itemId}']`)
const said = () => page.text('.toast') ?? ''
const lost = 'Connection lost. What you see may be old. Trying to reach the shop again.'
const silent = 'The shop does not answer. What you see may be old.'
const connection = () => page.text('.connection[role="status"]')

describe('what the page says after a click (CT-36)', () => {
  it('is that it is done, for six seconds', async () => {
    page.replies.add_item = () => ok(1)
    add(1)
    await page.pass(10)
    expect(said()).toBe('It is in your cart.')
    await page.pass(5_900)
    expect(said()).toBe('It is in your cart.')
    await page.pass(200)
    expect(said()).toBe('')
  })

  it('stays for six seconds also where another sentence stood before', async () => {
    page.replies.add_item = () => ok(1)
    page.replies.remove_item = () => ok()
    add(1)
    await page.pass(4_000)
    remove(1)
    await page.pass(5_900)
    expect(said()).toBe('It is out of your cart.')
    await page.pass(200)
    expect(said()).toBe('')
  })

  it.each([
    ['duplicate_item', 'That size is in your cart already.'],
    ['not_released', 'That shoe is not on sale yet.'],
    ['something new', 'That did not work. Please try again.'],
  ])('is why it was refused: %s', async (error, sentence) => {
    page.replies.add_item = () => refused(error)
    add(1)
    await page.pass(10)
    expect(said()).toBe(sentence)
    expect(page.text('.cart-item')).toBeUndefined()
  })

  it('is that nobody answers, when nobody does', async () => {
    add(1)
    await page.pass(9_900)
    expect(said()).toBe('')
    await page.pass(200)
    expect(said()).toBe('The shop does not answer. Please try again.')
  })

  it('stands in one place, which is read aloud', async () => {
    page.replies.add_item = () => refused('not_released')
    for (let n = 0; n < 3; n += 1) {
      add(1)
      await page.pass(10)
    }
    expect(document.querySelectorAll('.toast[role="status"]')).toHaveLength(1)
  })

  it('is said also of what was clicked while the page was not connected', async () => {
    setReachable(false)
    page.socket().ends(1_006)
    add(1)
    await page.pass(10_100)
    expect(said()).toBe('The shop does not answer. Please try again.')
    setReachable(true)
    await page.pass(8_000)
    expect(page.sent('add_item')).toEqual([])
  })

  it('shows the cart of an answer that comes too late', async () => {
    add(1)
    await page.pass(10_100)
    const [joinRef, ref, topic] = page.sent('add_item')[0]!
    page.socket().receives(joinRef, ref, topic, 'phx_reply', ok(1))
    expect(page.text('.cart-item__name')).toBe('Squall Gale')
    for (const storage of [localStorage, sessionStorage]) expect(storage.getItem('storedCart')).toBe('cart of 1')
  })
})

describe('what is sent', () => {
  it('is one request for each click, with the id as the button has it (CT-26), also after the page joined anew', async () => {
    page.replies.add_item = () => ok(1, 12)
    page.replies.remove_item = () => ok(1)
    add(12)
    await page.pass(10)
    page.socket().ends(1_006)
    await page.pass(3_000)
    remove(12)
    await page.pass(10)
    expect(page.sent('add_item').map(([, , , , payload]) => payload)).toEqual([{ item_id: '12' }])
    expect(page.sent('remove_item').map(([, , , , payload]) => payload)).toEqual([{ item_id: '12' }])
  })

  it('is the cart as it is now, in each join (CT-33, CT-41)', async () => {
    page.push(`cart:${cartId}`, 'cart', cartOf(1))
    page.socket().ends(1_006)
    localStorage.setItem('storedCart', 'the cart of another tab')
    history.replaceState(null, '', '/checkout')
    await page.pass(3_000)
    history.replaceState(null, '', '/')
    const joins = page.sent('phx_join').filter(([, , topic]) => topic.startsWith('cart:'))
    expect(joins.map(([, , , , payload]) => payload)).toEqual([
      { serialized: null, own: null, page: '/' },
      { serialized: 'the cart of another tab', own: 'cart of 1', page: '/checkout' },
    ])
  })

  it('joins each product once over one connection (ST-37, CT-31)', async () => {
    expect(page.sockets()).toHaveLength(1)
    const topics = page.sent('phx_join').map(([, , topic]) => topic)
    expect(topics).toEqual(['product:1', 'product:2', `cart:${cartId}`])
  })
})

describe('what the page shows', () => {
  it('is each cart once, and an empty one not at all, also after the page joined anew (CT-34, CT-37)', async () => {
    page.socket().ends(1_006)
    await page.pass(3_000)
    vi.mocked(console.log).mockClear()
    page.push(`cart:${cartId}`, 'cart', cartOf(1, 12))
    expect(vi.mocked(console.log).mock.calls).toEqual([['Cart received']])
    expect(document.querySelectorAll('.cart-item')).toHaveLength(2)
    expect(page.text('.cart-link')).toBe('Cart, 2 shoes')
    page.push(`cart:${cartId}`, 'cart', cartOf())
    expect(document.getElementById('cart-container')!.innerHTML).toBe('')
    expect(document.querySelector('.cart-link')).toBeNull()
  })

  it('is the sizes of the product that is released, and of no other (ST-41)', async () => {
    page.push('product:1', 'released', { product_id: 1, size_html: '<i class="new">1</i>' })
    expect(document.querySelector('.new')).toBeNull()
    page.push('product:2', 'released', { product_id: 2, size_html: '<i class="new">2</i>' })
    expect(document.querySelector('.new')!.closest<HTMLElement>('.product-listing')!.dataset.productId).toBe('2')
    expect(document.querySelector('.product-soon')).toBeNull()
  })

  it('keeps the focus in the cart when an item is taken out', async () => {
    page.push(`cart:${cartId}`, 'cart', cartOf(1, 2))
    document.querySelector<HTMLElement>(".cart-item__remove[data-item-id='2']")!.focus()
    page.push(`cart:${cartId}`, 'cart', cartOf(1, 2))
    expect((document.activeElement as HTMLElement).dataset.itemId).toBe('2')
    page.push(`cart:${cartId}`, 'cart', cartOf(1))
    expect((document.activeElement as HTMLElement).dataset.itemId).toBe('1')
  })

  it('is text, whatever a shoe is called', async () => {
    page.push(`cart:${cartId}`, 'cart', { items: [line(1, { name: '<img src=x>"&' })], serialized: '' })
    expect(page.text('.cart-item__name')).toBe('Squall <img src=x>"&')
    expect(document.querySelector('.cart-item img')).toBeNull()
    expect(document.querySelector('.cart-item__remove')!.getAttribute('aria-label')).toBe(
      'Remove <img src=x>"&, size 6',
    )
  })

  it('can be bought again when it is there again, and only that item changes (ST-43)', async () => {
    const [one, two] = [1, 12].map((id) => document.querySelector(`.size-container__entry[value='${id}']`)!)
    page.push('product:1', 'stock_change', { product_id: 1, item_id: 1, level: 'out' })
    expect([one, two].map((button) => button!.hasAttribute('disabled'))).toEqual([true, false])
    page.push('product:1', 'stock_change', { product_id: 1, item_id: 1, level: 'low' })
    expect(one!.className).toBe('size-container__entry size-container__entry--level-low')
    expect(one!.hasAttribute('disabled')).toBe(false)
  })
})

describe('what the page says of its connection', () => {
  it('is nothing while it works, or comes back at once', async () => {
    await page.pass(10_000)
    expect(connection()).toBe('')
    page.socket().ends(1_006)
    for (let n = 0; n < 30; n += 1) {
      await page.pass(100)
      expect(connection()).toBe('')
    }
  })

  it('is that it is lost, for as long as it is, and read aloud once', async () => {
    const seen = vi.fn()
    new MutationObserver(seen).observe(document.querySelector('.connection')!, { childList: true })
    setReachable(false)
    page.socket().ends(1_006)
    await page.pass(1_600)
    expect(connection()).toBe(lost)
    await page.pass(20_000)
    expect(connection()).toBe(lost)
    expect(seen).toHaveBeenCalledTimes(1)
    setReachable(true)
    await page.pass(6_000)
    expect(connection()).toBe('')
  })

  it('is that nobody answers, when connections open and nothing comes of them', async () => {
    for (const event of ['heartbeat', 'phx_join']) page.replies[event] = () => undefined
    await page.pass(2 * heartbeatMs + 3_600)
    expect(connection()).toBe(silent)
    await page.pass(20_000)
    expect(connection()).toBe(silent)
  })

  it('is nothing for a channel that crashed and is joined again after a second', async () => {
    page.push('product:1', 'phx_error')
    for (let n = 0; n < 30; n += 1) {
      await page.pass(100)
      expect(connection()).toBe('')
    }
  })

  it.each([`cart:${cartId}`, 'product:1'])(
    'is that nobody answers while %s is refused, and nothing once it is joined',
    async (topic) => {
      page.replies.phx_join = (frame) => (frame[2] === topic ? refused('no') : { status: 'ok', response: {} })
      page.push(topic, 'phx_error')
      await page.pass(4_600)
      expect(connection()).toBe(silent)
      page.replies.phx_join = () => ({ status: 'ok', response: {} })
      await page.pass(11_000)
      expect(connection()).toBe('')
    },
  )

  it('is nothing at once when the browser brings back a page that it kept alive', async () => {
    window.dispatchEvent(new Event('pagehide'))
    setReachable(false)
    vi.setSystemTime(Date.now() + 60_000)
    window.dispatchEvent(new Event('pageshow'))
    for (let n = 0; n < 20; n += 1) {
      await page.pass(100)
      if (n === 6) setReachable(true)
      expect(connection()).toBe('')
    }
    const joins = page.sent('phx_join').map(([, , topic]) => topic)
    expect(joins).toHaveLength(6)
  })
})
