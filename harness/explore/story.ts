import { atMostOnce } from '../checkers/at-most-once.ts'
import { cartNeverLost } from '../checkers/cart-never-lost.ts'
import type { Checker } from '../checkers/checker.ts'
import { joinedTopics } from '../checkers/joined-topics.ts'
import { neverOversold } from '../checkers/never-oversold.ts'
import { noPresenceToShoppers } from '../checkers/no-presence-to-shoppers.ts'
import { nodesAgreeWithDatabase } from '../checkers/nodes-agree-with-database.ts'
import { ordersChargedOnce } from '../checkers/orders-charged-once.ts'
import { presenceMatchesReality } from '../checkers/presence-matches-reality.ts'
import { presenceToldOnce } from '../checkers/presence-told-once.ts'
import { purchasesLinearizable } from '../checkers/purchases-linearizable.ts'
import { tabsConverge } from '../checkers/tabs-converge.ts'
import { viewsMatchFreshRender } from '../checkers/views-match-fresh-render.ts'
import { isOnSale } from '../drivers/cluster.ts'
import type { Cast } from '../runner/context.ts'
import type { Injected } from '../runner/nemesis.ts'
import { type Scenario, scenario, step } from '../scenario.ts'
import { type Deed, nodes, type Plan, residents, stock } from './plan.ts'

/** All that must hold whatever happens. */
export const laws: readonly Checker[] = [
  atMostOnce,
  cartNeverLost,
  joinedTopics,
  neverOversold,
  noPresenceToShoppers,
  nodesAgreeWithDatabase,
  ordersChargedOnce,
  presenceMatchesReality,
  presenceToldOnce,
  purchasesLinearizable,
  tabsConverge,
  viewsMatchFreshRender,
]

const roundMs = 1_500
const readyWithinMs = 20_000
const deedWithinMs = 25_000
const clickWithinMs = 1_000

/** The story that a plan tells. Nobody waits for the answer to a deed before the next: how it ended stands in the history. */
export function storyOf(plan: Plan, id: string): Scenario {
  const running: Promise<unknown>[] = []
  const active = new Map<number, Injected>()
  return scenario({
    id,
    title: `a random story, seed 0x${plan.seed.toString(16)}`,
    define: 'Whatever is done and whatever breaks, every law holds when all is mended.',
    covers: ['FI-18'],
    given: { nodes: nodes.length, pubsub: 'mesh', stock, env: { TRACKER_DOWN_MS: '3000', SOCKET_SILENT_MS: '6000' } },
    steps: [
      step('shoppers, listeners and a dashboard', enter),
      ...plan.rounds.map((deeds, round) =>
        step(`round ${round + 1}`, async (cast) => {
          for (const [index, { kind, target, options, fromRound }] of plan.faults.entries())
            if (fromRound === round) active.set(index, await cast.nemesis.inject(kind, target, options))
          for (const one of deeds) running.push(within(cast, deedWithinMs, act(cast, one)))
          await cast.clock.sleep(roundMs)
          for (const [index, { toRound }] of plan.faults.entries())
            if (toRound === round) await active.get(index)?.heal()
        }),
      ),
      step('mend everything, and let everybody finish', async (cast) => {
        await cast.nemesis.healEverything()
        await Promise.all(running)
        await everybodyReady(cast)
      }),
    ],
    expectations: [],
    laws: [...laws],
  })
}

async function enter(cast: Cast) {
  for (const id of [1, 2]) await cast.release('n1', id)
  await cast.until('every node knows of the releases', readyWithinMs, () => isOnSale(cast.cluster))
  for (const [index, name] of residents.entries()) await cast.wireShopper(name, nodes[index]!, { page: '/' })
  for (const node of nodes) await (await cast.client(`listener-${node}`, node)).join('ping')
  await (await cast.admin('boss')).open('n3', '/admin')
  const alice = await cast.shopper('alice')
  for (const node of ['n1', 'n2']) await alice.open(node)
  await cast.until('the pages listen', readyWithinMs, async () => {
    const joins = await Promise.all(alice.tabs.map((tab) => tab.joins()))
    return joins.every(({ expected, joined }) => expected.length > 0 && joined.length === expected.length)
  })
}

/** A deed that cannot be done now, or that nobody answers, is no failure of the story. */
async function act(cast: Cast, deed: Deed): Promise<unknown> {
  const shopper = 'who' in deed ? cast.wireShoppers().find(({ name }) => name === deed.who) : undefined
  const tab = 'tab' in deed ? cast.shoppers()[0]?.tabs[deed.tab] : undefined
  if (deed.do === 'add') return shopper?.add(deed.itemId)
  if (deed.do === 'remove') return shopper?.remove(deed.itemId)
  if (deed.do === 'buy') return shopper && shopper.cart().items.length > 0 ? shopper.buy() : undefined
  if (deed.do === 'click')
    return tab?.page.click(`.size-container__entry[value='${deed.itemId}']`, { timeout: clickWithinMs })
  if (deed.do === 'reload') return tab?.reload()
  if (deed.do === 'sell') return cast.sell(deed.node, deed.itemId)
  if (deed.do === 'publish') return cast.publish(deed.node)
  if (deed.do === 'come') return cast.wireShopper(deed.who, deed.node, { page: '/' })
  return cast.dismiss(deed.who)
}

const within = (cast: Cast, ms: number, work: Promise<unknown>) =>
  Promise.race([work, cast.clock.sleep(ms)]).catch(() => undefined)

/** A page that was reloaded while its node was away shows an error of the browser: whoever sits there loads it again. */
async function everybodyReady(cast: Cast) {
  await cast.until('every node is ready', readyWithinMs, async () => {
    const states = await Promise.all(cast.cluster.nodes.map(({ control }) => control.ready()))
    return states.every(({ ready }) => ready)
  })
  for (const tab of cast.shoppers().flatMap(({ tabs }) => tabs))
    if ((await tab.cart().catch(() => undefined)) === undefined) await tab.reload().catch(() => undefined)
}
