import { describe, expect, it } from 'vitest'
import { productPage } from '../../../../../system/apps/store/web/pages.ts'
import { completeProducts, thresholds } from '../../../../support/complete-products.ts'
import { comparable, openLiveShop } from '../../../../support/live-shop.ts'

const paths = ['/drops', '/drops/by-component'] as const
const allItemIds = completeProducts().flatMap(({ items }) => items.map(({ id }) => id))

/** Everybody who is shown the products once the inventory has the fixture. */
async function openShop() {
  const shop = await openLiveShop()
  await shop.start()
  return shop
}

describe.each(paths)('%s', (path) => {
  it('is complete without a client (LV-2, LV-19, LV-27, AT-38)', async () => {
    const html = await (await openShop()).load(path)
    expect(html).toContain('<main class="product-list">')
    expect(html).toContain('coming soon...')
  })

  it('shows the same when it is connected (LV-28, LV-31, AT-38)', async () => {
    const shop = await openShop()
    const page = await shop.visit(path)
    expect(page.text()).toBe(comparable(await shop.load(path)))
    expect(page.text()).toContain('<main class="product-list">')
    expect(page.text()).toContain('coming soon...')
  })

  it('is the page of `/`, with the same template (LV-6, LV-19)', async () => {
    const shop = await openShop()
    await shop.release(2)
    await shop.sell(3)
    const html = productPage(
      shop.inventory.products()!,
      { thresholds, clientHeartbeatMs: 1 },
      { cartId: '', formToken: '' },
    )
    const main = /<main[\s\S]*<\/main>/.exec(html)![0]
    expect(comparable(await shop.load(path))).toBe(comparable(main))
  })

  it('offers every item once all products are released (LV-29, AT-38)', async () => {
    const shop = await openShop()
    const page = await shop.visit(path)
    for (const { id } of completeProducts()) await shop.release(id)
    await page.shows((text) => !text.includes('coming soon...'))
    for (const id of allItemIds) {
      expect(page.text()).toContain(`name="item_id" type="button" value="${id}"`)
      expect(await shop.load(path)).toContain(`name="item_id" value="${id}"`)
    }
  })

  it('shows every item as sold out once every unit is sold (LV-30, AT-38)', async () => {
    const shop = await openShop()
    const page = await shop.visit(path)
    for (const { id } of completeProducts()) await shop.release(id)
    for (const id of allItemIds) await shop.sell(id)
    await page.shows((text) => text.split('size-container__entry--level-out').length - 1 === allItemIds.length)
    for (const id of allItemIds)
      expect(await shop.load(path)).toContain(`size-container__entry--level-out" name="item_id" value="${id}"`)
    expect(page.text()).toBe(comparable(await shop.load(path)))
  })

  it('follows each product while it is connected, and only then (LV-3, LV-20, DF-115)', async () => {
    const shop = await openShop()
    const before = shop.pubsub.subscriptions()
    for (let count = 0; count < 100; count += 1) await shop.load(path)
    expect(shop.pubsub.subscriptions()).toEqual(before)
    const { client, topic } = await shop.visit(path)
    expect(shop.pubsub.subscriptions()).toEqual({ ...before, 'product:1': 1, 'product:2': 1, [topic]: 1 })
    client.session.gone()
    expect(shop.pubsub.subscriptions()).toEqual(before)
  })

  it('shows what it was told before the copy of its node has it (LV-21, DF-117)', async () => {
    const shop = await openShop()
    const page = await shop.visit(path)
    for (const id of [1, 2]) await shop.release(id)
    shop.sellUnnoticed(3)
    shop.pubsub.broadcast('shop_news', 'stock_change', { product_id: 2, item_id: 3, level: 'out', version: 1 })
    await page.shows((text) => text.includes('level-out'))
    expect(shop.inventory.item(3)!.availableCount).toBeGreaterThan(0)
    expect(await shop.load(path)).toContain('size-container__entry--level-out" name="item_id" value="3"')
  })

  it('is sent little for a small change (LV-5, LV-7, LV-26, DF-118)', async () => {
    const shop = await openShop()
    const page = await shop.visit(path)
    for (const id of [1, 2]) await shop.release(id)
    await page.shows((text) => !text.includes('coming soon...'))
    const framesBefore = page.frames().length
    await shop.sell(3)
    await page.shows((text) => text.includes('level-out'))
    const frames = page.frames().slice(framesBefore)
    expect(frames).toHaveLength(1)
    expect(JSON.stringify(frames).length).toBeLessThan(120)
    expect(JSON.stringify(page.rendered).length).toBeGreaterThan(2_000)
  })

  it('is sent nothing for a sale that changes no level', async () => {
    const shop = await openShop()
    const page = await shop.visit(path)
    shop.notifications.stockChange({
      before: { ...shop.inventory.item(1)!, availableCount: 0 },
      after: { ...shop.inventory.item(1)!, version: 0 },
    })
    const other = await shop.visit(path)
    await shop.release(1)
    for (const one of [page, other]) await one.shows((text) => text.includes('size-container'))
    expect(page.frames()).toHaveLength(1)
  })

  it('waits for a node that has no stock in memory, and follows then', async () => {
    const shop = await openLiveShop()
    const page = await shop.visit(path)
    expect(page.text()).toContain('The shop is starting.')
    await shop.start()
    await expect.poll(page.text).toContain('coming soon...')
    await shop.release(1)
    await page.shows((text) => text.includes('size-container'))
  })

  it('is right again after the inventory was restarted', async () => {
    const shop = await openLiveShop()
    const actor = await shop.start()
    const page = await shop.visit(path)
    await shop.release(1)
    await page.shows((text) => text.includes('size-container'))
    actor.kill()
    shop.pubsub.broadcast('product:1', 'stock_change', { product_id: 1, item_id: 1, level: 'out' })
    await shop.start()
    await shop.release(2)
    await expect.poll(page.text).toBe(comparable(await shop.load(path)))
  })
})

it('ignores what is no news of a product', async () => {
  const shop = await openShop()
  for (const path of [...paths, '/drops/finder']) {
    const page = await shop.visit(path)
    shop.pubsub.broadcast('product:1', 'numbered', { n: 1 })
    await shop.release(1)
    await page.client.ask('phoenix', 'heartbeat')
    expect(page.client.received('phx_error')).toEqual([])
  }
})
