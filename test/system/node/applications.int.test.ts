import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { freePort } from '../../../harness/platform/ports.ts'
import { type StoreNode, startNode } from '../../support/store-cluster.ts'

/** Real nodes with some of the applications; none of them has a database. */
let node: StoreNode | undefined

beforeAll(() => {
  execFileSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'error'])
})
afterEach(async () => {
  await node?.stop()
  node = undefined
})

const nowhere = async () => `postgres://nobody@127.0.0.1:${await freePort()}/nothing`
const statusOf = async ({ port }: StoreNode, path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status

/** The status of the answer to an attempt to open a socket; 101 when it opened. */
async function openSocket({ port }: StoreNode, path: string): Promise<{ status: number; socket: WebSocket }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}/websocket?vsn=2.0.0`)
  socket.on('error', () => {})
  const status = await new Promise<number>((resolve) => {
    socket.on('open', () => resolve(101))
    socket.on('unexpected-response', (_request, { statusCode = 0 }) => resolve(statusCode))
  })
  return { status, socket }
}

async function replyTo(socket: WebSocket, ...frame: unknown[]): Promise<unknown> {
  socket.send(JSON.stringify(frame))
  const [data] = await once(socket, 'message')
  return JSON.parse(String(data))
}

async function failing(env: Record<string, string>) {
  node = await startNode('n1', { ENDS: 'yes', ...env })
  await expect.poll(() => node!.process.exitCode, { timeout: 10_000 }).not.toBeNull()
  return { code: node.process.exitCode, sentence: node.output().trim().split('\n').at(-1) }
}

describe('a node with APPS=hello', () => {
  startBeforeEach({ APPS: 'hello' })

  it('needs no database: it is ready, and serves its page and its sockets', async () => {
    expect(await node!.get('/ready')).toEqual({ status: 200, body: { ready: true, peers: {} } })
    expect(await statusOf(node!, '/hello')).toBe(200)
    const { status, socket } = await openSocket(node!, '/socket')
    expect(status).toBe(101)
    expect(await replyTo(socket, '1', '1', 'ping', 'phx_join', {})).toEqual([
      '1',
      '1',
      'ping',
      'phx_reply',
      { status: 'ok', response: {} },
    ])
    const answer = await replyTo(socket, '1', '2', 'ping', 'ping', {})
    expect(answer).toEqual(['1', '2', 'ping', 'phx_reply', { status: 'ok', response: { ping: 'pong' } }])
    socket.close()
    expect((await openSocket(node!, '/stats_socket')).status).toBe(101)
  })

  it('has nothing of the others, and an error page of its own', async () => {
    expect(await openSocket(node!, '/product_socket')).toMatchObject({ status: 404 })
    expect(await node!.post('/sell', { itemId: 1 })).toEqual({ status: 404, body: { error: 'no route POST /sell' } })
    expect((await node!.get('/state')).body).not.toHaveProperty('inventory')
    const page = await fetch(`http://127.0.0.1:${node!.port}/`)
    expect(page.status).toBe(404)
    expect(await page.text()).not.toContain('Sneakers')
  })

  it('drains on SIGTERM', async () => {
    const { socket } = await openSocket(node!, '/socket')
    const closed = once(socket, 'close')
    expect(await node!.stop()).toBe(0)
    expect((await closed)[0]).toBe(1012)
  })
})

describe('a node with APPS=store', () => {
  startBeforeEach({ APPS: 'store' })

  it('serves the shop alone', async () => {
    expect(await statusOf(node!, '/')).toBe(503)
    expect(await openSocket(node!, '/product_socket')).toMatchObject({ status: 101 })
    expect(await statusOf(node!, '/hello')).toBe(404)
    expect(await openSocket(node!, '/socket')).toMatchObject({ status: 404 })
  })
})

describe('the log of a node', () => {
  startBeforeEach({ APPS: 'store' })

  it('has no id of a cart, whatever is logged of its topic (CT-18)', async () => {
    const cartId = 'Aa0+/'.repeat(12).concat('Aa0+')
    const { socket } = await openSocket(node!, '/product_socket')
    await replyTo(socket, '1', '1', `cart:${cartId}`, 'phx_join', {})
    socket.send(JSON.stringify(['1', '2', `cart:${cartId}`, 'no such event', {}]))
    await expect.poll(() => node!.output(), { timeout: 5_000 }).toContain('cart:[id]')
    expect(node!.output()).not.toContain(cartId)
  })
})

describe('a node without APPS', () => {
  startBeforeEach({})

  it('serves everything, and waits for what is not there yet', async () => {
    expect(await node!.get('/ready')).toEqual({
      status: 503,
      body: { ready: false, database: false, inventory: false, peers: {} },
    })
    expect(await statusOf(node!, '/hello')).toBe(200)
    for (const path of ['/socket', '/product_socket']) expect((await openSocket(node!, path)).status).toBe(101)
  })
})

describe('a start that cannot work ends with one sentence', () => {
  it.each([
    [
      { APPS: 'shop' },
      'APPS is "shop": there is no application shop; known are hello, store, spa, workshop, talk, todo, workloads',
    ],
    [{ APPS: 'store' }, 'DATABASE_URL is missing'],
    [{ APPS: 'hello', RECURRING_TOKEN_MS: 'often' }, expect.stringContaining('RECURRING_TOKEN_MS is "often"')],
  ])('and 64 for %j', async (env, sentence) => {
    expect(await failing(env)).toEqual({ code: 64, sentence })
  })

  it('and 69 for a port in use', async () => {
    const other = await startNode('n2', { APPS: 'hello' })
    const ended = await failing({ APPS: 'hello', PORT: String(other.port) })
    expect(ended).toEqual({ code: 69, sentence: expect.stringContaining(`${other.port} is in use`) })
    expect(await other.stop()).toBe(0)
  })
})

/** Starts the node before each test, with an address of a database that is not there. */
function startBeforeEach(env: Record<string, string>) {
  beforeEach(async () => {
    node = await startNode('n1', { ...(env.APPS !== 'hello' && { DATABASE_URL: await nowhere() }), ...env })
    await expect.poll(() => statusOf(node!, '/healthz').catch(() => 0), { timeout: 10_000 }).toBe(200)
  })
}
