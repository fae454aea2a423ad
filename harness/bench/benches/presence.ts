import { adminCredentials } from '../../apps/store/admin.ts'
import { freshCart } from '../../apps/store/cart-topic.ts'
import { type Channels, openChannels } from '../../clients/channels.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { systemClock as clock } from '../../platform/clock.ts'
import { seededRandom } from '../../platform/random.ts'
import { until } from '../../platform/until.ts'
import { figureOf } from '../../stats/figures.ts'
import type { Bench } from '../bench.ts'
import { itemIds, withStore } from '../store.ts'

const nodes = 3
const crowdSize = 1_000
const fewEntries = 100
const manyEntries = 10_000
const cartsPerConnection = 100
const joinsPerRound = 20
const seenWithinMs = 20_000
const adminTopic = 'admin:cart_tracker'
const { username, password } = adminCredentials
const adminLogin = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
const pages = ['/bench/1', '/bench/2', '/bench/3', '/bench/4'] as const

type Presences = Record<string, { metas: { phx_ref: string; items: number[] }[] }>

/** A dashboard without a browser: counts shoppers and items from the messages that it receives. */
interface Watcher {
  shoppers(): number
  itemsTotal(): number
  knows(cartId: string): boolean
  /** Size of the last presence diff. */
  lastDiffBytes(): number
  close(): void
}

async function watch(port: number): Promise<Watcher> {
  const page = await (await fetch(`http://127.0.0.1:${port}/admin`, { headers: { authorization: adminLogin } })).text()
  const [, token = ''] = /window\.adminToken = "([^"]+)"/.exec(page) ?? []
  const socket = await openChannels(port, '/admin_socket', { token })
  const carts = new Map<string, Map<string, number>>()
  let lastDiffBytes = 0
  let hasState = false

  function add(entries: Presences) {
    for (const [key, { metas }] of Object.entries(entries)) {
      const known = carts.get(key) ?? new Map<string, number>()
      carts.set(key, known)
      for (const { phx_ref, items } of metas) known.set(phx_ref, items.length)
    }
  }
  function remove(entries: Presences) {
    for (const [key, { metas }] of Object.entries(entries)) {
      for (const { phx_ref } of metas) carts.get(key)?.delete(phx_ref)
      if (carts.get(key)?.size === 0) carts.delete(key)
    }
  }
  socket.onFrame(([, , , event, payload], bytes) => {
    if (event === 'presence_state') {
      add(payload as Presences)
      hasState = true
    }
    if (event !== 'presence_diff') return
    const { joins, leaves } = payload as { joins: Presences; leaves: Presences }
    add(joins)
    remove(leaves)
    lastDiffBytes = bytes
  })
  await socket.join(adminTopic)
  await until(() => hasState, { what: 'the dashboard is told who is there', withinMs: seenWithinMs })
  return {
    shoppers: () => carts.size,
    itemsTotal: () => [...carts.values()].reduce((sum, metas) => sum + ([...metas.values()][0] ?? 0), 0),
    knows: (cartId) => carts.has(cartId),
    lastDiffBytes: () => lastDiffBytes,
    close: socket.close,
  }
}

/** Opens `entries` carts, many on each connection, because presence tracks carts rather than connections. */
async function fill(cluster: Cluster, entries: number): Promise<Channels[]> {
  const connections: Channels[] = []
  for (let opened = 0; opened < entries; opened += cartsPerConnection) {
    const node = cluster.nodes[(opened / cartsPerConnection) % cluster.nodes.length]!
    const connection = await openChannels(node.port, '/product_socket')
    connections.push(connection)
    const carts = Array.from({ length: Math.min(cartsPerConnection, entries - opened) }, freshCart)
    await Promise.all(carts.map((topic, n) => connection.join(topic, { page: pages[n % pages.length] })))
  }
  return connections
}

/** Connects a thousand shoppers with one item each; returns the time from the last join until a dashboard counts them all. */
async function timeToShowCrowd(cluster: Cluster): Promise<number> {
  const random = seededRandom(1)
  const dashboard = await watch(cluster.nodes[0]!.port)
  const before = dashboard.shoppers()
  const connections = await Promise.all(
    Array.from({ length: crowdSize }, (_, n) =>
      openChannels(cluster.nodes[n % cluster.nodes.length]!.port, '/product_socket'),
    ),
  )
  await Promise.all(
    connections.map(async (connection) => {
      const topic = freshCart()
      await connection.join(topic, { page: random.pick(pages) })
      await connection.ask(topic, 'add_item', { item_id: String(random.pick(itemIds)) })
    }),
  )
  const joinedMs = clock.monotonicMs()
  const all = () => dashboard.shoppers() === before + crowdSize && dashboard.itemsTotal() === crowdSize
  await until(all, { what: 'the dashboard counts the crowd', withinMs: seenWithinMs, everyMs: 5 })
  const tookMs = clock.monotonicMs() - joinedMs
  for (const connection of connections) connection.close()
  const gone = () => dashboard.shoppers() === before
  await until(gone, { what: 'the dashboard forgets the crowd', withinMs: seenWithinMs, everyMs: 5 })
  dashboard.close()
  return tookMs
}

interface Joins {
  slowestMs: number
  diffBytes: number
  meshBytes: number
}

/** Joins more carts one by one; measures how long until every node's dashboard shows each, and how many bytes that takes. */
async function timeJoins(cluster: Cluster, watchers: readonly Watcher[]): Promise<Joins> {
  const connection = await openChannels(cluster.nodes[0]!.port, '/product_socket')
  const bytesBefore = await cluster.links.bytes('n1->n2')
  let slowestMs = 0
  for (let n = 0; n < joinsPerRound; n += 1) {
    const topic = freshCart()
    const startedMs = clock.monotonicMs()
    await connection.join(topic, { page: pages[0] })
    const known = () => watchers.every((one) => one.knows(topic.slice('cart:'.length)))
    await until(known, { what: 'every dashboard knows the cart', withinMs: seenWithinMs, everyMs: 1 })
    slowestMs = Math.max(slowestMs, clock.monotonicMs() - startedMs)
  }
  const meshBytes = ((await cluster.links.bytes('n1->n2')) - bytesBefore) / joinsPerRound
  const diffBytes = Math.max(...watchers.map((one) => one.lastDiffBytes()))
  connection.close()
  return { slowestMs, diffBytes, meshBytes }
}

/** Measures the joins while `entries` carts are open. */
async function withEntries(cluster: Cluster, entries: number, rounds: number, goOn: () => void): Promise<Joins[]> {
  const connections = await fill(cluster, entries)
  const watchers = await Promise.all(cluster.nodes.map(({ port }) => watch(port)))
  const complete = () => watchers.every((one) => one.shoppers() >= entries)
  await until(complete, { what: `every dashboard knows ${entries} carts`, withinMs: seenWithinMs })
  const results: Joins[] = []
  for (let round = 0; round < rounds; round += 1) {
    goOn()
    results.push(await timeJoins(cluster, watchers))
  }
  for (const connection of connections) connection.close()
  const gone = () => watchers.every((one) => one.shoppers() === 0)
  await until(gone, { what: 'every dashboard forgets the carts', withinMs: seenWithinMs })
  for (const watcher of watchers) watcher.close()
  return results
}

/** Presence costs as the number of shoppers grows. */
export const presence: Bench = {
  isWholeShop: true,
  summary: `${crowdSize} shoppers on a dashboard, and one more among ${manyEntries} tracked carts on ${nodes} nodes`,
  run: ({ rounds, say, goOn }) =>
    withStore(nodes, async (cluster) => {
      const shownMs: number[] = []
      for (let round = 0; round < rounds; round += 1) {
        goOn()
        say(`round ${round + 1} of ${rounds}: ${crowdSize} shoppers come and go`)
        shownMs.push(await timeToShowCrowd(cluster))
      }
      say(`${joinsPerRound} joins at a time among ${fewEntries} carts, then among ${manyEntries}`)
      const few = await withEntries(cluster, fewEntries, rounds, goOn)
      const many = await withEntries(cluster, manyEntries, rounds, goOn)
      const of = (joins: Joins[], what: keyof Joins) => figureOf(joins.map((one) => one[what]))
      const ratio = (what: keyof Joins) => figureOf(many.map((one, round) => one[what] / few[round]![what]))
      return {
        readings: [
          { what: `a change among ${fewEntries}`, unit: 'bytes', ...of(few, 'diffBytes') },
          { what: `a change among ${manyEntries}`, unit: 'bytes', ...of(many, 'diffBytes') },
          { what: `between nodes, among ${fewEntries}`, unit: 'bytes/join', ...of(few, 'meshBytes') },
          { what: `between nodes, among ${manyEntries}`, unit: 'bytes/join', ...of(many, 'meshBytes') },
        ],
        demands: [
          {
            what: `${crowdSize} shown`,
            unit: 's',
            atMost: true,
            goal: 5,
            gate: 5,
            ...figureOf(shownMs.map((ms) => ms / 1_000)),
          },
          {
            what: `join among ${manyEntries} seen`,
            unit: 's',
            atMost: true,
            goal: 2,
            gate: 2,
            ...figureOf(many.map(({ slowestMs }) => slowestMs / 1_000)),
          },
          { what: 'diff: many against few', unit: 'times', atMost: true, goal: 1.1, gate: 1.5, ...ratio('diffBytes') },
          { what: 'mesh: many against few', unit: 'times', atMost: true, goal: 1.5, gate: 3, ...ratio('meshBytes') },
        ],
      }
    }),
}
