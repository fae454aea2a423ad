import { openChannels } from '../drivers/channels.ts'
import type { Cluster } from '../drivers/cluster.ts'
import type { ClusterNode } from '../drivers/node.ts'
import { systemClock } from '../platform/clock.ts'
import { askBeside, slowestMs, timed } from './beside.ts'
import { type FaultKind, inARow, seen, unseen, type Witness, witnessWithin } from './fault.ts'

const quietMs = 500
/** A look takes about a second. */
const lookWithinMs = 3_000
/** A client that gets no answer for so long, not even to a heartbeat, learns nothing of messages. */
const silentWithinMs = 5_000
const defaultDelayMs = 400

/** What nodes tell each other, by the beginnings of its topics. */
export const messageKinds = {
  /** Sales and releases: every node reads its copy again. */
  replication: ['inventory_replication'],
  /** What every node tells its clients. */
  news: ['shop_news', 'item_out:'],
  /** Tabs of one shopper, on whichever nodes. */
  carts: ['cart:'],
  /** Changes, heartbeats, questions and answers of the trackers. */
  trackers: ['tracker:'],
  /** What somebody broadcasts to the demo channels. */
  broadcasts: ['ping'],
} as const

const topicsOf = (kind: string): readonly string[] => {
  if (Object.hasOwn(messageKinds, kind)) return messageKinds[kind as keyof typeof messageKinds]
  throw new Error(`there are no messages of the kind ${kind}; there are ${Object.keys(messageKinds).join(', ')}`)
}

type Deed = 'drop' | 'delay' | 'duplicate' | 'reorder'

interface Rule {
  topics: string[]
  deed: Deed
  delayMs: number
}

/** The node knows all its rules or none: each fault puts in and takes out its own. */
const rulesOf = new WeakMap<ClusterNode, Rule[]>()

function change(node: ClusterNode, make: (rules: Rule[]) => Rule[]) {
  const rules = make(rulesOf.get(node) ?? [])
  rulesOf.set(node, rules)
  return node.control.tamper(rules)
}

interface Arrival {
  n: number
  tookMs: number
}

/** What came of the messages, and the slowest heartbeat of the same client meanwhile. */
interface Arrived {
  arrivals: Arrival[]
  besideMs: number
}

const topicOf = (deed: Deed) => `ping:${deed}`

async function sendTwo(sender: ClusterNode, topic: string, listenMs: number) {
  for (const n of [1, 2]) await sender.control.broadcast(topic, 'probe', { n })
  await systemClock.sleep(listenMs)
}

/** Sends two numbered messages from another node and writes down what a client of the target gets. */
async function probe(cluster: Cluster, target: ClusterNode, { deed, delayMs }: Rule): Promise<Arrived> {
  const probeTopic = topicOf(deed)
  const sender = cluster.nodes.find(({ name, running }) => name !== target.name && running)
  if (!sender) throw new Error('messages between nodes need a second node')
  const connection = await openChannels(target.port, '/socket')
  const cancel = systemClock.after(delayMs + silentWithinMs, connection.close)
  const arrivals: Arrival[] = []
  let startedMs = 0
  const heartbeat = () => timed(connection.ask('phoenix', 'heartbeat', {}), systemClock)
  connection.onFrame(([, , , event, payload]) => {
    if (event !== 'probe') return
    arrivals.push({ n: (payload as { n: number }).n, tookMs: systemClock.monotonicMs() - startedMs })
  })
  try {
    await connection.join(probeTopic)
    startedMs = systemClock.monotonicMs()
    const sending = sendTwo(sender, probeTopic, delayMs + quietMs)
    const heartbeats = await askBeside(sending, heartbeat, systemClock)
    await sending
    return { arrivals, besideMs: slowestMs(heartbeats) }
  } finally {
    cancel()
    connection.close()
  }
}

const areLater = (arrivals: readonly Arrival[], leastMs: number) => arrivals.every(({ tookMs }) => tookMs >= leastMs)

/** What a client sees of each deed, whose heartbeats are answered meanwhile. */
const shows: Record<Deed, (arrived: Arrived, delayMs: number) => boolean> = {
  drop: ({ arrivals, besideMs }) => arrivals.length === 0 && besideMs < quietMs,
  delay: ({ arrivals, besideMs }, delayMs) => arrivals.length === 2 && areLater(arrivals, besideMs + 0.8 * delayMs),
  duplicate: ({ arrivals }) => arrivals.length === 4,
  reorder: ({ arrivals }) => orderOf(arrivals) === '2,1',
}
const orderOf = (arrivals: readonly Arrival[]) => arrivals.map(({ n }) => n).join()
const isNormal = ({ arrivals }: Arrived, delayMs: number) =>
  orderOf(arrivals) === '1,2' && arrivals.every(({ tookMs }) => tookMs < 0.8 * delayMs)

const inWords = ({ arrivals, besideMs }: Arrived) => {
  const got = arrivals.map(({ n, tookMs }) => `${n} after ${Math.round(tookMs)} ms`).join(', ') || 'none'
  return `of the messages 1, 2 from another node a client got ${got}, and answers to its heartbeats within ${Math.round(besideMs)} ms`
}

/**
 * Messages of other nodes are lost, late, doubled or overtaken on their way into one node; option `kinds` says which, or `topics`, by
 * the beginnings of their topics. A client of the node feels it on a topic of its own that is treated alike (FI-8, FI-9).
 */
const messageFault =
  (deed: Deed): FaultKind =>
  (cluster, target, options) => {
    const node = cluster.node(target)
    const { kinds = [], topics: named = [] } = options as { kinds?: string[]; topics?: string[] }
    const topics = [...named, ...kinds.flatMap(topicsOf)]
    if (topics.length === 0)
      throw new Error(
        `messages.${deed} needs the option kinds (${Object.keys(messageKinds).join(', ')}) or topics, a list of beginnings of topics`,
      )
    const delayMs = Number(options.delayMs ?? defaultDelayMs)
    const rule: Rule = { topics: [...topics, topicOf(deed)], deed, delayMs }
    async function look(fits: (arrived: Arrived, delayMs: number) => boolean): Promise<Witness> {
      const arrived = await probe(cluster, node, rule)
      return fits(arrived, delayMs) ? seen(inWords(arrived)) : unseen(inWords(arrived))
    }
    // One look at which the machine was busy is no sign, of the fault or of its end.
    const looks = (fits: (arrived: Arrived, delayMs: number) => boolean, times = 1) =>
      witnessWithin(lookWithinMs, () => inARow(times, () => look(fits)), systemClock)
    return {
      inject: async () => void (await change(node, (rules) => [...rules, rule])),
      witnessOn: () => looks(shows[deed], 2),
      heal: async () => void (await change(node, (rules) => rules.filter((one) => one !== rule))),
      witnessOff: () => looks(isNormal),
    }
  }

export const messagesDrop = messageFault('drop')
export const messagesDelay = messageFault('delay')
export const messagesDuplicate = messageFault('duplicate')
export const messagesReorder = messageFault('reorder')
