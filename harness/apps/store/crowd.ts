import pLimit from 'p-limit'
import { type Channels, openChannels } from '../../clients/channels.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import type { Random } from '../../platform/random.ts'
import { freshCart } from './cart-topic.ts'
import type { CartSight } from './sights.ts'

/** A large number of shoppers on the happy path: each has a connection, its own cart and one item in it (PA-46). */
export interface Crowd {
  readonly size: number
  /** The carts as the server confirmed them. */
  carts(): CartSight[]
  /** How many are still connected. */
  connectedCount(): number
  close(): void
}

export interface CrowdOptions {
  size: number
  cluster: Cluster
  /** The shoppers are distributed evenly over these nodes. */
  nodes: readonly string[]
  /** Each shopper gets one of these at random. */
  itemIds: readonly number[]
  random: Random
}

const pages = ['/bench/1', '/bench/2', '/bench/3', '/bench/4'] as const
const atOnce = 64

/** Resolves when everyone has joined and has an item; rejects when a request of anyone was refused. */
export async function gatherCrowd(options: CrowdOptions): Promise<Crowd> {
  const { size, cluster, nodes, itemIds, random } = options
  const links = await Promise.all(nodes.map((node) => cluster.links.link('crowd', node)))
  const plans = Array.from({ length: size }, (_, n) => ({
    shopper: `crowd-${n + 1}`,
    port: links[n % links.length]!.port,
    page: random.pick(pages),
    itemId: random.pick(itemIds),
  }))
  const connections: Channels[] = []
  const carts: CartSight[] = []
  const turns = pLimit(atOnce)
  const close = () => {
    for (const connection of connections) connection.close()
  }
  try {
    await turns.map(plans, async ({ shopper, page, itemId, port }) => {
      connections.push(await enter(port, page, itemId))
      carts.push({ shopper, page, items: [{ id: itemId, outOfStock: false }] })
    })
  } catch (error) {
    turns.clearQueue()
    close()
    throw error
  }
  return {
    size,
    carts: () => carts,
    connectedCount: () => connections.filter((one) => one.isOpen()).length,
    close,
  }
}

/** Connects, joins a new cart and puts one item into it. */
async function enter(port: number, page: string, itemId: number): Promise<Channels> {
  const connection = await openChannels(port, '/product_socket')
  const topic = freshCart()
  await connection.join(topic, { page })
  await connection.ask(topic, 'add_item', { item_id: String(itemId) })
  return connection
}
