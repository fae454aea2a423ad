import { atMostOnce } from '../../checkers/core/at-most-once.ts'
import { joinedTopics } from '../../checkers/core/joined-topics.ts'
import { ownTopicsOnly } from '../../checkers/core/own-topics-only.ts'
import { isOnSale } from '../../cluster/cluster.ts'
import {
  type Action,
  describeFaults,
  nodes,
  type Plan,
  type PlannedFault,
  plentiful,
  residents,
  stock,
} from '../../plans/plan.ts'
import { within } from '../../platform/within.ts'
import type { ScenarioContext } from '../../runner/context.ts'
import type { Injected } from '../../runner/nemesis.ts'
import { after, type Scenario, scenario, step } from '../../scenario.ts'
import type { Checker } from '../../verdict/checker.ts'
import { cartNeverLost } from './checkers/cart-never-lost.ts'
import { neverOversold } from './checkers/never-oversold.ts'
import { noPresenceToShoppers } from './checkers/no-presence-to-shoppers.ts'
import { nodesAgreeWithDatabase } from './checkers/nodes-agree-with-database.ts'
import { oneAnnouncementPerChange } from './checkers/one-announcement-per-change.ts'
import { ordersChargedOnce } from './checkers/orders-charged-once.ts'
import { presenceJoinDeliveredOnce } from './checkers/presence-join-delivered-once.ts'
import { presenceMatchesReality } from './checkers/presence-matches-reality.ts'
import { purchasesLinearizable } from './checkers/purchases-linearizable.ts'
import { tabsConverge } from './checkers/tabs-converge.ts'
import { viewsMatchFreshRender } from './checkers/views-match-fresh-render.ts'
import { selectors } from './selectors.ts'
import type { Tab } from './shopper.ts'

/** All that must hold whatever happens. */
export const planCheckers: readonly Checker[] = [
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
  presenceJoinDeliveredOnce,
  purchasesLinearizable,
  tabsConverge,
  viewsMatchFreshRender,
]

const roundMs = 1_500
const readyWithinMs = 20_000
const actionWithinMs = 25_000
const clickWithinMs = 1_000
const pointWithinMs = 5_000

/**
 * The scenario that a plan tells. Everybody does one thing after the other and nobody waits for anybody else; how it ended stands in the
 * history.
 */
export function scenarioOfPlan(
  plan: Plan,
  id: string,
  told: Partial<Pick<Scenario, 'title' | 'covers'>> = {},
): Scenario {
  const doing: Promise<unknown>[] = []
  const turns = new Map<string, Promise<unknown>>()
  const active = new Map<PlannedFault, Injected>()
  const begin = async (context: ScenarioContext, fault: PlannedFault) =>
    void active.set(fault, await context.nemesis.inject(fault.kind, fault.target, fault.options))

  async function runRound(context: ScenarioContext, round: number, actions: readonly Action[]) {
    const begun = plan.faults.filter(({ fromRound }) => fromRound === round)
    for (const fault of begun.filter(({ when }) => !when)) await begin(context, fault)
    const later = await Promise.all(begun.map((fault) => fault.when && awaited(context, fault, fault.when)))
    for (const one of actions) inTurn(whoDoes(one), () => within(context.clock, actionWithinMs, act(context, one)))
    await Promise.all([context.clock.sleep(roundMs), ...later.map((passed) => passed?.())])
    for (const fault of plan.faults) if (fault.toRound === round) await active.get(fault)?.heal()
  }

  function inTurn(who: string | undefined, run: () => Promise<unknown>) {
    const mine = Promise.resolve(who && turns.get(who)).then(run)
    if (who) turns.set(who, mine)
    doing.push(mine)
  }

  const awaited = async (context: ScenarioContext, fault: PlannedFault, when: NonNullable<PlannedFault['when']>) => {
    const { passed } = await context.armTrigger(when, pointWithinMs)
    return async () => {
      await passed
      await begin(context, fault)
    }
  }

  return scenario({
    id,
    title: told.title ?? `a random scenario: ${describeFaults(plan)}`,
    invariant: 'Whatever is done and whatever breaks, every invariant holds when all is mended.',
    covers: told.covers ?? ['FI-18'],
    given: { nodes: nodes.length, pubsub: 'mesh', stock, env: { TRACKER_DOWN_MS: '3000', SOCKET_SILENT_MS: '6000' } },
    plan,
    steps: [
      step('shoppers, listeners and a dashboard', enter),
      ...plan.rounds.map((actions, round) =>
        step(`round ${round + 1}`, (context) => runRound(context, round, actions)),
      ),
      step('mend everything, and let everybody finish', async (context) => {
        await context.nemesis.healEverything()
        await Promise.all(doing)
        await everybodyReady(context)
      }),
      step('a message and a sale from every node, and a purchase', useTheShop),
    ],
    expectations: [after(plan.rounds.length + 3, 'everything works again', everythingWorks)],
    checkers: [...planCheckers],
  })
}

async function enter(context: ScenarioContext) {
  await Promise.all([enterByWire(context), openBrowsers(context)])
  for (const id of [1, 2]) await context.release('n1', id)
  await context.until('every node knows of the releases', readyWithinMs, () => isOnSale(context.cluster))
  await context.until('every resident has something in the cart', readyWithinMs, async () => {
    const answers = await Promise.all(context.wireShoppers().map((one) => one.add(plentiful)))
    return answers.every((answer) => answer === 'ok' || answer === 'duplicate_item')
  })
}

async function enterByWire(context: ScenarioContext) {
  for (const [index, name] of residents.entries()) await context.wireShopper(name, nodes[index]!, { page: '/' })
  for (const node of nodes) await (await context.client(`listener-${node}`, node)).join('ping')
}

async function openBrowsers(context: ScenarioContext) {
  await (await context.admin('boss')).open('n3', '/admin')
  const alice = await context.shopper('alice')
  for (const node of ['n1', 'n2']) await alice.open(node)
  await alice.open('n3', '/checkout')
  await context.until('the pages listen', readyWithinMs, async () => {
    const joins = await Promise.all(alice.tabs.map((tab) => tab.joins()))
    return joins.every(({ expected, joined }) => expected.length > 0 && joined.length === expected.length)
  })
}

async function useTheShop(context: ScenarioContext) {
  const buyer = context.wireShoppers().find(({ name }) => name === residents[0])!
  const shopping = async () => {
    // What the scenario sold out is rightly refused.
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

/** Nothing is broken any more, so nothing may fail. */
async function everythingWorks(context: ScenarioContext) {
  const ends = context.scratch.get('ends') as string[]
  if (ends.some((end) => end !== 'ok')) throw new Error(`messages, sales and a purchase ended ${ends.join(', ')}`)
}

/** People do one thing after the other; what a node is asked to do waits for nobody. */
const whoDoes = (action: Action): string | undefined => {
  if ('who' in action) return action.who
  return 'tab' in action ? `tab ${action.tab}` : undefined
}

/** A action that cannot be done now, or that nobody answers, is no failure of the scenario. */
async function act(context: ScenarioContext, action: Action): Promise<unknown> {
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

/** A page that was reloaded while its node was away shows an error of the browser: whoever sits there loads it again. */
async function everybodyReady(context: ScenarioContext) {
  await context.until('every node is ready and sees the others', readyWithinMs, async () => {
    const states = await Promise.all(context.cluster.nodes.map(({ control }) => control.ready()))
    return states.every(({ ready, peers }) => ready && Object.values(peers).every((isThere) => isThere))
  })
  for (const tab of [...context.shoppers(), ...context.admins()].flatMap(({ tabs }) => tabs))
    if (!(await isShown(tab))) await tab.reload().catch(() => undefined)
}

const isShown = (tab: Tab) =>
  tab.joins().then(
    ({ expected }) => expected.length > 0,
    () => false,
  )
