import { seedItems, seedProducts } from '../../../system/apps/store/db/seeds.ts'
import { type Random, seededRandom } from '../../../system/platform/random.ts'
import { createDatabase, type SimulatedDatabase } from './database.ts'
import { createNetwork } from './network.ts'
import { createNode, type NodeOptions, type SimulatedNode } from './node.ts'
import { createRecorder } from './recorder.ts'
import { ask } from './requests.ts'
import { createSealer } from './sealer.ts'
import { createVirtualClock } from './virtual-clock.ts'

export interface ClusterOptions {
  seed: number
  names: readonly string[]
  /** How much of some items there is; of the others as the seed says. */
  stock: Readonly<Record<number, number>>
  onTurn?: NodeOptions['onTurn']
}

export type Cluster = ReturnType<typeof createCluster>

/** Whom a witness asks as; nothing is ever done to its links. */
const witness = 'witness'
const watchEveryMs = 50

/** A whole cluster in one process: nodes, network, database, and the time in which they live. */
export function createCluster({ seed, names, stock, onTurn }: ClusterOptions) {
  const random = seededRandom(seed)
  const clock = createVirtualClock()
  const network = createNetwork(clock, random)
  const database = createDatabase(clock)
  const sealer = createSealer()
  const recorder = createRecorder(clock)
  const nodes = new Map<string, SimulatedNode>()
  fill(database, random, stock)

  async function start(name: string) {
    const own = { name, names, network, database, clock, sealer, random }
    const node = createNode({ ...own, ...(onTurn && { onTurn }) })
    nodes.set(name, node)
    await node.start()
  }

  return {
    names,
    random,
    clock,
    network,
    database,
    recorder,
    start,
    node(name: string): SimulatedNode {
      const node = nodes.get(name)
      if (!node) throw new Error(`there is no node ${name}; this cluster has ${names.join(', ')}`)
      return node
    },
    nodes: () => [...nodes.values()],
    /** Asks a node directly, by a way of its own. */
    ask: (name: string, request: object, withinMs: number, from = witness) =>
      ask({ network, clock, from, address: `${name}:http`, withinMs }, request),
    /** Looks again and again; returns whether it came to be so in time. */
    async until(withinMs: number, isSo: () => boolean): Promise<boolean> {
      const deadlineMs = clock.monotonicMs() + withinMs
      while (!isSo()) {
        if (clock.monotonicMs() >= deadlineMs) return false
        await clock.sleep(watchEveryMs)
      }
      return true
    },
  }
}

function fill(database: SimulatedDatabase, random: Random, stock: ClusterOptions['stock']) {
  for (const { id, sku, position, brand, name, color, priceUsd, mainImageUrl } of seedProducts) {
    const row = {
      id,
      sku,
      position,
      brand,
      name,
      color,
      price_usd: priceUsd,
      main_image_url: mainImageUrl,
      released: false,
    }
    database.seed(`products/${id}`, row)
  }
  for (const { id, productId, sku, size, availableCount } of seedItems(random)) {
    const count = stock[id] ?? availableCount
    database.seed(`items/${id}`, { id, product_id: productId, sku, size })
    database.seed(`availability/${id}`, { item_id: id, initial_count: count, available_count: count, version: 0 })
  }
}
