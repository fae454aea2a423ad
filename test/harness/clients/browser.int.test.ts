import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { fetchRendering } from '../../../harness/apps/store/rendering.ts'
import { openShopper, type Shopper } from '../../../harness/apps/store/shopper.ts'
import { type BrowserPool, createBrowserPool } from '../../../harness/clients/browser.ts'
import type { Cluster } from '../../../harness/cluster/cluster.ts'
import { createRecorder } from '../../../harness/history/recorder.ts'
import type { Leases } from '../../../harness/leases/leases.ts'
import { until } from '../../../harness/platform/until.ts'

/** A page with the shop's hooks, and a socket that joins one topic and hears one broadcast. */
const pageHtml = `<!doctype html><title>Sneakers23</title><main class="product-list">
<article class="product-listing" data-product-id="1"><div class="product-soon product-soon-1">coming soon...</div></article>
<article class="product-listing" data-product-id="2"><div class="size-container">
<button class="size-container__entry size-container__entry--level-low" name="item_id" value="8">6</button>
<button class="size-container__entry size-container__entry--level-out" name="item_id" value="9" disabled>7</button>
</div></article></main>
<script>
  const socket = new WebSocket('ws://' + location.host + '/socket/websocket?vsn=2.0.0')
  const channel = { topic: 'product:1', state: 'joining' }
  socket.onopen = () => socket.send(JSON.stringify(['1', '1', 'product:1', 'phx_join', {}]))
  socket.onmessage = ({ data }) => { if (JSON.parse(data)[3] === 'phx_reply') channel.state = 'joined' }
  window.squall = { socket: { isConnected: () => socket.readyState === 1, channels: [channel] }, channels: [channel] }
  console.error('said by the page')
</script>`

let server: Server
let url: string
let pool: BrowserPool
let noStore = false
let refusing = false
const sockets = new Set<WebSocket>()
const held: number[] = []
const shoppers: Shopper[] = []

beforeAll(async () => {
  server = createServer((_request, answer) => {
    answer.setHeader('cache-control', noStore ? 'no-store, must-revalidate' : 'no-cache')
    answer.setHeader('content-type', 'text/html; charset=utf-8').end(pageHtml)
  })
  new WebSocketServer({ server, verifyClient: () => !refusing }).on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('message', (data) => {
      const [joinRef, ref, topic] = JSON.parse(String(data))
      socket.send(JSON.stringify([joinRef, ref, topic, 'phx_reply', { status: 'ok', response: {} }]))
      socket.send(JSON.stringify([null, null, topic, 'released', { size_html: '' }]))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const leases = {
    holdProcess: (pid: number) => held.push(pid),
    releaseProcess: (pid: number) => held.splice(held.indexOf(pid), 1),
    holdFolder: () => {},
    releaseFolder: () => {},
  } as unknown as Leases
  pool = createBrowserPool({ leases, headed: false })
})
afterEach(async () => {
  for (const shopper of shoppers.splice(0)) await shopper.close()
  noStore = false
  refusing = false
})
afterAll(async () => {
  await pool.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

async function shop({ bfcache = false } = {}) {
  const cluster = { links: { link: async () => ({ url }) } } as unknown as Cluster
  const startedMs = performance.now()
  const recorder = createRecorder({
    elapsedMs: () => performance.now() - startedMs,
    sink: () => {},
    isDefinite: () => true,
  })
  const shopper = await openShopper({ name: 'alice', browser: await pool.get({ bfcache }), cluster, recorder })
  shoppers.push(shopper)
  const seen = (type: string) => recorder.events.filter((event) => event.type === type)
  return { shopper, recorder, seen }
}

describe('a shopper in a real browser', () => {
  it('taps what goes over the wire: connect, join, receive, console, disconnect (AT-2)', async () => {
    const { shopper, seen } = await shop()
    const tab = await shopper.open('n1')
    await until(() => seen('receive').length === 1, { what: 'the broadcast is recorded', withinMs: 5_000 })
    expect(seen('connect')).toMatchObject([{ who: 'alice', node: 'n1' }])
    expect(seen('join')).toMatchObject([{ who: 'alice', topic: 'product:1' }])
    expect(seen('receive')).toMatchObject([{ topic: 'product:1', event: 'released', joinRef: null }])
    expect(seen('console')).toMatchObject([{ value: 'said by the page' }])
    expect(await tab.joins()).toMatchObject({
      connected: true,
      expected: ['product:1'],
      joined: ['product:1'],
      socketCount: 1,
      channelCount: 1,
    })
    for (const socket of sockets) socket.terminate()
    await until(() => seen('disconnect').length === 1, { what: 'the loss is recorded', withinMs: 5_000 })
  })

  it('reads the same from the page as a fresh rendering does from its HTML (AT-6, ST-58)', async () => {
    const { shopper } = await shop()
    const tab = await shopper.open('n1')
    const shown = await tab.rendering()
    expect(shown).toEqual(await fetchRendering(`${url}/`))
    expect(shown.products).toEqual([
      { id: '1', soon: true, sizes: [] },
      {
        id: '2',
        soon: false,
        sizes: [
          { itemId: '8', level: 'low', disabled: false },
          { itemId: '9', level: 'out', disabled: true },
        ],
      },
    ])
  })

  it('tells tabs of one shopper apart', async () => {
    const { shopper, seen } = await shop()
    await shopper.open('n1')
    await shopper.open('n2')
    await until(() => seen('join').length === 2, { what: 'both tabs join', withinMs: 5_000 })
    expect(new Set(seen('join').map(({ who }) => who)).size).toBe(2)
  })

  it('has a page restored with the back-forward cache, and says so (AT-8)', async () => {
    const { shopper } = await shop({ bfcache: true })
    const tab = await shopper.open('n1')
    await tab.page.evaluate(() => document.body.setAttribute('data-mark', 'kept'))
    await tab.leave()
    expect(await tab.back()).toEqual({ restored: true })
    expect(await tab.page.evaluate(() => document.body.dataset.mark)).toBe('kept')
  })

  it('has a page loaded anew without the cache, or with no-store, and says so (AT-8, ST-46)', async () => {
    for (const bfcache of [false, true]) {
      noStore = bfcache
      const { shopper } = await shop({ bfcache })
      const tab = await shopper.open('n1')
      await tab.leave()
      expect(await tab.back()).toEqual({ restored: false })
      expect((await tab.rendering()).products).toHaveLength(2)
    }
  })

  it('keeps evidence for people', async () => {
    const { mkdtemp, rm, stat } = await import('node:fs/promises')
    const folder = await mkdtemp(join(tmpdir(), 'squall-test-'))
    const { shopper } = await shop()
    await shopper.open('n1')
    const paths = await shopper.saveEvidence(folder)
    expect(paths).toHaveLength(2)
    for (const path of paths) expect((await stat(path)).size).toBeGreaterThan(0)
    await rm(folder, { recursive: true })
  })

  it('takes a refused connection for none', async () => {
    const { shopper, seen } = await shop()
    refusing = true
    await shopper.open('n1')
    await until(() => seen('console').length > 1, { what: 'the page complains', withinMs: 5_000 })
    expect(seen('connect')).toEqual([])
    expect(seen('disconnect')).toEqual([])
  })

  it('takes a crashed channel for one that is not joined (DF-4)', async () => {
    const { shopper, seen } = await shop()
    await shopper.open('n1')
    await until(() => seen('join').length === 1, { what: 'the page joins', withinMs: 5_000 })
    for (const socket of sockets) socket.send(JSON.stringify(['1', '1', 'product:1', 'phx_error', {}]))
    await until(() => seen('leave').length === 1, { what: 'the crash is recorded', withinMs: 5_000 })
    expect(seen('receive').some(({ event }) => event === 'phx_error')).toBe(false)
  })

  it('leases its process and its folders, and leaves none of them behind', async () => {
    const own = { pids: new Set<number>(), folders: new Set<string>() }
    const leases = {
      holdProcess: (pid: number) => own.pids.add(pid),
      releaseProcess: (pid: number) => own.pids.delete(pid),
      holdFolder: (path: string) => own.folders.add(path),
      releaseFolder: (path: string) => own.folders.delete(path),
    } as unknown as Leases
    const other = createBrowserPool({ leases, headed: false })
    const browser = await other.get({ bfcache: false })
    const [pids, folders] = [[...own.pids], [...own.folders]]
    expect(pids).toHaveLength(1)
    expect(() => process.kill(pids[0]!, 0)).not.toThrow()
    expect(folders).toHaveLength(2)
    expect(folders.every((path) => existsSync(path))).toBe(true)
    await other.close()
    expect(browser.isConnected()).toBe(false)
    expect(own).toEqual({ pids: new Set(), folders: new Set() })
    expect(folders.some((path) => existsSync(path))).toBe(false)
  })
})
