import {
  after,
  neverOversold,
  nodesAgreeWithDatabase,
  ordersChargedOnce,
  scenario,
  step,
  tabsConverge,
} from '../../harness/index.ts'
import { goToCheckout, grayed, mustBe, seesIn, soldUnits, succeeded, theTab } from '../support.ts'

const cart = [1, 2, 9]
const [last] = [9]

export default scenario({
  id: 'cart/sold-out-at-checkout',
  title: 'an item sells out while the checkout page is open',
  define: 'The page says so before anybody pays; whoever buys all the same gets nothing, and nothing is announced.',
  covers: ['CT-55', 'CT-57', 'CT-60', 'DF-87', 'DF-88', 'DF-90'],
  given: { stock: { 1: 2, 2: 1, [last]: 1 } },
  steps: [
    step('go to the checkout with three items', async (cast) => {
      await goToCheckout(cast, 'alice', cart, 'n1')
    }),
    step('somebody else buys the last of one', async (cast) => succeeded(await cast.sell('n3', last), 'sale')),
    step(
      'buy all the same',
      async (cast) => void cast.notes.set('status', (await theTab(cast, 'alice', 1).buy()).status),
    ),
  ],
  expectations: [
    after(2, 'the checkout page grays it', (cast) => seesIn(cast, theTab(cast, 'alice', 1), grayed(last))),
    after(3, 'it was refused', async (cast) => mustBe(cast.notes.get('status'), 409, 'status')),
    after(3, 'nothing was sold', async (cast) => mustBe(await soldUnits(cast, ...cart), [0, 0, 1], 'sold')),
  ],
  laws: [ordersChargedOnce, neverOversold, nodesAgreeWithDatabase, tabsConverge],
})
