import { expect, it } from 'vitest'
import { counterView } from '../../../../../system/apps/store/live/counter.ts'
import { openLiveShop } from '../../../../support/live-shop.ts'

const open = async (count: number) => {
  const shop = await openLiveShop()
  const page = await shop.live.render(counterView, { count })
  return { page, visit: () => shop.join(page) }
}
const shown = (text: string) => /Current count: (-?\d+)/.exec(text)?.[1]

it('begins with the number of its session, and shows the same once it is connected (LV-16)', async () => {
  const { page, visit } = await open(4_711)
  expect(page.kind === 'page' && page.content.text).toMatch(
    /Current count: 4711<[\s\S]*phx-click="dec">-<[\s\S]*phx-click="inc">\+</,
  )
  expect(shown((await visit()).text())).toBe('4711')
})

it('counts up and down by one, each page for itself (LV-16, LV-18)', async () => {
  const { visit } = await open(7)
  const [one, other] = [await visit(), await visit()]
  await one.event('inc')
  await one.event('inc')
  await other.event('dec')
  expect([shown(one.text()), shown(other.text())]).toEqual(['9', '6'])
})

it('ends at an event that it does not have, and begins afresh (LV-13)', async () => {
  const { visit } = await open(7)
  const page = await visit()
  await page.event('inc')
  page.client.push(page.topic, 'event', { type: 'click', event: 'boom', value: {} })
  await expect.poll(() => page.client.received('phx_error')).toHaveLength(1)
  expect(shown((await visit()).text())).toBe('7')
})
