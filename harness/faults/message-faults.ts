import type { Cluster } from '../cluster/cluster.ts'
import type { ClusterNode } from '../cluster/node.ts'
import { systemClock } from '../platform/clock.ts'
import { type FaultKind, seen, unseen, type Witness, witnessWithin } from './fault.ts'
import { witnessAddedLatency } from './latency-witness.ts'
import { type Arrived, describeArrivals, orderOf, probeMessages } from './message-probe.ts'

const quietMs = 500
const brokenWithinMs = 3_000
const normalWithinMs = 10_000
const defaultDelayMs = 400
const mostOfIt = 0.8

/** What nodes tell each other, by the beginnings of its topics. */
export const messageKinds = {
  /** Sales and releases: every node reads its copy again. */
  replication: ['inventory_replication'],
  /** What every node tells its clients. */
  news: ['shop_news', 'item_out:'],
  /** Tabs of one shopper, on whichever nodes. */
  carts: ['cart:'],
  /** Changes, heartbeats, requests and replies of the trackers. */
  trackers: ['tracker:'],
  /** What somebody broadcasts to the demo channels. */
  broadcasts: ['ping'],
} as const

const topicsOf = (kind: string): readonly string[] => {
  if (Object.hasOwn(messageKinds, kind)) return messageKinds[kind as keyof typeof messageKinds]
  throw new Error(`there are no messages of the kind ${kind}; there are ${Object.keys(messageKinds).join(', ')}`)
}

type Effect = 'drop' | 'delay' | 'duplicate' | 'reorder'

interface Rule {
  topics: string[]
  effect: Effect
  delayMs: number
}

/** The node knows all its rules or none: each fault puts in and takes out its own. */
const rulesOf = new WeakMap<ClusterNode, Rule[]>()

function change(node: ClusterNode, make: (rules: Rule[]) => Rule[]) {
  const rules = make(rulesOf.get(node) ?? [])
  rulesOf.set(node, rules)
  return node.control.tamper(rules)
}

const probeTopicOf = (effect: Effect) => `ping:${effect}`
/** Topics that anybody may join, and whose messages reach him as they are. */
const besideTopics = ['ping:beside', 'wild:1:2', 'dupe']

/** One that no rule of the node touches. */
function besideTopicOf(node: ClusterNode): string | undefined {
  const touched = (rulesOf.get(node) ?? []).flatMap(({ topics }) => topics)
  return besideTopics.find((one) => !touched.some((beginning) => one.startsWith(beginning)))
}

type Look = () => Promise<Arrived | string>

/** One look at which the machine was busy is no sign, of the fault or of its end. */
const looks = (withinMs: number, fits: (arrived: Arrived) => boolean) => (look: Look) =>
  witnessWithin(
    withinMs,
    async () => {
      const arrived = await look()
      if (typeof arrived === 'string') return unseen(arrived)
      return fits(arrived) ? seen(describeArrivals(arrived)) : unseen(describeArrivals(arrived))
    },
    systemClock,
  )

/** As messages keep their order, only the fault lets the first of them come later than one beside them: one look is enough. */
const areLate = (look: Look, delayMs: number) =>
  witnessAddedLatency(
    async () => {
      const arrived = await look()
      if (typeof arrived === 'string') return arrived
      const [first] = arrived.arrivals
      return first && orderOf(arrived.arrivals) === '1,2'
        ? { tookMs: first.tookMs, besideMs: arrived.besideMs }
        : describeArrivals(arrived)
    },
    { what: 'a message from another node', leastMs: mostOfIt * delayMs, enough: 1 },
    systemClock,
  )

/** What a client sees of each effect. */
const signs: Record<Effect, (look: Look, delayMs: number) => Promise<Witness>> = {
  drop: looks(brokenWithinMs, ({ arrivals }) => arrivals.length === 0),
  delay: areLate,
  duplicate: looks(brokenWithinMs, ({ arrivals }) => arrivals.length === 4),
  reorder: looks(brokenWithinMs, ({ arrivals }) => orderOf(arrivals) === '2,1'),
}

const areNormal = (leastMs: number) =>
  looks(
    normalWithinMs,
    ({ arrivals }) => orderOf(arrivals) === '1,2' && arrivals.every(({ tookMs }) => tookMs < leastMs),
  )

/** The topics that options name, by themselves or by kinds; throws when there are none. */
function topicsIn(options: object, effect: Effect): string[] {
  const { kinds = [], topics = [] } = options as { kinds?: string[]; topics?: string[] }
  const named = [...topics, ...kinds.flatMap(topicsOf)]
  if (named.length > 0) return named
  throw new Error(
    `messages.${effect} needs the option kinds (${Object.keys(messageKinds).join(', ')}) or topics, a list of beginnings of topics`,
  )
}

/**
 * Messages of other nodes are lost, late, doubled or overtaken on their way into one node; option `kinds` says which, or `topics`, by
 * the beginnings of their topics. A client of the node feels it on a topic of its own that is treated alike (FI-8, FI-9).
 */
const messageFault =
  (effect: Effect): FaultKind =>
  (cluster, target, options) => {
    const to = cluster.node(target)
    const delayMs = Number(options.delayMs ?? defaultDelayMs)
    const topic = probeTopicOf(effect)
    const rule: Rule = { topics: [...topicsIn(options, effect), topic], effect, delayMs }
    async function look() {
      const besideTopic = besideTopicOf(to)
      if (!besideTopic) return `no topic of ${besideTopics.join(', ')} is let alone, so nothing can be compared`
      return probeMessages({ from: senderTo(cluster, to), to, topic, besideTopic, lateMs: delayMs + quietMs })
    }
    const normalMs = effect === 'delay' ? mostOfIt * delayMs : Number.POSITIVE_INFINITY
    return {
      inject: async () => void (await change(to, (rules) => [...rules, rule])),
      witnessOn: () => signs[effect](look, delayMs),
      heal: async () => void (await change(to, (rules) => rules.filter((one) => one !== rule))),
      witnessOff: () => areNormal(normalMs)(look),
    }
  }

function senderTo(cluster: Cluster, { name }: ClusterNode): ClusterNode {
  const sender = cluster.nodes.find((one) => one.name !== name && one.running)
  if (sender) return sender
  throw new Error('messages between nodes need a second node')
}

export const messagesDrop = messageFault('drop')
export const messagesDelay = messageFault('delay')
export const messagesDuplicate = messageFault('duplicate')
export const messagesReorder = messageFault('reorder')
