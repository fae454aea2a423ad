import { randomBytes } from 'node:crypto'
import { WebSocket } from 'ws'
import type { CartSight } from '../history/operation.ts'
import type { Random } from '../platform/random.ts'
import type { Cluster } from './cluster.ts'

/** Very many shoppers on the happy path: each a connection, a cart of its own and one item in it (PA-46). */
export interface Crowd {
  readonly size: number
  /** What each of them has, as the server answered. */
  carts(): CartSight[]
  /** How many are still connected. */
  connectedCount(): number
  close(): void
}

export interface CrowdOptions {
  size: number
  cluster: Cluster
  /** They are spread over these. */
  nodes: readonly string[]
  /** One of these each, at random. */
  itemIds: readonly number[]
  random: Random
}

const pages = ['/bench/1', '/bench/2', '/bench/3', '/bench/4'] as const
const atOnce = 64
const memberWithinMs = 30_000

/** Resolves when everybody has joined and has an item; rejects when somebody was refused. */
export async function gatherCrowd(options: CrowdOptions): Promise<Crowd> {
  const { size, cluster, nodes, itemIds, random } = options
  const links = await Promise.all(nodes.map((node) => cluster.links.link('crowd', node)))
  const plans = Array.from({ length: size }, (_, n) => ({
    shopper: `crowd-${n + 1}`,
    url: `ws://${links[n % links.length]!.host}:${links[n % links.length]!.port}/product_socket/websocket?vsn=2.0.0`,
    page: random.pick(pages),
    itemId: random.pick(itemIds),
  }))
  const sockets: WebSocket[] = []
  const carts: CartSight[] = []
  const waiting = [...plans]

  async function worker() {
    for (let plan = waiting.shift(); plan; plan = waiting.shift()) {
      const { shopper, page, itemId, url } = plan
      sockets.push(await enter(url, page, itemId))
      carts.push({ shopper, page, items: [{ id: itemId, outOfStock: false }] })
    }
  }
  const close = () => {
    for (const socket of sockets) socket.terminate()
  }
  try {
    await Promise.all(Array.from({ length: Math.min(atOnce, size) }, worker))
  } catch (error) {
    close()
    throw error
  }
  return {
    size,
    carts: () => carts,
    connectedCount: () => sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length,
    close,
  }
}

/** Connects, joins a cart that nobody else has, and puts one item into it. */
function enter(url: string, page: string, itemId: number): Promise<WebSocket> {
  const topic = `cart:${randomBytes(64).toString('base64').slice(0, 64)}`
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { handshakeTimeout: memberWithinMs, perMessageDeflate: false })
    const fail = (why: string) => {
      socket.terminate()
      reject(new Error(`a shopper of the crowd could not enter: ${why}`))
    }
    socket.on('error', (error) => fail(error.message))
    socket.on('close', (code) => reject(new Error(`a shopper of the crowd was disconnected with ${code}`)))
    socket.on('open', () => socket.send(JSON.stringify(['1', '1', topic, 'phx_join', { page }])))
    socket.on('message', (data) => {
      const [, ref, , event, payload] = JSON.parse(String(data)) as [string, string, string, string, { status: string }]
      if (event !== 'phx_reply') return
      if (payload.status !== 'ok')
        return fail(`${ref === '1' ? 'the join' : 'the item'} was answered ${payload.status}`)
      if (ref === '1') socket.send(JSON.stringify(['1', '2', topic, 'add_item', { item_id: String(itemId) }]))
      else resolve(socket)
    })
  })
}
