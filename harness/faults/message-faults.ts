import { openChannels } from '../drivers/channels.ts'
import type { Cluster } from '../drivers/cluster.ts'
import type { ClusterNode } from '../drivers/node.ts'
import { systemClock } from '../platform/clock.ts'
import { type FaultKind, seen, unseen, type Witness, witnessWithin } from './fault.ts'

const quietMs = 500
/** Waiting between looks; a look takes about a second itself, so this allows four. */
const healthyWithinMs = 300
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

const topicOf = (deed: Deed) => `ping:${deed}`

/** Sends two numbered messages from another node and writes down what a client of the target gets. */
async function probe(cluster: Cluster, target: ClusterNode, { deed, delayMs }: Rule): Promise<Arrival[]> {
  const probeTopic = topicOf(deed)
  const sender = cluster.nodes.find(({ name, running }) => name !== target.name && running)
  if (!sender) throw new Error('messages between nodes need a second node')
  const connection = await openChannels(target.port, '/socket')
  const arrivals: Arrival[] = []
  let startedMs = 0
  connection.onFrame(([, , , event, payload]) => {
    if (event !== 'probe') return
    arrivals.push({ n: (payload as { n: number }).n, tookMs: systemClock.monotonicMs() - startedMs })
  })
  try {
    await connection.join(probeTopic)
    startedMs = systemClock.monotonicMs()
    for (const n of [1, 2]) await sender.control.broadcast(probeTopic, 'probe', { n })
    await systemClock.sleep(delayMs + quietMs)
    return arrivals
  } finally {
    connection.close()
  }
}

/** What a client sees of each deed. */
const shows: Record<Deed, (arrivals: readonly Arrival[], delayMs: number) => boolean> = {
  drop: (arrivals) => arrivals.length === 0,
  delay: (arrivals, delayMs) => arrivals.length === 2 && arrivals.every(({ tookMs }) => tookMs >= 0.8 * delayMs),
  duplicate: (arrivals) => arrivals.length === 4,
  reorder: (arrivals) => arrivals.map(({ n }) => n).join() === '2,1',
}
const isNormal = (arrivals: readonly Arrival[], delayMs: number) =>
  arrivals.map(({ n }) => n).join() === '1,2' && arrivals.every(({ tookMs }) => tookMs < 0.8 * delayMs)

const inWords = (arrivals: readonly Arrival[]) =>
  `of the messages 1, 2 from another node a client got ${arrivals.length === 0 ? 'none' : arrivals.map(({ n, tookMs }) => `${n} after ${Math.round(tookMs)} ms`).join(', ')}`

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
    const look = async (fits: (arrivals: readonly Arrival[], delayMs: number) => boolean): Promise<Witness> => {
      const arrivals = await probe(cluster, node, rule)
      return fits(arrivals, delayMs) ? seen(inWords(arrivals)) : unseen(inWords(arrivals))
    }
    return {
      inject: async () => void (await change(node, (rules) => [...rules, rule])),
      witnessOn: () => look(shows[deed]),
      heal: async () => void (await change(node, (rules) => rules.filter((one) => one !== rule))),
      // One message that was late because the machine was busy is no sign of the fault.
      witnessOff: () => witnessWithin(healthyWithinMs, () => look(isNormal), systemClock),
    }
  }

export const messagesDrop = messageFault('drop')
export const messagesDelay = messageFault('delay')
export const messagesDuplicate = messageFault('duplicate')
export const messagesReorder = messageFault('reorder')
