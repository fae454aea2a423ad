import type { Cluster } from '../../cluster/cluster.ts'
import type { ControlClient, NodeState, Readiness } from '../../cluster/control-client.ts'

/** The state that a node of the store reports. */
export interface StoreState extends NodeState {
  inventory: { products: { id: number; released: boolean; items: { id: number; availableCount: number }[] }[] } | null
  carts: { page: string | null; items: number[] }[]
  shoppers: number
}

export interface StoreReadiness extends Readiness {
  database: boolean
  inventory: boolean
}

/** A reducer sells until the stock is empty. */
const reduceTimeoutMs = 60_000

/** Control-port actions of the store. */
export const storeControl = ({ post, state, ready }: ControlClient) => ({
  state: () => state<StoreState>(),
  ready: () => ready<StoreReadiness>(),
  release: (productId: number) => post<{ ok: true }>('/release', { productId }),
  sell: (itemId: number) => post<{ ok: true }>('/sell', { itemId }),
  reduce: async (options: { unitsPerStep?: number; delayMs?: number } = {}) =>
    (await post<{ sold: number }>('/reduce', options, reduceTimeoutMs)).sold,
  notifyRelease: (productId: number) => post<{ result: string }>('/notify/release', { productId }),
  notifyStock: async (itemId: number, availableCount: number) =>
    (await post<{ result: string }>('/notify/stock', { itemId, availableCount })).result,
})

export const statesOf = ({ nodes }: Pick<Cluster, 'nodes'>): Promise<StoreState[]> =>
  Promise.all(nodes.map(({ control }) => control.state<StoreState>()))

/** Returns whether every node knows that every product is released. */
export const isOnSale = async (cluster: Pick<Cluster, 'nodes'>): Promise<boolean> =>
  (await statesOf(cluster)).every(({ inventory }) => inventory?.products.every(({ released }) => released))
