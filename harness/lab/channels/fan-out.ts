import { type Channels, openChannels } from '../../clients/channels.ts'
import type { ClusterNode } from '../../cluster/node.ts'
import { median } from '../../stats/percentile.ts'
import { exactly, isBetween } from '../finding.ts'
import { defineLab, type LabTools } from '../lab.ts'
import { inCountedRounds, ranMsOf } from './processor-time.ts'

/** One series of broadcasts to all clients. */
export interface FanOut {
  /** Time of the node's thread for each delivery, in µs; NaN where the system does not count it. */
  cpuUs: number
  deliveries: number
}

export interface FanOutRuns {
  plain: readonly FanOut[]
  intercepted: readonly FanOut[]
  /** What each client got of one change of each item, on one topic for all of them and on one for each. */
  broad: { bytes: number; items: number }
  narrow: { bytes: number; items: number }
}

const clientCount = 400
const broadcasts = 100
const rounds = 5
/** The clients only listen, for as long as it takes. */
const env = { APPS: 'hello', SOCKET_IDLE_TIMEOUT_MS: '600000' }
const itemCount = 10
const expected = clientCount * broadcasts
/** Something to encode: of a short message, most of the cost is the write. */
const numbers = Array.from({ length: 300 }, (_, index) => index)

const ratiosOf = ({ plain, intercepted }: FanOutRuns) =>
  intercepted.map(({ cpuUs }, round) => cpuUs / plain[round]!.cpuUs)
const costOf = (runs: readonly FanOut[]) => median(runs.map(({ cpuUs }) => cpuUs))

export const fanOut = defineLab<FanOutRuns>({
  name: 'channels/fan-out',
  title: `what a broadcast to ${clientCount} clients costs: intercepted or not, on a broad topic or a narrow one`,
  scaled: `${clientCount} clients instead of a whole audience, ${broadcasts} broadcasts of each kind in ${rounds} rounds, in turn; ${numbers.length} numbers in each.`,
  predictions: [
    {
      says: 'everybody gets every broadcast, intercepted or not',
      judge: ({ plain, intercepted }) =>
        exactly(
          [...plain, ...intercepted].every(({ deliveries }) => deliveries === expected),
          `${Math.min(...[...plain, ...intercepted].map(({ deliveries }) => deliveries))} of ${expected} at least`,
        ),
    },
    {
      says: 'an intercepted one costs the node more for each client: a handler runs and a frame is encoded for each, instead of once',
      judge(runs) {
        const ratios = ratiosOf(runs)
        const saw = `${median(ratios).toFixed(1)} times the processor time`
        return inCountedRounds(ratios, (ratio) => ratio > 1.5, saw)
      },
    },
    {
      says: `on one topic for ${itemCount} items a client is sent the changes of all, on a topic of its item a tenth of that`,
      judge({ broad, narrow }) {
        const times = broad.bytes / narrow.bytes
        return exactly(
          isBetween(times, 0.9 * itemCount, 1.1 * itemCount),
          `${Math.round(broad.bytes)} and ${Math.round(narrow.bytes)} bytes for each client`,
        )
      },
    },
    {
      says: 'so the broad topic shows everybody the whole stock, and the narrow one a client its item',
      judge: ({ broad, narrow }) =>
        exactly(broad.items === itemCount && narrow.items === 1, `${broad.items} and ${narrow.items} items seen`),
    },
  ],
  async run(tools) {
    const node = await tools.node(env)
    const clients = await open(node, () => ['ping'], clientCount)
    const measured = { plain: [] as FanOut[], intercepted: [] as FanOut[] }
    // The first round warms up.
    for (let round = 0; round <= rounds; round += 1) {
      tools.say(round === 0 ? 'warm-up' : `round ${round} of ${rounds}`)
      const sides = { plain: 'news', intercepted: 'request_ping' } as const
      for (const [side, event] of Object.entries(sides) as [keyof typeof sides, string][]) {
        const one = await broadcastAll({ node, clients, event }, tools)
        if (round > 0) measured[side].push(one)
      }
    }
    for (const client of clients) client.close()
    const broad = await changesSeen(node, () => 'ping', tools)
    const narrow = await changesSeen(node, (item) => `ping:${item}`, tools)
    await node.kill()
    return { ...measured, broad, narrow }
  },
  figures: ({ plain, intercepted }) => [
    { what: 'processor time of the node for each delivery, not intercepted', value: `${costOf(plain).toFixed(1)} µs` },
    { what: 'the same, intercepted', value: `${costOf(intercepted).toFixed(1)} µs` },
  ],
  charts: ({ plain, intercepted }) => [
    {
      title: 'Processor time for each delivery',
      x: 'round',
      y: 'µs',
      marks: 'dots',
      series: Object.entries({ 'not intercepted': plain, intercepted }).map(([name, runs]) => ({
        name,
        points: runs.map(({ cpuUs }, index) => [index + 1, cpuUs] as const),
      })),
    },
  ],
})

const deliveredWithinMs = 30_000

async function open(node: ClusterNode, topicsOf: (index: number) => readonly string[], count: number) {
  const clients = await Promise.all(Array.from({ length: count }, () => openChannels(node.port, '/socket')))
  await Promise.all(clients.flatMap((client, index) => topicsOf(index).map((topic) => client.join(topic))))
  return clients
}

interface Round {
  node: ClusterNode
  clients: readonly Channels[]
  event: string
}

async function broadcastAll({ node, clients, event }: Round, { until, goOn }: LabTools): Promise<FanOut> {
  let deliveries = 0
  for (const client of clients)
    client.onFrame(([, , , got]) => {
      if (got === 'news' || got === 'send_ping') deliveries += 1
    })
  const beforeMs = ranMsOf(node)
  for (let n = 0; n < broadcasts; n += 1) {
    goOn()
    await node.control.broadcast('ping', event, { n, numbers })
  }
  await until(() => deliveries >= expected, { what: 'everybody got every broadcast', withinMs: deliveredWithinMs })
  const afterMs = ranMsOf(node)
  return { cpuUs: (1_000 * (afterMs - beforeMs)) / expected, deliveries }
}

/** One client for each item, and one change of each item. */
async function changesSeen(node: ClusterNode, topicOf: (item: number) => string, { until }: LabTools) {
  const clients = await open(node, (index) => [topicOf(index + 1)], itemCount)
  const seen = clients.map(() => ({ bytes: 0, items: new Set<unknown>() }))
  for (const [index, client] of clients.entries())
    client.onFrame(([, , , event, payload], length) => {
      if (event !== 'change' && event !== 'end') return
      seen[index]!.bytes += event === 'change' ? length : 0
      seen[index]!.items.add((payload as { item?: number }).item ?? event)
    })
  for (let item = 1; item <= itemCount; item += 1)
    await node.control.broadcast(topicOf(item), 'change', { item, level: 'low' })
  // What is broadcast last arrives last.
  for (const topic of new Set(clients.map((_, index) => topicOf(index + 1))))
    await node.control.broadcast(topic, 'end', {})
  await until(() => seen.every(({ items }) => items.has('end')), { what: 'all changes have come', withinMs: 10_000 })
  for (const client of clients) client.close()
  return {
    bytes: seen.reduce((sum, one) => sum + one.bytes, 0) / itemCount,
    items: Math.max(...seen.map(({ items }) => items.size)) - 1,
  }
}
