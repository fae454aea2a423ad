import { z } from 'zod'
import { type FaultName, faults } from '../faults/index.ts'
import type { Random } from '../platform/random.ts'
import { describeTrigger, type Trigger, triggerShape } from './trigger.ts'

/** Something that somebody does. What became of it stands in the history. */
const action = z.discriminatedUnion('do', [
  z.object({ do: z.literal('add'), who: z.string(), itemId: z.number() }),
  z.object({ do: z.literal('remove'), who: z.string(), itemId: z.number() }),
  z.object({ do: z.literal('buy'), who: z.string() }),
  z.object({ do: z.literal('click'), tab: z.number(), itemId: z.number() }),
  z.object({ do: z.literal('removeInTab'), tab: z.number(), itemId: z.number() }),
  z.object({ do: z.literal('reload'), tab: z.number() }),
  z.object({ do: z.literal('reloadDashboard') }),
  z.object({ do: z.literal('sell'), node: z.string(), itemId: z.number() }),
  z.object({ do: z.literal('sellOnAllNodes'), itemId: z.number() }),
  z.object({ do: z.literal('publish'), node: z.string() }),
  z.object({ do: z.literal('arrive'), who: z.string(), node: z.string() }),
  z.object({ do: z.literal('leave'), who: z.string() }),
])
export type Action = z.infer<typeof action>

const isFault = (name: string): name is FaultName => Object.hasOwn(faults, name)
const plannedFault = z.object({
  kind: z.string().refine(isFault, 'is no fault') as unknown as z.ZodType<FaultName>,
  target: z.string(),
  options: z.record(z.string(), z.unknown()),
  /** Holds from the beginning of one round to the end of another. */
  fromRound: z.number().int().min(0),
  toRound: z.number().int().min(0),
  /** Begins only when the scenario passes this point, counted from the beginning of its first round. */
  when: triggerShape.optional(),
})
export type PlannedFault = z.infer<typeof plannedFault>

/** A scenario as data: what is done, round by round, and what is broken meanwhile. The same value tells the same scenario again. */
export const planShape = z
  .object({
    schemaVersion: z.literal(1),
    seed: z.number(),
    rounds: z.array(z.array(action)).min(1),
    faults: z.array(plannedFault),
  })
  .refine(
    ({ rounds, faults: planned }) =>
      planned.every(({ fromRound, toRound }) => fromRound <= toRound && toRound < rounds.length),
    'a fault holds from a round to the same or a later one, and there are no more rounds than are planned',
  )
export type Plan = z.infer<typeof planShape>

/** The same for plans that tell the same scenario, whatever seed they came from. */
export const shapeOf = ({ rounds, faults: planned }: Plan) => JSON.stringify([rounds, planned])

export const nodes = ['n1', 'n2', 'n3'] as const
export const residents = ['ann', 'ben', 'cid'] as const
/** Few of some, so that they sell out. */
export const stock: Record<number, number> = { 1: 3, 2: 6, 3: 50, 8: 2, 9: 50 }
/** Never sells out. */
export const plentiful = 3
/** The first resident buys in every scenario, and the first node serves that resident. */
const buyer = residents[0]
const buyersNode = nodes[0]
/** Of the one person with a browser: two pages of the shop and one of the checkout. */
const shopTabs = 2
const tabCount = 3
const itemIds = Object.keys(stock).map(Number)
const roundCount = 3
const actionsPerRound = 6
const internalTopics = ['tracker:', 'cart:', 'inventory_replication', 'shop_news']
/** What is missed of these is noticed (a tracker asks again) or explained (a numbered message has its ledger); of the others it is neither. */
const topicsThatMayLose = ['tracker:', 'ping']

/** A fault as it may come. */
interface Kind {
  kind: FaultName
  make(random: Random): { target: string; options?: Record<string, unknown> }
}

const pairOf = (random: Random) => {
  const from = random.pick(nodes)
  const to = random.pick(nodes.filter((node) => node !== from))
  return { target: `${from}->${to}` }
}
const nodeOf = (random: Random) => ({ target: random.pick(nodes) as string })
/** One node against the others. */
const splitOf = (random: Random) => {
  const alone = random.pick(nodes)
  return { target: `${alone}|${nodes.filter((node) => node !== alone).join(',')}` }
}
const clientOf = (random: Random) => ({ target: `alice->${random.pick(['n1', 'n2'])}` })
const listenersOf = (random: Random) => ({ target: `${random.pick(nodes)}/ping` })
const actors = ['Sneakers23.Inventory', 'Sneakers23.Replication.Server', 'Sneakers23.Repo']
const actorOf = (random: Random) => ({ target: `${random.pick(nodes)}/${random.pick(actors)}` })
const database = () => ({ target: 'db' })
const messagesOf = (random: Random) => ({ ...nodeOf(random), options: { topics: internalTopics } })

const toDatabase = (random: Random) => ({ target: `${random.pick(nodes)}->db` })

/**
 * Every fault that can come at random. Not `client.suspend`: a tab that sleeps holds up whoever clicks in it. Not `node.disconnect`: a process
 * cannot be taken off its network. Not those of Redis: these scenarios use the mesh.
 */
export const kinds: readonly Kind[] = [
  { kind: 'actor.kill', make: actorOf },
  {
    kind: 'clock.skew',
    make: (random) => ({ ...nodeOf(random), options: { skewMs: random.pick([-90_000, 90_000]) } }),
  },
  { kind: 'connection.drop', make: listenersOf },
  { kind: 'db.kill', make: database },
  { kind: 'db.out-of-connections', make: database },
  { kind: 'db.pause', make: database },
  { kind: 'db.read-only', make: database },
  { kind: 'db.slow', make: () => ({ ...database(), options: { delayMs: 200 } }) },
  { kind: 'handler.slow', make: (random) => ({ ...nodeOf(random), options: { delayMs: 800 } }) },
  { kind: 'link.bandwidth', make: (random) => ({ ...clientOf(random), options: { rateKiBps: 64 } }) },
  { kind: 'link.cut', make: pairOf },
  { kind: 'link.cut', make: clientOf },
  { kind: 'link.cut', make: toDatabase },
  { kind: 'link.cut-one-way', make: pairOf },
  { kind: 'link.latency', make: (random) => ({ ...pairOf(random), options: { delayMs: 300, jitterMs: 100 } }) },
  { kind: 'link.latency', make: (random) => ({ ...clientOf(random), options: { delayMs: 300, jitterMs: 100 } }) },
  { kind: 'link.loss', make: (random) => ({ ...clientOf(random), options: { lossPercent: 10, stallMs: 600 } }) },
  { kind: 'link.partition', make: splitOf },
  { kind: 'link.poor', make: (random) => ({ ...clientOf(random), options: { network: 'mobile-3g' } }) },
  { kind: 'link.reset', make: pairOf },
  { kind: 'link.reset', make: clientOf },
  { kind: 'messages.delay', make: messagesOf },
  { kind: 'messages.drop', make: (random) => ({ ...nodeOf(random), options: { topics: topicsThatMayLose } }) },
  { kind: 'messages.duplicate', make: messagesOf },
  { kind: 'messages.reorder', make: messagesOf },
  { kind: 'node.block', make: (random) => ({ ...nodeOf(random), options: { forMs: 2_000 } }) },
  { kind: 'node.kill', make: nodeOf },
  { kind: 'node.pause', make: nodeOf },
  { kind: 'node.stop', make: nodeOf },
]

/** What the seed makes of it; kinds that are wanted come first, so that a search sees every one. Pure. */
export function createPlan(random: Random, seed: number, wanted: readonly FaultName[] = []): Plan {
  const [first = [], ...rest] = roundsOf(random)
  const rounds = [[...always(random), ...first], ...rest]
  const faults: PlannedFault[] = []
  for (const [round, actions] of rounds.entries())
    faults.push(...faultsOf({ round, actions, before: faults, random, wanted: round === 0 ? wanted : [] }))
  return { schemaVersion: 1, seed, rounds, faults }
}

/** Without these the checkers of purchases and messages would have nothing to judge. */
const always = (random: Random): Action[] => [
  { do: 'publish', node: random.pick(nodes) },
  { do: 'sell', node: random.pick(nodes), itemId: plentiful },
  { do: 'buy', who: buyer },
]

interface Beginning {
  round: number
  actions: readonly Action[]
  before: readonly PlannedFault[]
  random: Random
  wanted: readonly FaultName[]
}

/** Up to two that begin in this round and touch nothing that is broken then, or was a round ago: who lost a connection comes back first. */
function faultsOf({ round, actions, before, random, wanted }: Beginning): PlannedFault[] {
  const taken = new Set(before.filter(({ toRound }) => toRound >= round - 1).flatMap(takenBy))
  const begun: PlannedFault[] = []
  for (let left = random.integer(round === 0 ? 1 : 0, 2); left > 0; left -= 1) {
    const { kind, make } = random.pick(oneOf(begun.length === 0 ? wanted : []))
    const { target, options = {} } = make(random)
    const parts = takenBy({ kind, target })
    if (parts.some((part) => taken.has(part))) continue
    const planned = { kind, target, options, fromRound: round, toRound: random.integer(round, roundCount - 1) }
    // What waits for a point of the scenario comes alone: nothing else may keep the scenario from that point.
    const points = taken.size === 0 && random.integer(1, 3) === 1 ? pointsOf(planned, actions) : []
    if (points.length > 0) return [{ ...planned, when: random.pick(points) }]
    for (const part of parts) taken.add(part)
    begun.push(planned)
  }
  return begun
}

const oneOf = (wanted: readonly FaultName[]) => {
  const first = kinds.filter(({ kind }) => wanted.includes(kind))
  return first.length > 0 ? first : kinds
}

/** Points that a round of these actions is sure to pass. Every scenario's first round has a purchase, a sale and a message. */
function pointsOf({ target, fromRound }: PlannedFault, actions: readonly Action[]): Trigger[] {
  const sure = (['publish', 'sell'] as const).flatMap((name): Trigger[] => {
    const most = actions.filter((one) => one.do === name).length
    return most > 0 ? [{ after: 'op', name, count: most }] : []
  })
  if (fromRound > 0) return sure
  const hitsPurchase = target.includes('db') || target === buyersNode
  return [
    ...sure,
    { after: 'broadcast', topic: 'ping', count: 1 },
    ...(hitsPurchase ? [{ between: ['reserve', 'commit'] } satisfies Trigger] : []),
  ]
}

/**
 * What a fault takes: two that take the same do not come together, or neither could be witnessed. `alice->n1` takes n1, `n2/ping` takes
 * n2; messages are witnessed by some from another node, which must be well, and a node is back only when it reaches its database.
 */
function takenBy({ kind, target }: Pick<PlannedFault, 'kind' | 'target'>): string[] {
  const parts = [...nodes, 'db'].filter((part) => target.includes(part))
  if (kind.startsWith('messages.')) return [...nodes]
  return kind.startsWith('node.') && kind !== 'node.block' ? [...parts, 'db'] : parts
}

/** Different actions, so many at most, of those whom every scenario has. */
export function randomActions(random: Random, most: number): Action[] {
  const known = new Map<string, Action>()
  for (let left = most; left > 0; left -= 1)
    for (const action of roundsOf(random).flat())
      if (known.size < most && !isOfGuest(action)) known.set(JSON.stringify(action), action)
  return [...known.values()]
}

const isOfGuest = (action: Action) => 'who' in action && !residents.some((name) => name === action.who)

/** Guests come and go; who has gone does nothing more. */
function roundsOf(random: Random): Action[][] {
  const there: string[] = [...residents]
  let guests = 0
  return Array.from({ length: roundCount }, () =>
    Array.from({ length: actionsPerRound }, (): Action => {
      const roll = random.integer(1, 24)
      const itemId = random.pick(itemIds)
      const shopTab = random.integer(0, shopTabs - 1)
      if (roll <= 6) return { do: 'add', who: random.pick(there), itemId }
      if (roll <= 8) return { do: 'remove', who: random.pick(there), itemId }
      if (roll <= 11) return { do: 'click', tab: shopTab, itemId }
      if (roll <= 12) return { do: 'removeInTab', tab: random.integer(0, tabCount - 1), itemId }
      if (roll <= 15) return { do: 'buy', who: random.pick(there) }
      if (roll <= 17) return { do: 'sell', node: random.pick(nodes), itemId }
      if (roll <= 18) return { do: 'sellOnAllNodes', itemId }
      if (roll <= 20) return { do: 'publish', node: random.pick(nodes) }
      if (roll <= 21) return { do: 'reload', tab: random.integer(0, tabCount - 1) }
      if (roll <= 22) return { do: 'reloadDashboard' }
      if (roll === 23 && there.length > residents.length) return { do: 'leave', who: there.pop()! }
      guests += 1
      const who = `guest-${guests}`
      there.push(who)
      return { do: 'arrive', who, node: random.pick(nodes) }
    }),
  )
}

/** One line that says what is broken when. */
export const describeFaults = ({ faults }: Plan): string =>
  faults.length === 0
    ? 'no fault'
    : faults
        .map(
          ({ kind, target, fromRound, toRound, when }) =>
            `${kind} ${target} (${when ? `${describeTrigger(when)}, ` : ''}round ${fromRound + 1} to ${toRound + 1})`,
        )
        .join(', ')
