import {
  neverOversold,
  nodesAgreeWithDatabase,
  ordersChargedOnce,
  scenariosFor,
  tabsConverge,
} from '../../harness/index.ts'
import { goToCheckout, grayed, mustBe, seesIn, soldUnits, succeeded, theTab } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const cart = [1, 2, 9]
const [last] = [9]

export default scenario({
  id: 'cart/sold-out-at-checkout',
  title: 'an item sells out while the checkout page is open',
  invariant: 'The page says so before anybody pays; whoever buys all the same gets nothing, and nothing is announced.',
  covers: ['CT-55', 'CT-57', 'CT-60', 'DF-87', 'DF-88', 'DF-90'],
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
  ],
  expectations: [
    after(2, 'the checkout page grays it', (context) => seesIn(context, theTab(context, 'alice', 1), grayed(last))),
    after(3, 'it was refused', async (context) => mustBe(context.scratch.get('status'), 409, 'status')),
    after(3, 'nothing was sold', async (context) => mustBe(await soldUnits(context, ...cart), [0, 0, 1], 'sold')),
  ],
  checkers: [ordersChargedOnce, neverOversold, nodesAgreeWithDatabase, tabsConverge],
})
