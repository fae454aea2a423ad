import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import type { Browser, BrowserContext, CDPSession, Page, Response, WebSocket } from 'playwright'
import { noteIn, recordSocket, watchingScript } from '../../clients/socket-watch.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { clientEvent } from '../../history/client-kinds.ts'
import { answerTo, marksIn } from '../../history/marks.ts'
import type { Recorder } from '../../history/recorder.ts'
import { jsonIn } from '../../platform/json.ts'
import { until } from '../../platform/until.ts'
import { recordPage } from './answers.ts'
import { createCartChanges } from './cart-changes.ts'
import { withoutCartId } from './cart-topic.ts'
import { pageNotes } from './checkers/page-status-true.ts'
import { pageNoteIn, pageWatchingScript } from './client/page-watch.ts'
import { readContent, readJoins, readLive } from './page-reads.ts'
import { type PageSight, readThisPage, withoutFieldValues } from './pages/page-sight.ts'
import { endOfPurchase } from './purchases.ts'
import { selectors } from './selectors.ts'
import type { CartSight, DashboardSight, LiveSight, Rendering } from './sights.ts'

/** One person with their own browser context, cookies and links, and several tabs. */
export interface Shopper {
  readonly name: string
  open(node: string, path?: string): Promise<Tab>
  readonly tabs: readonly Tab[]
  /** Writes trace and screenshots; returns their paths. */
  saveEvidence(folder: string): Promise<string[]>
  close(): Promise<void>
}

export interface Tab {
  readonly who: string
  readonly node: string
  readonly page: Page
  reload(): Promise<void>
  /** Navigates to a page of another site in the same tab. */
  leave(): Promise<void>
  /** Presses the back button; returns whether the page came from the back-forward cache. */
  back(): Promise<{ restored: boolean }>
  rendering(): Promise<Rendering>
  /** What is in the live view of the page; undefined on a page without one. */
  liveSight(): Promise<LiveSight | undefined>
  /** HTML of a live page, in the form in which the tab's own is read. */
  contentOf(html: string): Promise<string>
  /** Returns all that the page shows now, without the secrets in its form. */
  sight(): Promise<{ path: string; sight: PageSight }>
  /** Waits until the page says nothing of a lost connection, or gives up after a while. */
  calmsDown(): Promise<void>
  joins(): Promise<{
    connected: boolean
    expected: string[]
    joined: string[]
    /** How often each of its sockets says that it is there. */
    heartbeatsMs: number[]
    socketCount: number
    channelCount: number
  }>
  text(selector: string): Promise<string>
  /** Returns the displayed cart; undefined on a page without one. */
  cart(): Promise<CartSight | undefined>
  /** Clicks a size; the history records the outcome. */
  add(itemId: number): Promise<void>
  /** Clicks the remove button of an item in the cart. */
  remove(itemId: number): Promise<void>
  /** Clicks the buy button; the tab then shows the page of the response. */
  buy(options?: { clicks?: number }): Promise<{ status: number; problem: string }>
  dashboard(): Promise<DashboardSight>
  /** Returns the size of the page's JavaScript heap after garbage collection. */
  heapBytes(): Promise<number>
  /** Suspends the tab's script, as a browser does to save power (FI-5). */
  freeze(): Promise<void>
  thaw(): Promise<void>
  close(): Promise<void>
}

interface ShopperOptions {
  /** For administrators of the store. */
  credentials?: { username: string; password: string }
  name: string
  browser: Browser
  cluster: Cluster
  recorder: Recorder
  /** The name of a script that this browser does not load. */
  without?: string
  /** Default: true. */
  recordsTrace?: boolean
}

const loadWithinMs = 10_000
const clickWithinMs = 10_000
/** A page looks at its connection several times within it. */
const calmWithinMs = 4_000

/**
 * Records in the page whether it was restored from the back-forward cache, because only the page can tell; and in its tab, because a live
 * page loads itself again at once.
 */
const watchPageshow = () => {
  const shown: boolean[] = []
  window.addEventListener('pageshow', (event) => {
    shown.push(event.persisted)
    if (event.persisted) sessionStorage.setItem('squallRestored', String(performance.timeOrigin))
  })
  Object.assign(window, { squallShown: shown })
}

/** Runs in the page. Returns the document and whether it was last shown by a restoration; undefined until it is shown. */
const readShowing = () => {
  const { squallShown = [] } = window as { squallShown?: boolean[] }
  const restoredDocument = Number(sessionStorage.getItem('squallRestored'))
  return { document: performance.timeOrigin, restored: squallShown.at(-1), restoredDocument }
}

export async function openShopper(options: ShopperOptions): Promise<Shopper> {
  const { name, browser, cluster, recorder, credentials, without, recordsTrace = true } = options
  const context = await browser.newContext(credentials ? { httpCredentials: credentials } : {})
  await context.addInitScript(watchPageshow)
  if (without) await context.route(`**/assets/${without}.js`, (route) => route.abort())
  await context.addInitScript({ content: watchingScript })
  await context.addInitScript({ content: pageWatchingScript })
  if (recordsTrace) await context.tracing.start({ screenshots: true, snapshots: true })
  const tabs: Tab[] = []
  let elsewhere: Server | undefined
  let opened = 0

  async function otherSite(): Promise<string> {
    elsewhere ??= await serveOtherSite()
    return `http://127.0.0.1:${(elsewhere.address() as { port: number }).port}/`
  }

  return {
    name,
    tabs,
    async open(node, path = '/') {
      const link = await cluster.links.link(name, node)
      const who = opened === 0 ? name : `${name}#${opened + 1}`
      const forget = (closed: Tab) => void tabs.splice(tabs.indexOf(closed), 1)
      const url = `${link.url}${path}`
      const tab = await openTab({ context, who, node, link: link.name, url, recorder, otherSite, forget })
      opened += 1
      tabs.push(tab)
      recorder.record(clientEvent({ who, node, kind: credentials ? 'dashboard' : 'tab', owner: name }))
      return tab
    },
    async saveEvidence(folder) {
      const trace = join(folder, `${name}-trace.zip`)
      if (recordsTrace) await context.tracing.stop({ path: trace })
      const shots = tabs.map(async ({ who, page }) => {
        const path = join(folder, `${who.replace('#', '-')}.png`)
        await page.screenshot({ path, timeout: 3_000 })
        return path
      })
      const done = await Promise.allSettled(shots)
      const pictures = done.flatMap((shot) => (shot.status === 'fulfilled' ? [shot.value] : []))
      return recordsTrace ? [trace, ...pictures] : pictures
    },
    async close() {
      await context.close().catch(() => {})
      elsewhere?.close()
      elsewhere?.closeAllConnections()
    },
  }
}

interface TabOptions {
  context: BrowserContext
  who: string
  node: string
  /** The name of its link. */
  link: string
  url: string
  recorder: Recorder
  otherSite(): Promise<string>
  forget(tab: Tab): void
}

async function openTab({ context, who, node, link, url, recorder, otherSite, forget }: TabOptions): Promise<Tab> {
  const page = await context.newPage()
  page.on('websocket', (socket) => tapFrames(socket, who, node, recorder))
  page.on('response', (response) => void tapPage(response, who, node, recorder))
  /** A page that comes back from the back-forward cache repeats all that it ever wrote to its console. */
  const heard = new Set<string>()
  page.on('console', (message) => {
    if (message.type() === 'error') recorder.record({ who, type: 'console', value: message.text() })
    const text = message.type() === 'debug' ? message.text() : ''
    const [note, word] = [noteIn(text), pageNoteIn(text)]
    if ((!note && !word) || heard.has(text)) return
    heard.add(text)
    if (note) recordSocket({ who, node, link, recorder, nameOf: withoutCartId }, note)
    else recorder.record({ who, node, type: 'read', operation: pageNotes, value: word })
  })
  page.on('pageerror', (error) => recorder.record({ who, type: 'console', value: error.message }))
  await page.goto(url, { timeout: loadWithinMs })
  let left: number | undefined
  let devtools: CDPSession | undefined
  const [shopper = who] = who.split('#')

  const tab: Tab = {
    who,
    node,
    page,
    reload: async () => void (await page.reload({ timeout: loadWithinMs })),
    async leave() {
      left = (await page.evaluate(readShowing)).document
      await page.goto(await otherSite(), { timeout: loadWithinMs })
    },
    async back() {
      await page.goBack({ waitUntil: 'commit', timeout: loadWithinMs })
      // A restored document is current only after its pageshow event; until then it still reports how it was first shown.
      const showing = await until(
        async () => {
          const now = await page.evaluate(readShowing).catch(() => undefined)
          if (!now) return undefined
          const isSettled = now.document === left ? now.restored === true : now.restored !== undefined
          return isSettled ? now : undefined
        },
        { what: `${who} is shown the page again`, withinMs: loadWithinMs, everyMs: 20 },
      )
      return { restored: showing.restored === true || showing.restoredDocument === left }
    },
    rendering: () => page.evaluate(readRendering, selectors.levelClassPrefix),
    liveSight: () => page.evaluate(readLive),
    contentOf: (html) => page.evaluate(readContent, html),
    async sight() {
      const { path, sight } = await page.evaluate<OpenPage>(readOpenPage)
      return { path, sight: withoutFieldValues(sight) }
    },
    calmsDown: () =>
      page.waitForFunction(isCalm, undefined, { timeout: calmWithinMs }).then(
        () => {},
        () => {},
      ),
    async joins() {
      const { expected, joined, ...rest } = await page.evaluate(readJoins)
      return { ...rest, expected: expected.map(withoutCartId), joined: joined.map(withoutCartId) }
    },
    text: async (selector) => (await page.locator(selector).allTextContents()).join(' '),
    async cart() {
      const sight = await page.evaluate(readCart, selectors.cartItemOut)
      return sight && { shopper, ...sight }
    },
    add: (itemId) => page.locator(`${selectors.sizeEntry}[value='${itemId}']`).click({ timeout: clickWithinMs }),
    remove: (itemId) =>
      page.locator(`${selectors.cartRemove}[data-item-id='${itemId}']`).click({ timeout: clickWithinMs }),
    async buy({ clicks = 1 } = {}) {
      const operation = recorder.begin(who, 'purchase', { shopper, itemIds: await cartIds() })
      try {
        const [response] = await Promise.all([
          page.waitForResponse((one) => one.request().method() === 'POST', { timeout: loadWithinMs }),
          page.locator(selectors.buy).click({ timeout: clickWithinMs, clickCount: clicks }),
        ])
        await page.waitForLoadState('load', { timeout: loadWithinMs })
        const status = response.status()
        operation.end(endOfPurchase(status), status === 303 ? undefined : `status ${status}`)
        return { status, problem: await tab.text(selectors.buyProblem) }
      } catch (error) {
        operation.end('unsure', (error as Error).message)
        throw error
      }
    },
    dashboard: () => page.evaluate(readDashboard),
    heapBytes,
    freeze,
    thaw,
    async close() {
      forget(tab)
      await page.close()
    },
  }
  async function tools(): Promise<CDPSession> {
    devtools ??= await context.newCDPSession(page)
    return devtools
  }

  /** Pauses the page's script at its next step, because the lifecycle API cannot freeze a visible page. */
  async function freeze() {
    const debug = await tools()
    await debug.send('Debugger.enable')
    await debug.send('Debugger.pause')
  }

  async function heapBytes() {
    const debug = await tools()
    await debug.send('HeapProfiler.collectGarbage')
    return (await debug.send('Runtime.getHeapUsage')).usedSize
  }

  async function thaw() {
    await devtools?.send('Debugger.resume')
    await devtools?.send('Debugger.disable')
  }

  const cartIds = async () => (await tab.cart())?.items.map(({ id }) => id) ?? []
  return tab
}

interface OpenPage {
  path: string
  sight: PageSight
}

/** Runs in the page. */
const readOpenPage = `({ path: window.location.pathname, sight: ${readThisPage} })`

/** Runs in the page. */
function isCalm(): boolean {
  const text = document.querySelector('.connection, .staleness__text')?.textContent ?? ''
  return text === '' || text.startsWith('Live')
}

/** Runs in the page. */
function readCart(outClass: string): Omit<CartSight, 'shopper'> | undefined {
  if (!document.getElementById('cart-container')) return undefined
  return {
    page: window.location.pathname,
    items: [...document.querySelectorAll<HTMLElement>('.cart-item')].map((line) => ({
      id: Number(line.dataset.itemId),
      outOfStock: line.classList.contains(outClass),
    })),
  }
}

/** Runs in the page. */
function readDashboard(): DashboardSight {
  const numberIn = (element: Element | null) => Number(element?.textContent ?? Number.NaN)
  const rows = [...document.querySelectorAll<HTMLElement>('#page-counts tr')]
  const cells = [...document.querySelectorAll<HTMLElement>('.sizes__count')]
  return {
    shoppers: numberIn(document.getElementById('shopper-count')),
    pages: Object.fromEntries(rows.map((row) => [row.dataset.page ?? '', numberIn(row.querySelector('td'))])),
    items: Object.fromEntries(
      cells.filter((cell) => numberIn(cell) > 0).map((cell) => [cell.dataset.itemId ?? '', numberIn(cell)]),
    ),
    staleness: document.querySelector('.staleness__text')?.textContent ?? '',
    listed: rows.map((row) => row.dataset.page ?? ''),
    saysNobody: document.getElementById('no-pages')?.hidden === false,
  }
}

/** Runs in the page. */
function readRendering(levelPrefix: string): Rendering {
  return {
    products: [...document.querySelectorAll<HTMLElement>('.product-listing')].map((listing) => {
      const id = listing.dataset.productId ?? ''
      const buttons = [...listing.querySelectorAll<HTMLButtonElement>('.size-container__entry')]
      return {
        id,
        soon: listing.querySelector(`.product-soon-${id}`) !== null,
        sizes: buttons.map((button) => ({
          itemId: button.value,
          level: [...button.classList].find((name) => name.startsWith(levelPrefix))?.slice(levelPrefix.length) ?? '',
          disabled: button.disabled,
        })),
      }
    }),
  }
}

/** Records the pages that the tab was given; of a redirect only its headers can be read. */
async function tapPage(response: Response, who: string, node: string, recorder: Recorder) {
  if (response.request().resourceType() !== 'document') return
  const headers = await response.headersArray().catch(() => [])
  const body = await response.text().catch(() => '')
  const valuesOf = (wanted: string) =>
    headers.filter(({ name }) => name.toLowerCase() === wanted).map(({ value }) => value)
  recordPage(recorder, {
    who,
    request: `${response.request().method()} ${new URL(response.url()).pathname} of ${node}`,
    status: response.status(),
    cacheControl: valuesOf('cache-control')[0],
    cookies: valuesOf('set-cookie'),
    body,
  })
}

/** The dashboard is told the id of every cart (PA-22): its frames say nothing about who may know what. */
const isForEverybody = (topic: unknown) => !String(topic).startsWith('admin:')

/** Records the actual frames in both directions. A socket without frames was rejected and does not count as connected. */
function tapFrames(socket: WebSocket, who: string, node: string, recorder: Recorder) {
  const joins = new Map<string, string>()
  const changes = createCartChanges(who, recorder)
  let isOpen = false
  const opened = () => {
    if (!isOpen) recorder.record({ who, type: 'connect', node })
    isOpen = true
  }
  socket.on('framesent', ({ payload }) => {
    opened()
    const [, ref, topic, event, value] = parseFrame(payload)
    changes.sent(String(ref), String(event), value)
    if (event === 'phx_join') joins.set(String(ref), String(topic))
    if (event === 'phx_leave') recorder.record({ who, type: 'leave', topic: withoutCartId(String(topic)), node })
  })
  socket.on('framereceived', ({ payload }) => {
    opened()
    const [joinRef, ref, topic, event, value] = parseFrame(payload)
    const marks = isForEverybody(topic) ? marksIn(String(payload)) : []
    if (event === 'phx_reply') {
      if (marks.length > 0)
        recorder.record(answerTo(who, `a reply on ${withoutCartId(String(topic))}`, String(payload)))
      changes.answered(String(ref), value)
      const { status, response } = value as { status: string; response: { rendered?: object; diff?: object } }
      const isJoined = joins.delete(String(ref)) && status === 'ok'
      const { rendered, diff } = response
      const joined = { who, topic: withoutCartId(String(topic)), node }
      if (isJoined) recorder.record({ type: 'join', ...joined, ...(rendered && { value: rendered }) })
      else if (diff) recorder.record({ type: 'receive', ...joined, event: 'diff', joinRef, value: diff })
    } else if (event === 'phx_error' || event === 'phx_close')
      recorder.record({ who, type: 'leave', topic: withoutCartId(String(topic)), node, event })
    else if (topic !== undefined && topic !== 'phoenix')
      recorder.record({
        who,
        type: 'receive',
        topic: withoutCartId(String(topic)),
        event: String(event),
        joinRef,
        value,
        node,
        ...(marks.length > 0 && { marks }),
      })
  })
  socket.on('close', () => {
    if (isOpen) recorder.record({ who, type: 'disconnect', node })
    isOpen = false
    changes.lost()
  })
}

const parseFrame = (payload: string | Buffer) => (jsonIn(String(payload)) ?? []) as unknown[]

/** Serves a site on another origin, to which a tab can navigate away. */
function serveOtherSite(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer((_request, response) => {
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<!doctype html><title>Elsewhere</title><p>another site</p>')
    })
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}
