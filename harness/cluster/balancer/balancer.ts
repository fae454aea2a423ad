import { createServer, connect as dial, type Server, type Socket } from 'node:net'
import type { Backend, Choose } from './policy.ts'

/** Where a node listens. */
export interface BackendAddress {
  name: string
  host: string
  port: number
}

/**
 * A balancer in TCP mode in front of nodes (DP-17): it carries WebSockets as well as requests, and knows neither. A connection stays with
 * the node that it was given, so requests with connections of their own move from node to node, and sockets do not (DP-19).
 */
export interface Balancer {
  readonly port: number
  /** The nodes that get new connections. */
  nodes(): string[]
  add(node: BackendAddress): void
  /** The node gets no new connections; the open ones stay. */
  remove(name: string): void
  /** By name, of every node that it ever had. */
  counts(): Record<string, Pick<Backend, 'open' | 'taken'>>
  /** Connections that no node took. */
  refusedCount(): number
  /** From now on nodes are chosen in this way. */
  use(choose: Choose): void
  /** Ends all connections and stops listening. */
  close(): Promise<void>
}

interface BalancerOptions {
  host: string
  port: number
  choose: Choose
}

interface Counted extends BackendAddress {
  open: number
  taken: number
}

/** What clients call the balancer where they would name a node. */
export const balancerName = 'balancer'

/** Starts a balancer without nodes. Rejects when the port is in use. */
export async function startBalancer(options: BalancerOptions): Promise<Balancer> {
  const { host, port } = options
  let { choose } = options
  const listed = new Map<string, Counted>()
  const known = new Map<string, Counted>()
  const clients = new Set<Socket>()
  let refused = 0

  function refuse(client: Socket) {
    refused += 1
    client.destroy()
  }

  /** Nodes that refuse the connection are passed over: it has not carried a byte yet. */
  function give(client: Socket, passedOver: readonly string[] = []) {
    const left = [...listed.values()].filter(({ name }) => !passedOver.includes(name))
    if (left.length === 0) return refuse(client)
    const node = known.get(choose(left).name)!
    node.open += 1
    node.taken += 1
    const upstream = dial({ host: node.host, port: node.port, noDelay: true, allowHalfOpen: true })
    let isConnected = false
    upstream.once('connect', () => {
      isConnected = true
      join(client, upstream)
    })
    upstream.on('error', () => {})
    upstream.once('close', () => {
      node.open -= 1
      if (isConnected || client.destroyed) return
      node.taken -= 1
      give(client, [...passedOver, node.name])
    })
    client.once('close', () => upstream.destroy())
  }

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    clients.add(client)
    client.on('error', () => {})
    client.once('close', () => clients.delete(client))
    // A node closes connections on which nothing came when it ends: it is chosen when there is something to say.
    client.once('readable', () => give(client))
  })
  await listening(server, host, port)

  return {
    port,
    nodes: () => [...listed.keys()],
    add(address) {
      const node = known.get(address.name) ?? { ...address, open: 0, taken: 0 }
      Object.assign(node, address)
      known.set(address.name, node)
      listed.set(address.name, node)
    },
    remove: (name) => void listed.delete(name),
    counts: () => Object.fromEntries([...known.values()].map(({ name, open, taken }) => [name, { open, taken }])),
    refusedCount: () => refused,
    use(next) {
      choose = next
    },
    close() {
      for (const client of clients) client.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** Everything in both directions; each side ends when the other does. */
function join(client: Socket, upstream: Socket) {
  client.pipe(upstream)
  upstream.pipe(client)
  upstream.once('close', () => client.destroy())
}

const listening = (server: Server, host: string, port: number) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, backlog: 4_096 }, resolve)
  })
