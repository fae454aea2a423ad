import { atMostOnce } from '../../checkers/core/at-most-once.ts'
import { joinedTopics } from '../../checkers/core/joined-topics.ts'
import { ownTopicsOnly } from '../../checkers/core/own-topics-only.ts'
import { isOnSale } from '../../cluster/cluster.ts'
import {
  type Deed,
  inWords,
  nodes,
  type Plan,
  type PlannedFault,
  plentiful,
  residents,
  stock,
} from '../../plans/plan.ts'
import { within } from '../../platform/within.ts'
import type { Cast } from '../../runner/context.ts'
import type { Injected } from '../../runner/nemesis.ts'
import { after, type Scenario, scenario, step } from '../../scenario.ts'
import type { Checker } from '../../verdict/checker.ts'
import { cartNeverLost } from './checkers/cart-never-lost.ts'
import { neverOversold } from './checkers/never-oversold.ts'
import { noPresenceToShoppers } from './checkers/no-presence-to-shoppers.ts'
import { nodesAgreeWithDatabase } from './checkers/nodes-agree-with-database.ts'
import { oneAnnouncementPerChange } from './checkers/one-announcement-per-change.ts'
import { ordersChargedOnce } from './checkers/orders-charged-once.ts'
import { presenceToldOnce } from './checkers/presence-join-delivered-once.ts'
import { presenceMatchesReality } from './checkers/presence-matches-reality.ts'
import { purchasesLinearizable } from './checkers/purchases-linearizable.ts'
import { tabsConverge } from './checkers/tabs-converge.ts'
import { viewsMatchFreshRender } from './checkers/views-match-fresh-render.ts'
import { selectors } from './selectors.ts'
import type { Tab } from './shopper.ts'

/** All that must hold whatever happens. */
export const laws: readonly Checker[] = [
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
  presenceToldOnce,
  purchasesLinearizable,
  tabsConverge,
  viewsMatchFreshRender,
]

const roundMs = 1_500
const readyWithinMs = 20_000
const deedWithinMs = 25_000
const clickWithinMs = 1_000
const pointWithinMs = 5_000

/**
 * The story that a plan tells. Everybody does one thing after the other and nobody waits for anybody else; how it ended stands in the
 * history.
 */
export function storyOf(plan: Plan, id: string, told: Partial<Pick<Scenario, 'title' | 'covers'>> = {}): Scenario {
  const doing: Promise<unknown>[] = []
  const turns = new Map<string, Promise<unknown>>()
  const active = new Map<PlannedFault, Injected>()
  const begin = async (cast: Cast, fault: PlannedFault) =>
    void active.set(fault, await cast.nemesis.inject(fault.kind, fault.target, fault.options))

  async function tellRound(cast: Cast, round: number, deeds: readonly Deed[]) {
    const begun = plan.faults.filter(({ fromRound }) => fromRound === round)
    for (const fault of begun.filter(({ when }) => !when)) await begin(cast, fault)
    const later = await Promise.all(begun.map((fault) => fault.when && awaited(cast, fault, fault.when)))
    for (const one of deeds) inTurn(whoDoes(one), () => within(cast.clock, deedWithinMs, act(cast, one)))
    await Promise.all([cast.clock.sleep(roundMs), ...later.map((passed) => passed?.())])
    for (const fault of plan.faults) if (fault.toRound === round) await active.get(fault)?.heal()
  }

  function inTurn(who: string | undefined, run: () => Promise<unknown>) {
    const mine = Promise.resolve(who && turns.get(who)).then(run)
    if (who) turns.set(who, mine)
    doing.push(mine)
  }

  const awaited = async (cast: Cast, fault: PlannedFault, when: NonNullable<PlannedFault['when']>) => {
    const { passed } = await cast.lookFor(when, pointWithinMs)
    return async () => {
      await passed
      await begin(cast, fault)
    }
  }

  return scenario({
    id,
    title: told.title ?? `a random story: ${inWords(plan)}`,
    define: 'Whatever is done and whatever breaks, every law holds when all is mended.',
    covers: told.covers ?? ['FI-18'],
    given: {
      nodes: nodes.length,
      pubsub: 'mesh',
      stock,
      env: { TRACKER_DOWN_MS: '3000', SOCKET_IDLE_TIMEOUT_MS: '6000' },
    },
    plan,
    steps: [
      step('shoppers, listeners and a dashboard', enter),
      ...plan.rounds.map((deeds, round) => step(`round ${round + 1}`, (cast) => tellRound(cast, round, deeds))),
      step('mend everything, and let everybody finish', async (cast) => {
        await cast.nemesis.healEverything()
        await Promise.all(doing)
        await everybodyReady(cast)
      }),
      step('a message and a sale from every node, and a purchase', useTheShop),
    ],
    expectations: [after(plan.rounds.length + 3, 'everything works again', everythingWorks)],
    laws: [...laws],
  })
}

async function enter(cast: Cast) {
  await Promise.all([enterByWire(cast), openBrowsers(cast)])
  for (const id of [1, 2]) await cast.release('n1', id)
  await cast.until('every node knows of the releases', readyWithinMs, () => isOnSale(cast.cluster))
  await cast.until('every resident has something in the cart', readyWithinMs, async () => {
    const answers = await Promise.all(cast.wireShoppers().map((one) => one.add(plentiful)))
    return answers.every((answer) => answer === 'ok' || answer === 'duplicate_item')
  })
}

async function enterByWire(cast: Cast) {
  for (const [index, name] of residents.entries()) await cast.wireShopper(name, nodes[index]!, { page: '/' })
  for (const node of nodes) await (await cast.client(`listener-${node}`, node)).join('ping')
}

async function openBrowsers(cast: Cast) {
  await (await cast.admin('boss')).open('n3', '/admin')
  const alice = await cast.shopper('alice')
  for (const node of ['n1', 'n2']) await alice.open(node)
  await alice.open('n3', '/checkout')
  await cast.until('the pages listen', readyWithinMs, async () => {
    const joins = await Promise.all(alice.tabs.map((tab) => tab.joins()))
    return joins.every(({ expected, joined }) => expected.length > 0 && joined.length === expected.length)
  })
}

async function useTheShop(cast: Cast) {
  const buyer = cast.wireShoppers().find(({ name }) => name === residents[0])!
  const shopping = async () => {
    // What the story sold out is rightly refused.
    for (const { id } of buyer.cart().items) if (id !== plentiful) await buyer.remove(id)
    await buyer.add(plentiful)
    return { kind: await buyer.buy() }
  }
  const ends = await Promise.all([
    ...nodes.flatMap((node) => [cast.publish(node), cast.sell(node, plentiful)]),
    shopping(),
  ])
  cast.notes.set(
    'ends',
    ends.map(({ kind }) => kind),
  )
}

/** Nothing is broken any more, so nothing may fail. */
async function everythingWorks(cast: Cast) {
  const ends = cast.notes.get('ends') as string[]
  if (ends.some((end) => end !== 'ok')) throw new Error(`messages, sales and a purchase ended ${ends.join(', ')}`)
}

/** People do one thing after the other; what a node is asked to do waits for nobody. */
const whoDoes = (deed: Deed): string | undefined => {
  if ('who' in deed) return deed.who
  return 'tab' in deed ? `tab ${deed.tab}` : undefined
}

/** A deed that cannot be done now, or that nobody answers, is no failure of the story. */
async function act(cast: Cast, deed: Deed): Promise<unknown> {
  const shopper = 'who' in deed ? cast.wireShoppers().find(({ name }) => name === deed.who) : undefined
  const tab = 'tab' in deed ? cast.shoppers()[0]?.tabs[deed.tab] : undefined
  if (deed.do === 'add') return shopper?.add(deed.itemId)
  if (deed.do === 'remove') return shopper?.remove(deed.itemId)
  if (deed.do === 'buy') return shopper && shopper.cart().items.length > 0 ? shopper.buy() : undefined
  if (deed.do === 'click') return clickOn(tab, `${selectors.sizeEntry}[value='${deed.itemId}']`)
  if (deed.do === 'take') return clickOn(tab, `${selectors.cartRemove}[data-item-id='${deed.itemId}']`)
  if (deed.do === 'reload') return tab?.reload()
  if (deed.do === 'look') return cast.admins()[0]?.tabs[0]?.reload()
  if (deed.do === 'sell') return cast.sell(deed.node, deed.itemId)
  if (deed.do === 'rush') return Promise.all(nodes.map((node) => cast.sell(node, deed.itemId)))
  if (deed.do === 'publish') return cast.publish(deed.node)
  if (deed.do === 'come') return cast.wireShopper(deed.who, deed.node, { page: '/' })
  return cast.dismiss(deed.who)
}

const clickOn = (tab: Tab | undefined, selector: string) => tab?.page.click(selector, { timeout: clickWithinMs })

/** A page that was reloaded while its node was away shows an error of the browser: whoever sits there loads it again. */
async function everybodyReady(cast: Cast) {
  await cast.until('every node is ready and sees the others', readyWithinMs, async () => {
    const states = await Promise.all(cast.cluster.nodes.map(({ control }) => control.ready()))
    return states.every(({ ready, peers }) => ready && Object.values(peers).every((isThere) => isThere))
  })
  for (const tab of [...cast.shoppers(), ...cast.admins()].flatMap(({ tabs }) => tabs))
    if (!(await isShown(tab))) await tab.reload().catch(() => undefined)
}

const isShown = (tab: Tab) =>
  tab.joins().then(
    ({ expected }) => expected.length > 0,
    () => false,
  )
