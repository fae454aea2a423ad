import { execFileSync } from 'node:child_process'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findTabBrowser } from '../../../../harness/clients/find-browser.ts'
import { type Database, type StoreNode, startDatabase, startNode } from '../../../support/store-cluster.ts'

/** The pages as somebody with a keyboard, a phone or a screen reader meets them. */
const [available, soldOut] = [1, 2]
let database: Database
let node: StoreNode | undefined
let browser: Browser
let context: BrowserContext
let page: Page

beforeAll(async () => {
  execFileSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'error'])
  database = await startDatabase()
  await database.seed()
  await database.query('update item_availability set available_count = 5, initial_count = 5')
  const flags = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  browser = await chromium.launch({ executablePath: findTabBrowser(process.env), args: flags })
})
afterAll(async () => {
  await browser?.close()
  await node?.stop()
  await database?.stop()
})
async function startShop(): Promise<StoreNode> {
  const shop = await startNode('n1', { DATABASE_URL: database.url })
  await shop.ready()
  for (const productId of [1, 2]) expect((await shop.post('/release', { productId })).status).toBe(200)
  return shop
}

beforeEach(async () => {
  node ??= await startShop()
  await context?.close()
  context = await browser.newContext({
    baseURL: `http://127.0.0.1:${node.port}`,
    httpCredentials: { username: 'admin', password: 'password' },
  })
  page = await context.newPage()
})

const itemCount = (count: number) => expect.poll(() => page.locator('.cart-item').count()).toBe(count)
async function fillCart(...itemIds: number[]) {
  await page.goto('/')
  for (const itemId of itemIds) await page.locator(`.size-container__entry[value='${itemId}']`).click()
  await itemCount(itemIds.length)
}

const views: Record<string, () => Promise<unknown>> = {
  'the shop with a cart': () => fillCart(available, 9),
  'the checkout': async () => {
    await fillCart(available, 9)
    await page.goto('/checkout')
    await itemCount(2)
  },
  'what was bought': async () => {
    await fillCart(available)
    await page.goto('/checkout')
    await itemCount(1)
    await page.getByRole('button', { name: 'Buy now' }).click()
    await page.waitForURL('**/checkout/complete')
  },
  'the live shop with a cart': async () => {
    await page.goto('/drops')
    await page.waitForSelector('[data-phx-main].phx-connected')
    for (const itemId of [available, 9]) await page.locator(`.size-container__entry[value='${itemId}']`).click()
    await itemCount(2)
  },
  'the counter': async () => {
    await page.goto('/counter')
    await page.waitForSelector('[data-phx-main].phx-connected')
  },
  'the finder with a size': async () => {
    await page.goto('/drops/finder')
    await page.waitForSelector('[data-phx-main].phx-connected')
    await page.fill('#finder input', '8')
    await expect.poll(() => page.locator('.finder__finds li').count()).toBeGreaterThan(0)
  },
  'a React page': async () => {
    await page.goto('/spa')
    await page.getByRole('link', { name: 'Pings', exact: true }).click()
    await page.getByRole('button').click()
    await expect.poll(() => page.inputValue('textarea')).toContain('pong')
  },
  'the activity feed': async () => {
    await page.goto('/spa/activities')
    await page.getByLabel('What do you do?').fill('I run')
    await page.getByRole('button').click()
    await expect.poll(() => page.locator('.activities li').count()).toBe(1)
  },
  'a page that is not there': () => page.goto('/nowhere'),
  'the dashboard': async () => {
    await page.goto('/admin')
    await expect.poll(() => page.textContent('.staleness__text')).toBe('Live')
  },
}
const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 800 } } as const

describe.each(Object.entries(views))('%s', (_name, show) => {
  it.each(['light', 'dark'] as const)(
    'has no serious fault for anybody, and fits every screen, %s',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme })
      await show()
      for (const size of Object.values(sizes)) {
        await page.setViewportSize(size)
        const { violations } = await new AxeBuilder({ page }).analyze()
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
        expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(
          0,
        )
      }
    },
  )
})

describe('with the keyboard alone', () => {
  it('a cart can be filled, emptied and bought (CT-35)', async () => {
    await page.goto('/')
    await page.locator(`.size-container__entry[value='${available}']`).focus()
    await page.keyboard.press('Enter')
    await itemCount(1)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await itemCount(2)
    await page.locator('.cart-item__remove').first().focus()
    await page.keyboard.press('Enter')
    await itemCount(1)
    // The focus goes to the next cross and not to the top of the page.
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('cart-item__remove')
    await page.getByRole('link', { name: 'Checkout' }).focus()
    await page.keyboard.press('Enter')
    await page.waitForURL('**/checkout')
    await itemCount(1)
    await page.getByRole('button', { name: 'Buy now' }).focus()
    await page.keyboard.press('Enter')
    await page.waitForURL('**/checkout/complete')
    expect(await page.locator('.order__item').count()).toBe(1)
  })
})

describe('the shop at a glance', () => {
  const topOf = (selector: string) => page.locator(selector).first().boundingBox()

  it.each(Object.entries(sizes))('moves nothing when something is put into the cart, on a %s', async (_name, size) => {
    await page.setViewportSize(size)
    await page.goto('/')
    const places = ['.site-header', '.product-listing', '.size-container__entry', '.legend']
    await expect.poll(() => page.evaluate(() => document.querySelector('.connection') !== null)).toBe(true)
    const before = await Promise.all(places.map(topOf))
    await page.locator(`.size-container__entry[value='${available}']`).click()
    await itemCount(1)
    expect(await Promise.all(places.map(topOf))).toEqual(before)
  })

  it('leads to the cart from the top of a phone', async () => {
    await page.setViewportSize(sizes.phone)
    await page.goto('/')
    expect(await page.locator('.cart-link').count()).toBe(0)
    await fillCart(available, 9)
    const link = page.getByRole('link', { name: 'Cart, 2 shoes' })
    expect((await link.boundingBox())!.y).toBeLessThan(sizes.phone.height / 4)
    await link.click()
    await expect
      .poll(() => page.evaluate(() => document.querySelector('.cart__items')!.getBoundingClientRect().top))
      .toBeLessThan(sizes.phone.height)
  })

  it('names the stock level in words and shows it in dots, so that colour is not all there is', async () => {
    await page.goto('/')
    const size = page.locator(`.size-container__entry[value='${available}']`)
    const dots = () => size.evaluate((button) => getComputedStyle(button, '::after').content)
    expect(await dots()).toContain('●○○')
    await page
      .getByRole('button', { name: /, few left$/ })
      .first()
      .waitFor()
    await size.evaluate((button) => {
      button.setAttribute('class', 'size-container__entry size-container__entry--level-high')
    })
    expect(await dots()).toContain('●●●')
  })

  it.each(Object.entries(sizes))('puts the sum under the prices, on a %s', async (_name, size) => {
    await page.setViewportSize(size)
    await fillCart(available, 9)
    for (const path of ['/', '/checkout']) {
      await page.goto(path)
      await itemCount(2)
      const right = (selector: string) =>
        page.locator(selector).evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().right)))
      const [prices, [sum]] = [await right('.cart-item__price'), await right('.cart__amount')]
      expect(prices).toEqual([sum, sum])
      expect(await page.textContent('.cart__total')).toMatch(/^Total \$\d+$/)
    }
  })

  it('offers no purchase while the cart is empty, and one when it is not (CT-58)', async () => {
    const buy = page.getByRole('button', { name: 'Buy now' })
    await page.goto('/checkout')
    await page.getByText('Your cart is empty.').waitFor()
    expect(await buy.isVisible()).toBe(false)
    await fillCart(available)
    await page.goto('/checkout')
    await itemCount(1)
    expect(await buy.isVisible()).toBe(true)
    await page.locator('.cart-item__remove').click()
    await page.getByText('Your cart is empty.').waitFor()
    expect(await buy.isVisible()).toBe(false)
  })
})

describe('live and React pages with the keyboard alone', () => {
  it('the counter counts, and the focus stays (LV-8)', async () => {
    await page.goto('/counter')
    await page.waitForSelector('[data-phx-main].phx-connected')
    const count = async () => Number((await page.textContent('h1'))!.replace(/\D/g, ''))
    const before = await count()
    await page.getByRole('button', { name: '+' }).focus()
    await page.keyboard.press('Enter')
    // The client takes no second click of a button whose first one is not answered.
    await expect.poll(count).toBe(before + 1)
    await page.keyboard.press('Space')
    await expect.poll(count).toBe(before + 2)
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('+')
  })

  it('the React pages change, and their buttons work (RX-1)', async () => {
    await page.goto('/spa')
    await page.getByRole('link', { name: 'Pings', exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button').focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => page.inputValue('textarea')).toContain('pong')
  })
})

describe('the cart of a page', () => {
  it('is stored with every cart that comes, and says so on the console (CT-33, CT-36)', async () => {
    const lines: string[] = []
    page.on('console', (message) => lines.push(message.text()))
    await fillCart(available)
    const frames = await page.evaluate(() => localStorage.getItem('storedCart'))
    expect(frames?.split('.')).toHaveLength(3)
    expect(lines.filter((line) => line === 'Cart received').length).toBeGreaterThanOrEqual(2)
    await page.locator(`.size-container__entry[value='${available}']`).click()
    await expect.poll(() => lines.some((line) => line.startsWith('Cart error'))).toBe(true)
    await expect.poll(() => page.textContent('.toast')).toBe('That size is in your cart already.')
  })

  it('is there after a reload though what the browser stored knows nothing of it (CT-33, CT-41, NF-4)', async () => {
    await fillCart(available)
    await page.evaluate(() => localStorage.removeItem('storedCart'))
    await page.reload()
    await expect.poll(() => page.locator('.cart-item').count()).toBe(1)
  })

  it('grays what sells out, also on the checkout page, and the button dies (CT-29, CT-37, CT-60)', async () => {
    await fillCart(soldOut)
    const checkout = await context.newPage()
    await checkout.goto('/checkout')
    await expect.poll(() => checkout.locator('.cart-item').count()).toBe(1)
    for (let n = 0; n < 5; n += 1) await node!.post('/sell', { itemId: soldOut })
    for (const one of [page, checkout]) await expect.poll(() => one.locator('.cart-item--out-of-stock').count()).toBe(1)
    expect(await page.locator(`.size-container__entry[value='${soldOut}']`).isDisabled()).toBe(true)
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
  })

  it('shares no code with the dashboard (PA-32)', async () => {
    const script = await (await context.request.get('/assets/app.js')).text()
    expect(script).not.toContain('cart_tracker')
    for (const path of ['/js/admin.js', '/css/admin.css']) expect((await context.request.get(path)).status()).toBe(200)
  })

  it('joins over the one connection of the page (CT-19, CT-31)', async () => {
    const sockets: string[] = []
    page.on('websocket', (socket) => sockets.push(new URL(socket.url()).pathname))
    await page.goto('/checkout')
    await expect
      .poll(() =>
        page.evaluate(() =>
          (window as unknown as { squall: { channels: { state: string }[] } }).squall.channels.map(
            ({ state }) => state,
          ),
        ),
      )
      .toEqual(['joined'])
    expect(sockets).toEqual(['/product_socket/websocket'])
  })
})

describe('a page whose channels are refused', () => {
  it('says so, also on the console, and shows the shop all the same (ST-45)', async () => {
    const other = await startNode('n9', { DATABASE_URL: database.url, STORE_PRODUCT_ROUTE: 'other:*' })
    try {
      await other.ready()
      const said: string[] = []
      page.on('console', (message) => said.push(message.text()))
      await page.goto(`http://127.0.0.1:${other.port}/`)
      await expect.poll(() => said).toContain('Channel join failed')
      expect(await page.locator('.product-listing').count()).toBe(2)
      await expect
        .poll(() => page.textContent('.connection'))
        .toBe('The shop does not answer. What you see may be old.')
    } finally {
      await other.stop()
    }
  })
})

/** What the style puts before a live view. */
const wordsBefore = (live: Page) =>
  live.evaluate(() => getComputedStyle(document.querySelector('[data-phx-main]')!, '::before').content)

describe('a page whose shop is gone', () => {
  it('says so for as long as it is, and nothing before; a panel of the workshop too', async () => {
    const panel = await context.newPage()
    await panel.goto('/part1')
    await panel.waitForSelector('[data-phx-main].phx-connected')
    expect(await wordsBefore(panel)).toBe('none')
    await fillCart(available)
    expect(await page.textContent('.connection')).toBe('')
    await node!.stop()
    node = undefined
    await expect.poll(() => page.textContent('.connection')).toContain('Connection lost. What you see may be old.')
    expect(await page.locator('.connection').isVisible()).toBe(true)
    expect(await page.getByRole('status').first().textContent()).toContain('Connection lost')
    await expect.poll(() => wordsBefore(panel)).toContain('Connection lost. These numbers may be old.')
  })
})
