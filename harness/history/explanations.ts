import { inFlightMs, redialMs } from '../timing.ts'
import type { History } from './history.ts'
import type { Explains, LedgerEntry } from './operation.ts'
import { leadingCount } from './sorted.ts'
import { isWithin, merged } from './spans.ts'

/** The path of a message to one subscriber. */
export interface Way {
  origin: string
  /** The subscriber's node; undefined for one that never joined. */
  node: string | undefined
  who: string
  topic: string
}

/** What the faults on one path explain. */
export interface Explanations {
  explainsLoss(sentMs: number): boolean
  /**
   * Whether a message that was certainly sent into a fault that keeps nothing arrived after it was healed; it must have been queued and
   * resent (AM-4). One that a node that stood still may have sent after the healing was not kept by anybody.
   */
  outlived(sent: SentBetween, gotMs: number): boolean
}

/** When a message was sent: it was asked for at `fromMs`, and sent at `toMs` at the latest. */
export interface SentBetween {
  fromMs: number
  toMs: number
}

interface WitnessedFault {
  explains: Explains
  parts: readonly string[]
  fromMs: number
  toMs: number
  /** When the fault was witnessed. */
  heldFromMs: number
  /** When healing was requested. */
  healedMs: number
}

/**
 * Only witnessed faults on the path of the message explain a loss: at its origin, at the subscriber's node, on the link between the
 * two or to Redis, or on the subscriber's own link. A fault that was only requested, or that was elsewhere, explains
 * nothing.
 */
export function explanationsOf(history: History): (way: Way) => Explanations {
  const faults = witnessedFaults(history)
  const hearing = faults.some(({ explains }) => explains.untilHeard) ? hearingOf(history) : () => []
  const ofWay = (way: Way) =>
    toExplanations(
      faults.filter((fault) => isOnTheWay(fault, way)),
      (fault) => lossesEndMs(fault, way, hearing, history.endMs),
    )
  // Nested maps by subscriber, node, origin and topic, because building a joined key would take longer than everything else.
  const known: Tree<Tree<Tree<Tree<Explanations>>>> = new Map()
  return (way) => {
    const ofWho = entry(known, way.who, () => new Map())
    const ofNode = entry(ofWho, way.node, () => new Map())
    const ofOrigin = entry(ofNode, way.origin, () => new Map())
    return entry(ofOrigin, way.topic, () => ofWay(way))
  }
}

type Tree<V> = Map<string | undefined, V>

function entry<V>(tree: Tree<V>, key: string | undefined, make: () => V): V {
  let value = tree.get(key)
  if (value === undefined) {
    value = make()
    tree.set(key, value)
  }
  return value
}

const witnessedFaults = ({ faults, endMs }: History): WitnessedFault[] =>
  faults.flatMap(({ target, parts = [target], explains, ...times }) => {
    const { witnessedOnMs, requestedMs, healRequestedMs, witnessedOffMs } = times
    if (witnessedOnMs === null || !explains) return []
    const [toMs, healedMs] = [witnessedOffMs ?? endMs, healRequestedMs ?? endMs]
    return [{ explains, parts, fromMs: requestedMs, toMs, heldFromMs: witnessedOnMs, healedMs }]
  })

/** `n1->n2` -> when a client of n2 received a message from n1, in order. */
type Hearing = (origin: string, node: string) => readonly number[]

function hearingOf(history: History): Hearing {
  const known = new Map<string, number[]>()
  for (const { event, node, value, tMs } of history.of('receive')) {
    if (event !== 'ledger' || node === undefined) continue
    const pair = `${(value as LedgerEntry).origin}->${node}`
    const heardMs = known.get(pair)
    if (heardMs) heardMs.push(tMs)
    else known.set(pair, [tMs])
  }
  return (origin, node) => known.get(`${origin}->${node}`) ?? []
}

/** Until when a fault explains losses on a path. A message that arrives long enough after the fault was sent after it. */
function lossesEndMs({ explains, toMs }: WitnessedFault, { origin, node }: Way, hearing: Hearing, endMs: number) {
  if (!explains.untilHeard || node === undefined || origin === node) return toMs + redialMs
  const heardMs = hearing(origin, node)
  const first = heardMs[leadingCount(heardMs, (tMs) => tMs <= toMs + inFlightMs)]
  return (first ?? endMs) + redialMs
}

function toExplanations(faults: readonly WitnessedFault[], lossesEnd: (fault: WitnessedFault) => number): Explanations {
  const losing = merged(faults.map((fault) => ({ fromMs: fault.fromMs - inFlightMs, toMs: lossesEnd(fault) })))
  const draining = faults
    .filter(({ explains }) => explains.keepsNothing)
    .toSorted((one, other) => one.healedMs - other.healedMs)
  return {
    explainsLoss: (sentMs) => isWithin(losing, sentMs, sentMs),
    outlived({ fromMs: askedMs, toMs: sentMs }, gotMs) {
      // Few faults are healed between the sending and the arrival of one message.
      for (let at = leadingCount(draining, ({ healedMs }) => healedMs < sentMs); at < draining.length; at += 1) {
        const { heldFromMs, healedMs } = draining[at]!
        if (healedMs > gotMs) return false
        if (heldFromMs <= askedMs) return true
      }
      return false
    },
  }
}

function isOnTheWay({ explains: { at, topics, untilHeard }, parts }: WitnessedFault, way: Way): boolean {
  if (topics && !topics.some((beginning) => way.topic.startsWith(beginning))) return false
  if (untilHeard && way.origin !== way.node) return true
  return parts.some((part) => passes[at](part, way))
}

/** Whether the path of a message crosses the fault. A message that stays on one node crosses neither another node nor Redis (NF-18). */
const passes: Record<Explains['at'], (part: string, way: Way) => boolean> = {
  node: (part, { origin, node }) => part === origin || part === node,
  link: (part, { origin, node, who }) =>
    part === `${personOf(who)}->${node}` ||
    (origin !== node && [`${origin}->${node}`, `${origin}->redis`, `${node}->redis`].includes(part)),
  'between-nodes': (_part, { origin, node }) => origin !== node,
  'into-node': (part, { origin, node }) => part === node && origin !== node,
}

/** All tabs of a person share the person's links. */
const personOf = (who: string) => who.split('#')[0]!
