// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Product } from '../../../../../system/apps/store/catalog/product.ts'
import { adminPage } from '../../../../../system/apps/store/web/admin-page.ts'
import { closePageCase, openPageCase, type PageCase, setReachable } from '../../../../support/page-case.ts'

const item = (id: number, size: string) => ({ id, productId: 1, sku: `sku-${id}`, size, availableCount: 5, version: 1 })
const gale: Product = {
  ...{ id: 1, sku: 'PHX-1', brand: 'Squall', name: 'Gale', color: 'ember', priceUsd: 189, mainImageUrl: '#shoe' },
  released: true,
  items: [item(1, '6'), item(12, '7')],
}
const html = adminPage({ products: [gale], adminToken: 'token', script: { clientHeartbeatMs: 2_000 } })
const topic = 'admin:cart_tracker'

let page: PageCase
beforeEach(async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  page = await openPageCase(html, () => import('../../../../../system/apps/store/client/admin.ts'))
  await page.pass(600)
})
afterEach(closePageCase)

const says = () => page.text('.staleness__text')
const meta = (ref: string, path: string, items: number[]) => ({ phx_ref: ref, page: path, items })
const pages = () => [...document.querySelectorAll('#page-counts tr')].map(({ textContent }) => textContent)
const count = (id: number) => page.text(`.sizes__count[data-item-id='${id}']`)

async function hears(event: string, payload: object) {
  page.push(topic, event, payload)
  await page.pass(600)
}

describe('what the dashboard says of its age (PA-43, PA-44)', () => {
  it('waits for numbers, and is live with them, as long as heartbeats are answered', async () => {
    expect([says(), document.body.className]).toEqual(['Waiting for numbers', ''])
    await hears('presence_state', {})
    expect(says()).toBe('Live')
    await page.pass(60_000)
    expect(says()).toMatch(/^Live/)
    expect(document.body.className).toBe('')
  })

  it('grows older while its topic is not joined, though the connection is open and heartbeats are answered', async () => {
    await hears('presence_state', {})
    page.replies.phx_join = () => ({ status: 'error', response: {} })
    await hears('phx_error', {})
    expect(page.socket().readyState).toBe(1)
    expect(says()).toMatch(/^Connection lost\./)
    await page.pass(60_000)
    expect(says()).toMatch(/^Connection lost\. These numbers are 6[01] s old$/)
    expect(document.body.className).toBe('is-stale')
    expect(document.getElementById('staleness')!.className).toBe('staleness staleness--stale')
    page.replies.phx_join = () => ({ status: 'ok', response: {} })
    await page.pass(11_000)
    await hears('presence_state', {})
    expect(says()).toBe('Live')
    expect(document.body.className).toBe('')
  })

  it('says that it is lost while it is, and joins again', async () => {
    await hears('presence_state', { ann: { metas: [meta('1', '/', [1])] } })
    setReachable(false)
    page.socket().ends(1_006)
    await page.pass(30_000)
    expect(says()).toMatch(/^Connection lost\. These numbers are 3[01] s old$/)
    setReachable(true)
    await page.pass(6_000)
    await hears('presence_state', {})
    expect([says(), page.text('#shopper-count'), count(1)]).toEqual(['Live', '0', '0'])
  })
})

describe('what the dashboard counts', () => {
  it('is what there is after each change, in the cells of exactly those items (PA-38..PA-42)', async () => {
    expect(page.text('#shopper-count')).toBe('–')
    await hears('presence_state', { ann: { metas: [meta('1', '/', [1])] } })
    await hears('presence_diff', { joins: { ben: { metas: [meta('2', '/checkout', [1, 12])] } }, leaves: {} })
    await hears('presence_diff', { joins: { cid: { metas: [meta('3', '/checkout', [])] } }, leaves: {} })
    expect([page.text('#shopper-count'), pages(), count(1), count(12)]).toEqual(['3', ['/checkout2', '/1'], '2', '1'])
    await hears('presence_diff', { joins: {}, leaves: { ben: { metas: [meta('2', '/checkout', [1, 12])] } } })
    expect([page.text('#shopper-count'), count(1), count(12)]).toEqual(['2', '1', '0'])
    expect(document.querySelectorAll('.sizes__entry--some')).toHaveLength(1)
    expect(document.getElementById('no-pages')!.hidden).toBe(true)
  })

  it('is text, whatever the page of a shopper is called', async () => {
    await hears('presence_state', { ann: { metas: [meta('1', '<b>/</b>', [])] } })
    expect(pages()).toEqual(['<b>/</b>1'])
  })
})
