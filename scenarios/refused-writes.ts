import {
  cartNeverLost,
  joinedTopics,
  neverOversold,
  nodesAgreeWithDatabase,
  ordersChargedOnce,
  presenceMatchesReality,
  type ScenarioContext,
  scenariosFor,
  viewsMatchFreshRender,
} from '../harness/index.ts'
import {
  everyNodeIsReady,
  inCart,
  listings,
  mustBe,
  mustHaveEnded,
  notDone,
  openDashboard,
  openShop,
  putIn,
  sees,
  soldUnits,
  succeeded,
  theTab,
} from './support.ts'

const { step, after } = scenariosFor('store')

const few = 3

/** What scenarios share in which the database refuses what is written: each brings its own fault. */
export const refusedWrites = {
  given: { stock: { 1: few, 2: few } },
  haveCarts: step('shoppers have carts', async (context) => {
    succeeded(await context.release('n1', 1), 'release')
    await putIn(context, await openShop(context, 'alice', 'n1'), 1)
    mustBe(await (await context.wireShopper('bob', 'n1')).add(2), 'ok', 'add')
    await openDashboard(context, 'boss', 'n1')
  }),
  tryAll: step('release, buy, and change a cart', async (context) => {
    context.scratch.set('release', await context.release('n1', 2))
    context.scratch.set('bought', await (await context.wireShopper('bob', 'n1')).buy())
    await putIn(context, theTab(context, 'alice'), 2)
    await theTab(context, 'alice').reload()
  }),
  async tryAgain(context: ScenarioContext<'store'>) {
    await everyNodeIsReady(context)
    succeeded(await context.release('n1', 2), 'release')
    context.scratch.set('bought later', await (await context.wireShopper('bob', 'n1')).buy())
  },
  expectations: [
    after(3, 'the release was refused, and nobody saw it', async (context) => {
      notDone(context.scratch.get('release') as never, 'release')
      await sees(context, 'alice', listings({ 1: 'sizes', 2: 'soon' }))
    }),
    after(3, 'nothing was bought', async (context) =>
      notDone({ kind: String(context.scratch.get('bought')) }, 'the purchase'),
    ),
    after(3, 'the cart was changed', (context) => sees(context, 'alice', inCart(1, 2))),
    after(4, 'it is on sale and bought', async (context) => {
      await sees(context, 'alice', listings({ 1: 'sizes', 2: 'sizes' }))
      mustHaveEnded(context, context.scratch.get('bought later'), 'ok', 'the purchase')
      mustBe(await soldUnits(context, 1, 2), [0, 1], 'sold')
    }),
  ],
  checkers: [
    viewsMatchFreshRender,
    nodesAgreeWithDatabase,
    neverOversold,
    ordersChargedOnce,
    cartNeverLost,
    joinedTopics,
    presenceMatchesReality,
  ],
}
