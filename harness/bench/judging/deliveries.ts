import type { FaultRecord, HistoryEvent } from '../../history/operation.ts'
import { type Random, seededRandom } from '../../platform/random.ts'
import { createGrowingHistory, type GrowingHistory } from './growing-history.ts'

export interface DeliveriesSpec {
  messages: number
  subscribers: number
  /** Distributed evenly over the messages. */
  faults: number
  seed: number
}

const nodes = ['n1', 'n2', 'n3'] as const
const topic = 'ping'
const publishEveryMs = 100
/** Shorter than the interval between two faults: 200 messages, 20 s. */
const faultLastsMs = 5_000

interface Subscriber {
  who: string
  node: string
  isJoined: boolean
}

interface World {
  history: GrowingHistory
  random: Random
  subscribers: Subscriber[]
  fault: FaultRecord | undefined
  lastFaultId: number
}

/**
 * A history of a correct cluster: each message reaches every subscriber once and in order, except where a witnessed fault on the path or
 * a lost connection explains the loss. There is no violation, so the checkers must examine the whole history.
 */
export function deliveriesHistory({ messages, subscribers, faults, seed }: DeliveriesSpec): HistoryEvent[] {
  const world = begin(subscribers, seed)
  const messagesPerFault = Math.floor(messages / Math.max(1, faults))
  for (let number = 0; number < messages; number += 1) {
    world.history.at(world.history.nowMs() + publishEveryMs)
    const place = number % messagesPerFault
    if (place === Math.floor(messagesPerFault / 2) && world.lastFaultId < faults) breakSomething(world)
    if (world.fault && world.history.nowMs() >= world.fault.requestedMs + faultLastsMs) mend(world)
    churn(world)
    publish(world, number)
  }
  finish(world)
  return world.history.events
}

function begin(subscriberCount: number, seed: number): World {
  const history = createGrowingHistory()
  const subscribers = Array.from({ length: subscriberCount }, (_, n) => ({
    who: `subscriber-${n}`,
    node: nodes[n % nodes.length]!,
    isJoined: false,
  }))
  const world: World = { history, random: seededRandom(seed), subscribers, fault: undefined, lastFaultId: 0 }
  for (const subscriber of subscribers) join(world, subscriber)
  history.at(5_000)
  return world
}

function join({ history }: World, subscriber: Subscriber) {
  subscriber.isJoined = true
  history.record({ type: 'connect', who: subscriber.who, node: subscriber.node })
  history.record({ type: 'join', who: subscriber.who, topic, node: subscriber.node })
}

function lose({ history }: World, subscriber: Subscriber) {
  subscriber.isJoined = false
  history.record({ type: 'disconnect', who: subscriber.who, node: subscriber.node })
}

const faultKinds = [
  { kind: 'link.cut', target: 'n1->n2', explains: { at: 'link', keepsNothing: true } },
  { kind: 'node.kill', target: 'n3', explains: { at: 'node' } },
  { kind: 'redis.kill', target: 'redis', explains: { at: 'between-nodes', keepsNothing: true } },
] as const

function breakSomething(world: World) {
  const { history, subscribers } = world
  world.lastFaultId += 1
  const kind = faultKinds[world.lastFaultId % faultKinds.length]!
  const requestedMs = history.nowMs()
  const seen = { witnessedOnMs: requestedMs + 80, healRequestedMs: null, witnessedOffMs: null }
  const witness = { on: 'seen to hold', off: 'not looked for yet' }
  world.fault = { id: world.lastFaultId, ...kind, options: {}, requestedMs, ...seen, witness }
  history.at(requestedMs + 80)
  history.record({ type: 'fault', who: 'nemesis', value: world.fault })
  if (kind.kind === 'node.kill') for (const one of subscribers) if (one.node === kind.target) lose(world, one)
}

function mend(world: World) {
  const { history, subscribers } = world
  const [healRequestedMs, witnessedOffMs] = [history.nowMs(), history.nowMs() + 40]
  history.at(witnessedOffMs)
  const value = { ...world.fault!, healRequestedMs, witnessedOffMs }
  history.record({ type: 'fault', who: 'nemesis', value })
  world.fault = undefined
  for (const one of subscribers) if (!one.isJoined) join(world, one)
}

/** Occasionally a subscriber loses the connection and rejoins before a later message; nobody reconnects while a node is down. */
function churn(world: World) {
  const { random, subscribers, fault } = world
  if (fault) return
  for (const one of subscribers) if (!one.isJoined) join(world, one)
  if (random.integer(1, 10) === 1) lose(world, random.pick(subscribers))
}

function publish({ history, random, subscribers, fault }: World, number: number) {
  const publisher = nodes[number % nodes.length]!
  if (fault?.target === publisher) return
  const value = { publisher, seq: Math.floor(number / nodes.length) + 1, origin: publisher }
  const end = history.begin(publisher, 'publish', value)
  history.record({ type: 'publish', who: publisher, topic, event: 'ledger', value })
  history.at(history.nowMs() + random.integer(1, 20))
  end('ok')
  for (const { who, node, isJoined } of subscribers)
    if (isJoined && !isLost(fault, publisher, node))
      history.record({ type: 'receive', who, topic, event: 'ledger', joinRef: null, node, value: { ...value } })
}

function isLost(fault: FaultRecord | undefined, origin: string, node: string): boolean {
  if (fault?.kind === 'link.cut') return fault.target === `${origin}->${node}`
  return fault?.kind === 'redis.kill' && origin !== node
}

function finish(world: World) {
  const { history, subscribers } = world
  if (world.fault) mend(world)
  for (const one of subscribers) if (!one.isJoined) join(world, one)
  history.at(history.nowMs() + 20_000)
  for (const { who } of subscribers)
    history.record({
      type: 'final',
      who,
      operation: 'joined',
      value: { connected: true, expected: [topic], joined: [topic] },
    })
}
