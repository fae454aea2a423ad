import { z } from 'zod'
import type { Cluster } from '../cluster/cluster.ts'
import type { ClusterNode } from '../cluster/node.ts'
import { systemClock } from '../platform/clock.ts'
import { aNode } from './aims.ts'
import { defineFault } from './define-fault.ts'
import { type Draw, drawNode } from './draws.ts'
import { type Fault, seen, unseen, type Witness, witnessWithin } from './fault.ts'
import { witnessAddedLatency } from './latency-witness.ts'
import { type Arrived, describeArrivals, orderOf, probeMessages } from './message-probe.ts'
import { milliseconds, optionsOf } from './options.ts'

const quietMs = 500
const brokenWithinMs = 3_000
const normalWithinMs = 10_000
const defaultDelayMs = 400
const mostOfIt = 0.8

/** Kinds of messages between nodes, by the beginnings of their topics. */
const messageKinds = {
  /** Sales and releases, after which every node reads its copy again. */
  replication: ['inventory_replication'],
  /** What every node passes on to its clients. */
  news: ['shop_news', 'item_out:'],
  /** Between the tabs of one shopper. */
  carts: ['cart:'],
  /** Changes, heartbeats, requests and replies of the trackers. */
  trackers: ['tracker:'],
  /** Broadcasts to the demo channels. */
  broadcasts: ['ping'],
} as const

const kindNames = Object.keys(messageKinds) as (keyof typeof messageKinds)[]

const which = {
  kinds: z.array(z.enum(kindNames)).meta({ description: 'which messages' }).default([]),
  topics: z.array(z.string()).meta({ description: 'which messages, by the beginnings of their topics' }).default([]),
}

interface Which {
  kinds: (keyof typeof messageKinds)[]
  topics: string[]
}

const topicsIn = ({ kinds, topics }: Which): string[] => [...topics, ...kinds.flatMap((kind) => messageKinds[kind])]
const namesSome = (options: Which) => topicsIn(options).length > 0
const namesNone = { error: 'needs the option kinds or topics: which messages are meant' }

const anyMessages = optionsOf(which).refine(namesSome, namesNone)
const delayedMessages = optionsOf({
  ...which,
  delayMs: milliseconds('how late they come').default(defaultDelayMs),
}).refine(namesSome, namesNone)

type Effect = 'drop' | 'delay' | 'duplicate' | 'reorder'

interface Rule {
  topics: string[]
  effect: Effect
  delayMs: number
}

/** A node is given all its rules at once: each fault adds and removes its own. */
const rulesOf = new WeakMap<ClusterNode, Rule[]>()

function change(node: ClusterNode, make: (rules: Rule[]) => Rule[]) {
  const rules = make(rulesOf.get(node) ?? [])
  rulesOf.set(node, rules)
  return node.control.tamper(rules)
}

const probeTopicOf = (effect: Effect) => `ping:${effect}`
/** Topics that anybody may join, and whose messages arrive as they were sent. */
const controlTopics = ['ping:control', 'wild:1:2', 'dupe']

/** One that no rule of the node touches. */
function controlTopicOf(node: ClusterNode): string | undefined {
  const touched = (rulesOf.get(node) ?? []).flatMap(({ topics }) => topics)
  return controlTopics.find((one) => !touched.some((beginning) => one.startsWith(beginning)))
}

type Look = () => Promise<Arrived | string>

/** One look while the machine was busy proves nothing, neither the fault nor its end. */
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

/** As messages keep their order, only the fault lets the first of them come later than the control message: one look is enough. */
const areLate = (look: Look, delayMs: number) =>
  witnessAddedLatency(
    async () => {
      const arrived = await look()
      if (typeof arrived === 'string') return arrived
      const [first] = arrived.arrivals
      return first && orderOf(arrived.arrivals) === '1,2'
        ? { tookMs: first.tookMs, controlMs: arrived.controlMs }
        : describeArrivals(arrived)
    },
    { what: 'a message from another node', leastMs: mostOfIt * delayMs, enough: 1 },
    systemClock,
  )

/** What a client sees of each effect. */
const signatures: Record<Effect, (look: Look, delayMs: number) => Promise<Witness>> = {
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

/**
 * A client of the node feels it on a topic of its own that is treated alike, against a control message on a topic that is not (FI-8,
 * FI-9).
 */
function tamper(cluster: Cluster, target: string, effect: Effect, which: Which, delayMs = defaultDelayMs): Fault {
  const to = cluster.node(target)
  const topic = probeTopicOf(effect)
  const rule: Rule = { topics: [...topicsIn(which), topic], effect, delayMs }
  async function look() {
    const controlTopic = controlTopicOf(to)
    if (!controlTopic) return `the fault touches all of ${controlTopics.join(', ')}, so nothing can be compared`
    return probeMessages({ from: senderTo(cluster, to), to, topic, controlTopic, lateMs: delayMs + quietMs })
  }
  const normalMs = effect === 'delay' ? mostOfIt * delayMs : Number.POSITIVE_INFINITY
  return {
    inject: async () => void (await change(to, (rules) => [...rules, rule])),
    witnessOn: () => signatures[effect](look, delayMs),
    heal: async () => void (await change(to, (rules) => rules.filter((one) => one !== rule))),
    witnessOff: () => areNormal(normalMs)(look),
  }
}

function senderTo(cluster: Cluster, { name }: ClusterNode): ClusterNode {
  const sender = cluster.nodes.find((one) => one.name !== name && one.running)
  if (sender) return sender
  throw new Error('messages between nodes need a second node')
}

const drawInternal: Draw = (random, targets) => ({
  ...drawNode(random, targets),
  options: { topics: [...targets.internalTopics] },
})
const drawTopicsThatMayLose: Draw = (random, targets) => ({
  ...drawNode(random, targets),
  options: { topics: [...targets.topicsThatMayLose] },
})

const common = { aim: aNode, simulated: true } as const
/** The witnesses send from another node, whichever that is. */
const drawn = { ways: [drawInternal], alsoNeeds: 'every node' } as const

export const messagesDrop = defineFault({
  ...common,
  kind: 'messages.drop',
  title: 'messages of other nodes are lost on their way into a node',
  options: anyMessages,
  create: (cluster, target, options) => tamper(cluster, target, 'drop', options),
  explains: (options) => ({ at: 'into-node', topics: topicsIn(options) }),
  drawn: { ...drawn, ways: [drawTopicsThatMayLose] },
})

export const messagesDelay = defineFault({
  ...common,
  kind: 'messages.delay',
  title: 'messages of other nodes come late',
  options: delayedMessages,
  create: (cluster, target, options) => tamper(cluster, target, 'delay', options, options.delayMs),
  drawn,
})

export const messagesDuplicate = defineFault({
  ...common,
  kind: 'messages.duplicate',
  title: 'messages of other nodes come twice',
  options: anyMessages,
  create: (cluster, target, options) => tamper(cluster, target, 'duplicate', options),
  drawn,
})

export const messagesReorder = defineFault({
  ...common,
  kind: 'messages.reorder',
  title: 'messages of other nodes overtake each other',
  options: delayedMessages,
  create: (cluster, target, options) => tamper(cluster, target, 'reorder', options, options.delayMs),
  drawn,
})
