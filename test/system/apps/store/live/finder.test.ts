import { expect, it } from 'vitest'
import { openLiveShop } from '../../../../support/live-shop.ts'

async function openFinder() {
  const shop = await openLiveShop()
  await shop.start()
  return { shop, page: await shop.visit('/drops/finder') }
}

it('finds a size as it is typed, and follows its stock', async () => {
  const { shop, page } = await openFinder()
  expect(page.text()).toContain('Type a size')
  await page.event('find', 'size=7')
  expect(page.text()).toContain('Squall Shoe 2')
  expect(page.text()).toContain('coming soon')
  await shop.release(2)
  await page.shows((text) => text.includes('few left'))
  await shop.sell(2)
  await page.shows((text) => text.includes('sold out'))
})

it('says when there is none, and cuts what is too long', async () => {
  const { page } = await openFinder()
  await page.event('find', `size=${'9'.repeat(500)}`)
  expect(page.text()).toContain(`No shoes come in ${'9'.repeat(20)}.`)
})

it.each(['nothing=7', 'size[]=7'])('ends at the form %s, which is not its own', async (form) => {
  const { page } = await openFinder()
  page.client.push(page.topic, 'event', { type: 'form', event: 'find', value: form })
  await expect.poll(() => page.client.received('phx_error')).toHaveLength(1)
})
