import { z } from 'zod'
import type { Targets } from '../../faults/draws.ts'
import { nodes, type PlannedFault, roundCount } from '../../plans/plan.ts'
import type { Trigger } from '../../plans/trigger.ts'
import type { Random } from '../../platform/random.ts'
import { checkoutWindow } from './checkout-window.ts'

/** The actions of random scenarios. */
export const storeAction = z.discriminatedUnion('do', [
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
export type StoreAction = z.infer<typeof storeAction>

export const residents = ['ann', 'ben', 'cid'] as const
/** Some items have few units, so that they sell out. */
export const stock: Record<number, number> = { 1: 3, 2: 6, 3: 50, 8: 2, 9: 50 }
/** Never sells out. */
export const plentiful = 3
/** Buys in every scenario; served by the first node. */
const [buyer] = residents
const [buyersNode] = nodes
/** Tabs of the one person with a browser: two pages of the store and one of the checkout. */
const shopTabs = 2
const tabCount = 3
const itemIds = Object.keys(stock).map(Number)
const actionsPerRound = 6

/** Without these actions, the checkers of purchases and messages would have nothing to check. */
export const drawAlways = (random: Random): StoreAction[] => [
  { do: 'publish', node: random.pick(nodes) },
  { do: 'sell', node: random.pick(nodes), itemId: plentiful },
  { do: 'buy', who: buyer },
]

/** Returns at most `most` distinct actions of participants who are in every scenario. */
export function drawMore(random: Random, most: number): StoreAction[] {
  const known = new Map<string, StoreAction>()
  for (let left = most; left > 0; left -= 1)
    for (const action of drawRounds(random, roundCount).flat())
      if (known.size < most && !isOfGuest(action)) known.set(JSON.stringify(action), action)
  return [...known.values()]
}

const isOfGuest = (action: StoreAction) => 'who' in action && !residents.some((name) => name === action.who)

/** Guests arrive and leave; a guest who has left takes no further action. */
export function drawRounds(random: Random, count: number): StoreAction[][] {
  const there: string[] = [...residents]
  let guests = 0
  return Array.from({ length: count }, () =>
    Array.from({ length: actionsPerRound }, (): StoreAction => {
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

/** Returns the action as one line of a plan. */
export function describeAction(action: StoreAction): string {
  if (action.do === 'add') return `${action.who} adds item ${action.itemId}`
  if (action.do === 'remove') return `${action.who} removes item ${action.itemId}`
  if (action.do === 'buy') return `${action.who} buys`
  if (action.do === 'click') return `alice adds item ${action.itemId} in tab ${action.tab + 1}`
  if (action.do === 'removeInTab') return `alice removes item ${action.itemId} in tab ${action.tab + 1}`
  if (action.do === 'reload') return `alice reloads tab ${action.tab + 1}`
  if (action.do === 'reloadDashboard') return 'the dashboard is loaded again'
  if (action.do === 'sell') return `${action.node} sells item ${action.itemId}`
  if (action.do === 'sellOnAllNodes') return `all nodes sell item ${action.itemId} at once`
  if (action.do === 'publish') return `${action.node} sends a message`
  return action.do === 'arrive' ? `${action.who} comes to ${action.node}` : `${action.who} goes`
}

/** Returns who executes the action: actions of one participant run in sequence, requests to nodes run concurrently. */
export const actorOf = (action: StoreAction): string | undefined => {
  if ('who' in action) return action.who
  return 'tab' in action ? `tab ${action.tab}` : undefined
}

/** The possible targets of faults. */
export const targets: Targets = {
  nodes,
  client: { name: 'alice', nodes: ['n1', 'n2'] },
  actors: ['Sneakers23.Inventory', 'Sneakers23.Replication.Server', 'Sneakers23.Repo'],
  topic: 'ping',
  internalTopics: ['tracker:', 'cart:', 'inventory_replication', 'shop_news'],
  // Message loss is allowed here, because a tracker requests what it missed and the ledger accounts for every numbered message.
  topicsThatMayLose: ['tracker:', 'ping'],
}

/** Returns trigger points that a round of these actions always reaches. The first round always has a purchase, a sale and a message. */
export function pointsOf(
  { target, fromRound }: Pick<PlannedFault, 'target' | 'fromRound'>,
  actions: readonly StoreAction[],
): Trigger[] {
  const sure = (['publish', 'sell'] as const).flatMap((name): Trigger[] => {
    const most = actions.filter((one) => one.do === name).length
    return most > 0 ? [{ after: 'op', name, count: most }] : []
  })
  if (fromRound > 0) return sure
  const hitsPurchase = target.includes('db') || target === buyersNode
  return [
    ...sure,
    { after: 'broadcast', topic: 'ping', count: 1 },
    ...(hitsPurchase ? [{ between: [...checkoutWindow.between] } satisfies Trigger] : []),
  ]
}
