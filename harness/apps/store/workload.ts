import type { Workload } from '../../app.ts'
import { atMostOnce } from '../../checkers/core/at-most-once.ts'
import { joinedTopics } from '../../checkers/core/joined-topics.ts'
import type { CoreContext } from '../../context.ts'
import { nodes } from '../../plans/plan.ts'
import { readyWithinMs, socketIdleTimeoutMs, trackerDownMs } from '../../timing.ts'
import type { Checker } from '../../verdict/checker.ts'
import {
  actorOf,
  describeAction,
  drawAlways,
  drawMore,
  drawRounds,
  plentiful,
  pointsOf,
  residents,
  type StoreAction,
  stock,
  storeAction,
  targets,
} from './actions.ts'
import { cartNeverLost } from './checkers/cart-never-lost.ts'
import { neverOversold } from './checkers/never-oversold.ts'
import { noPresenceToShoppers } from './checkers/no-presence-to-shoppers.ts'
import { nodesAgreeWithDatabase } from './checkers/nodes-agree-with-database.ts'
import { oneAnnouncementPerChange } from './checkers/one-announcement-per-change.ts'
import { ordersChargedOnce } from './checkers/orders-charged-once.ts'
import { ownTopicsOnly } from './checkers/own-topics-only.ts'
import { presenceChangesAddUp } from './checkers/presence-changes-add-up.ts'
import { presenceJoinDeliveredOnce } from './checkers/presence-join-delivered-once.ts'
import { presenceMatchesReality } from './checkers/presence-matches-reality.ts'
import { purchasesLinearizable } from './checkers/purchases-linearizable.ts'
import { rendersMatchDatabase } from './checkers/renders-match-database.ts'
import { tabsConverge } from './checkers/tabs-converge.ts'
import { viewsMatchFreshRender } from './checkers/views-match-fresh-render.ts'
import { isOnSale } from './control.ts'
import type { createOperations } from './operations.ts'
import { type People, tabsOf } from './people.ts'
import { readSimulatedPage } from './rendering.ts'
import { selectors } from './selectors.ts'
import type { Tab } from './shopper.ts'

type StoreContext = CoreContext & People & ReturnType<typeof createOperations>

/** The invariants that must hold under any fault. */
const workloadCheckers: readonly Checker[] = [
  atMostOnce,
  cartNeverLost,
  joinedTopics,
  neverOversold,
  noPresenceToShoppers,
  nodesAgreeWithDatabase,
  oneAnnouncementPerChange,
  ordersChargedOnce,
  ownTopicsOnly,
  presenceMatchesReality,
  presenceChangesAddUp,
  presenceJoinDeliveredOnce,
  purchasesLinearizable,
  rendersMatchDatabase,
  tabsConverge,
  viewsMatchFreshRender,
]

const clickWithinMs = 1_000

/** Residents and guests who buy, one person with a browser, one dashboard, and a listener on every node. */
export const storeWorkload: Workload<StoreAction, StoreContext> = {
  app: 'store',
  actions: storeAction,
  drawRounds,
  drawAlways,
  drawMore,
  describe: describeAction,
  targets,
  pointsOf,
  given: {
    stock,
    env: { TRACKER_DOWN_MS: String(trackerDownMs), SOCKET_IDLE_TIMEOUT_MS: String(socketIdleTimeoutMs) },
  },
  checkers: workloadCheckers,
  enter: { title: 'shoppers, listeners and a dashboard', run: enter },
  recover: reloadBrokenPages,
  finish: { title: 'a message and a sale from every node, and a purchase', run: useTheStore },
  everythingWorks,
  actorOf,
  run,
  simulation: { settings: { stock }, readEvent: readSimulatedPage },
}

async function enter(context: StoreContext) {
  await Promise.all([enterByWire(context), openBrowsers(context)])
  for (const id of [1, 2]) await context.release('n1', id)
  await context.until('every node knows of the releases', readyWithinMs, () => isOnSale(context.cluster))
  await context.until('every resident has something in the cart', readyWithinMs, async () => {
    const answers = await Promise.all(context.wireShoppers().map((one) => one.add(plentiful)))
    return answers.every((answer) => answer === 'ok' || answer === 'duplicate_item')
  })
}

async function enterByWire(context: StoreContext) {
  for (const [index, name] of residents.entries()) await context.wireShopper(name, nodes[index]!, { page: '/' })
  for (const node of nodes) await (await context.client(`listener-${node}`, node)).join('ping')
}

async function openBrowsers(context: StoreContext) {
  await (await context.admin('boss')).open('n3', '/admin')
  const alice = await context.shopper('alice')
  for (const node of ['n1', 'n2']) await alice.open(node)
  await alice.open('n3', '/checkout')
  await context.until('the pages listen', readyWithinMs, async () => {
    const joins = await Promise.all(alice.tabs.map((tab) => tab.joins()))
    return joins.every(({ expected, joined }) => expected.length > 0 && joined.length === expected.length)
  })
}

async function useTheStore(context: StoreContext) {
  const buyer = context.wireShoppers().find(({ name }) => name === residents[0])!
  const shopping = async () => {
    // The scenario may have sold these items out, in which case a refusal would be correct.
    for (const { id } of buyer.cart().items) if (id !== plentiful) await buyer.remove(id)
    await buyer.add(plentiful)
    return { kind: await buyer.buy() }
  }
  const ends = await Promise.all([
    ...nodes.flatMap((node) => [context.publish(node), context.sell(node, plentiful)]),
    shopping(),
  ])
  context.scratch.set(
    'ends',
    ends.map(({ kind }) => kind),
  )
}

/** All faults are healed, so every operation must succeed. */
async function everythingWorks(context: StoreContext) {
  const ends = context.scratch.get('ends') as string[]
  if (ends.some((end) => end !== 'ok')) throw new Error(`messages, sales and a purchase ended ${ends.join(', ')}`)
}

async function run(context: StoreContext, action: StoreAction): Promise<unknown> {
  const shopper = 'who' in action ? context.wireShoppers().find(({ name }) => name === action.who) : undefined
  const tab = 'tab' in action ? context.shoppers()[0]?.tabs[action.tab] : undefined
  if (action.do === 'add') return shopper?.add(action.itemId)
  if (action.do === 'remove') return shopper?.remove(action.itemId)
  if (action.do === 'buy') return shopper && shopper.cart().items.length > 0 ? shopper.buy() : undefined
  if (action.do === 'click') return clickOn(tab, `${selectors.sizeEntry}[value='${action.itemId}']`)
  if (action.do === 'removeInTab') return clickOn(tab, `${selectors.cartRemove}[data-item-id='${action.itemId}']`)
  if (action.do === 'reload') return tab?.reload()
  if (action.do === 'reloadDashboard') return context.admins()[0]?.tabs[0]?.reload()
  if (action.do === 'sell') return context.sell(action.node, action.itemId)
  if (action.do === 'sellOnAllNodes') return Promise.all(nodes.map((node) => context.sell(node, action.itemId)))
  if (action.do === 'publish') return context.publish(action.node)
  if (action.do === 'arrive') return context.wireShopper(action.who, action.node, { page: '/' })
  return context.disconnect(action.who)
}

const clickOn = (tab: Tab | undefined, selector: string) => tab?.page.click(selector, { timeout: clickWithinMs })

/** A page reloaded while its node was down shows a browser error, so it is loaded again, as a user would do. */
async function reloadBrokenPages(context: StoreContext) {
  for (const tab of tabsOf(context)) if (!(await isShown(tab))) await tab.reload().catch(() => undefined)
}

const isShown = (tab: Tab) =>
  tab.joins().then(
    ({ expected }) => expected.length > 0,
    () => false,
  )
