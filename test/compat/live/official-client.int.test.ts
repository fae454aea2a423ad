import { readFileSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { findTabBrowser } from '../../../harness/clients/find-browser.ts'
import { startLiveServer } from './start-server.ts'

/** The published client in a real browser, unmodified (LV-8, LV-9, LV-13, LV-17). */
let server: Awaited<ReturnType<typeof startLiveServer>>
let browser: Browser
let page: Page
const problems: string[] = []

const files: Record<string, string> = {
  '/client/phoenix.mjs': 'node_modules/phoenix/priv/static/phoenix.mjs',
  '/client/live.mjs': 'node_modules/phoenix_live_view/priv/static/phoenix_live_view.esm.js',
}

const client = `
import { Socket } from '/client/phoenix.mjs'
import { LiveSocket } from '/client/live.mjs'
const csrfToken = document.querySelector('meta[name=csrf-token]').content
window.heard = []
const Chart = {
  mounted() {
    for (const name of ['ready', 'points', 'late']) this.handleEvent(name, (payload) => window.heard.push([name, payload]))
    window.ask = (event, value) => new Promise((resolve) => this.pushEvent(event, value, resolve))
  },
}
window.liveSocket = new LiveSocket('/live', Socket, { params: { _csrf_token: csrfToken }, hooks: { Chart } })
window.liveSocket.connect()
window.push = (event, value, child) => {
  const view = child ? liveSocket.main.getChildById(child) : liveSocket.main
  return view.pushHookEvent(document.head, null, event, value)
}
`

beforeAll(async () => {
  server = await startLiveServer()
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  browser = await chromium.launch({ executablePath: findTabBrowser(process.env), args })
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})
beforeEach(async () => {
  page = await newPage()
  return async () => {
    await page.context().close()
    expect(problems.splice(0)).toEqual([])
  }
})

async function newPage(): Promise<Page> {
  const context = await browser.newContext({ baseURL: server.base })
  const fresh = await context.newPage()
  fresh.on('pageerror', (error) => problems.push(error.message))
  await fresh.route('**/assets/app.css', (route) => route.fulfill({ contentType: 'text/css', body: '' }))
  for (const [path, file] of Object.entries(files))
    await fresh.route(`**${path}`, (route) =>
      route.fulfill({ contentType: 'text/javascript', body: readFileSync(file, 'utf8') }),
    )
  return fresh
}

async function open(path: string, tab = page) {
  await tab.goto(path)
  await tab.addScriptTag({ type: 'module', content: client })
  await tab.waitForSelector('.phx-connected[data-phx-main]')
}

/** As a hook of the page, or of a view in it, sends it. */
const push = (event: string, value: object = {}, child?: string) =>
  page.evaluate(`push(...${JSON.stringify([event, value, child ?? null])})`)

const textOf = (selector: string, tab = page) => tab.locator(selector).textContent()
const shows = (selector: string, text: string, tab = page) => expect.poll(() => textOf(selector, tab)).toBe(text)

it('counts, and starts afresh after a crash and after a lost connection', async () => {
  await open('/counter?start=5')
  await page.getByRole('button', { name: '+' }).click()
  await shows('#count', 'Current count: 6')
  expect(await page.evaluate('document.activeElement.textContent')).toBe('+')
  // Never answered: the client would wait for its own time limit.
  await page.evaluate('push("boom", {}).catch(() => {}), undefined')
  await shows('#count', 'Current count: 5')
  await page.getByRole('button', { name: '+' }).click()
  await shows('#count', 'Current count: 6')
  await page.evaluate('liveSocket.socket.conn.close()')
  await shows('#count', 'Current count: 5')
})

it('shows in one tab what was bought in another', async () => {
  const other = await newPage()
  await open('/products')
  await open('/products', other)
  await page.locator('#product-2 button').click()
  await shows('#product-2 i', 'only 3 left')
  await shows('#product-2 i', 'only 3 left', other)
  await fetch(`${server.base}/helper/stock?id=1&n=0`)
  await shows('#product-1 i', 'sold out')
  expect(await other.locator('#product-1 button').isDisabled()).toBe(true)
  await page.getByRole('link', { name: 'by name' }).click()
  await page.waitForURL('**/products?sort=name')
  await expect.poll(() => page.locator('p').last().textContent()).toBe('3 products, sorted by name')
  await other.context().close()
})

it('validates a form, keeps what was typed across a lost connection, and saves', async () => {
  await open('/form')
  await page.locator('#user_age').fill('7')
  await shows('.error', 'must be at least 18')
  await page.locator('#user_name').fill('José')
  await page.evaluate('liveSocket.socket.conn.close()')
  await page.waitForSelector('.phx-connected[data-phx-main]')
  expect(await page.locator('#user_name').inputValue()).toBe('José')
  await page.locator('#user_age').fill('18')
  await page.getByRole('button', { name: 'Save' }).click()
  await shows('#saved', 'Saved José, 18')
})

it('navigates over one connection, and shows the flash until it is clicked away', async () => {
  await open('/nav/a/1')
  await page.getByRole('link', { name: 'patch' }).click()
  await shows('h1', 'Page A 2')
  await page.goBack()
  await shows('h1', 'Page A 1')
  await page.getByRole('link', { name: 'navigate' }).click()
  await shows('h1', 'Page B')
  await page.getByRole('link', { name: 'back' }).click()
  await shows('h1', 'Page A 1')
  await push('navigate_flash', { to: '/nav/b' })
  await shows('#flash-info', 'welcome')
  await page.locator('#flash-info').click()
  await expect.poll(() => page.locator('#flash-info').count()).toBe(0)
  expect(await page.title()).toBe('Nav B | Oracle')
})

it('keeps stateful components, and forgets those that are gone', async () => {
  await open('/comp')
  await page.locator('#box-b button').click()
  await shows('#box-b i', '1')
  await push('nest')
  await shows('#box-a-leaf', 'leaf 0')
  await push('less', { box: 'a' })
  await expect.poll(() => page.locator('#box-a').count()).toBe(0)
  await push('more', { box: 'a' })
  await shows('#box-a-leaf', 'leaf 0')
  await page.locator('#box-a button').click()
  await shows('#box-a-leaf', 'leaf 1')
  await shows('#box-b i', '1')
})

it('shows views in a view, and what they tell it', async () => {
  await open('/nested')
  await page.waitForSelector('#child.phx-connected')
  await push('inc', {}, 'child')
  await shows('#child', 'child 6')
  await push('tell', {}, 'child')
  await shows('#parent', 'parent 6')
})

it('hands events and replies to hooks, and keeps the items of streams', async () => {
  await open('/hook')
  expect(await page.evaluate('ask("ask", { q: 1 })')).toEqual({ echo: { q: 1 }, n: 0 })
  await page.evaluate('ask("event", {})')
  await expect
    .poll(() => page.evaluate('heard'))
    .toEqual([
      ['ready', { n: 0 }],
      ['points', { values: [1, 2, 3] }],
    ])
  await open('/stream')
  const items = () => page.locator('#items li').allTextContents()
  await push('prepend', { id: 4, name: 'four' })
  await push('delete', { id: 2 })
  await push('update_only', { id: 3, name: 'THREE' })
  await push('update_only', { id: 8, name: 'eight' })
  await expect.poll(items).toEqual(['four', 'item 1', 'THREE'])
  await push('limit', { id: 5, name: 'five', limit: -2 })
  await expect.poll(items).toEqual(['THREE', 'five'])
  await push('reset', { ids: [7] })
  await expect.poll(items).toEqual(['reset 7'])
})
