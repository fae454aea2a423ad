import {
  cartNeverLost,
  neverOversold,
  nodesAgreeWithDatabase,
  ordersChargedOnce,
  scenariosFor,
  tabsConverge,
} from '../../harness/index.ts'
import {
  goToCheckout,
  grayed,
  inCart,
  listens,
  mustBe,
  seesIn,
  soldUnits,
  succeeded,
  takeOut,
  theTab,
} from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const cart = [1, 2, 9]
const [last] = [9]

export default scenario({
  id: 'cart/sold-out-at-checkout',
  title: 'an item sells out while the checkout page is open',
  invariant:
    'The page says so before anybody pays; whoever buys all the same gets nothing, and nothing is announced; the rest is bought by the only tab that is left, and does not come back into the cart.',
  covers: ['CT-55', 'CT-57', 'CT-59', 'CT-60', 'DF-87', 'DF-88', 'DF-90'],
  tags: ['browser'],
  given: { stock: { 1: 2, 2: 1, [last]: 1 } },
  steps: [
    step('go to the checkout with three items', async (context) => {
      await goToCheckout(context, 'alice', cart, 'n1')
    }),
    step('somebody else buys the last of one', async (context) => succeeded(await context.sell('n3', last), 'sale')),
    step(
      'buy all the same',
      async (context) => void context.scratch.set('status', (await theTab(context, 'alice', 1).buy()).status),
    ),
    step('close the other tab, take it out and buy the rest', async (context) => {
      await theTab(context, 'alice').close()
      const tab = theTab(context, 'alice')
      await seesIn(context, tab, grayed(last))
      await takeOut(context, tab, last)
      context.scratch.set('rest', (await tab.buy()).status)
      // No other tab knows what was bought: only the page of the order can tell this one.
      await listens(context, tab)
      await tab.reload()
      await listens(context, tab)
    }),
  ],
  expectations: [
    after(2, 'the checkout page grays it', (context) => seesIn(context, theTab(context, 'alice', 1), grayed(last))),
    after(3, 'it was refused', async (context) => mustBe(context.scratch.get('status'), 409, 'status')),
    after(3, 'nothing was sold', async (context) => mustBe(await soldUnits(context, ...cart), [0, 0, 1], 'sold')),
    after(4, 'the rest was bought once, and the cart is empty', async (context) => {
      mustBe(context.scratch.get('rest'), 303, 'status')
      mustBe(await soldUnits(context, ...cart), [1, 1, 1], 'sold')
      await seesIn(context, theTab(context, 'alice'), inCart())
    }),
  ],
  checkers: [ordersChargedOnce, neverOversold, nodesAgreeWithDatabase, tabsConverge, cartNeverLost],
})
