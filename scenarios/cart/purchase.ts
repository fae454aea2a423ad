import {
  cartNeverLost,
  neverOversold,
  nodesAgreeWithDatabase,
  ordersChargedOnce,
  purchasesLinearizable,
  scenariosFor,
  tabsConverge,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { goToCheckout, inCart, mustBe, sees, seesIn, soldUnits, succeeded, takeOut, theTab } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const cart = [1, 2, 8, 9]
const [last] = [9]

export default scenario({
  id: 'cart/purchase',
  title: 'a cart is bought as a whole or not at all',
  invariant:
    'With one of four items sold out nothing is bought; without it the other three are, once, every node knows, and the cart is empty in all tabs.',
  covers: ['AT-14', 'CT-53', 'CT-55', 'CT-56', 'CT-57', 'CT-59', 'CT-61', 'CT-64', 'ST-11', 'ST-19'],
  tags: ['browser'],
  given: { stock: { 1: 2, 2: 1, 8: 5, [last]: 1 } },
  steps: [
    step('put four items into the cart and go to the checkout', async (context) => {
      await goToCheckout(context, 'alice', cart, 'n2')
    }),
    step('somebody else buys the last of one', async (context) => succeeded(await context.sell('n3', last), 'sale')),
    step('buy', async (context) => void context.scratch.set('first', await theTab(context, 'alice', 1).buy())),
    step('take it out and buy again', async (context) => {
      const checkout = theTab(context, 'alice', 1)
      await context.until(
        'the cart is there again',
        5_000,
        async () => (await checkout.cart())?.items.length === cart.length,
      )
      await takeOut(context, checkout, last)
      context.scratch.set('second', await checkout.buy())
    }),
  ],
  expectations: [
    after(1, 'a full cart takes nothing from the stock', async (context) =>
      mustBe(await soldUnits(context, ...cart), [0, 0, 0, 0], 'sold'),
    ),
    after(3, 'nothing was bought, and the page says why', async (context) => {
      const { status, problem } = context.scratch.get('first') as { status: number; problem: string }
      mustBe(status, 409, 'status')
      if (!problem.includes('sold out')) throw new Error(`the page says "${problem}"`)
      mustBe(await soldUnits(context, ...cart), [0, 0, 0, 1], 'sold')
    }),
    after(4, 'three were bought', async (context) => {
      mustBe((context.scratch.get('second') as { status: number }).status, 303, 'status')
      mustBe(await soldUnits(context, ...cart), [1, 1, 1, 1], 'sold')
    }),
    after(4, 'the page lists them', async (context) => {
      const listed = await theTab(context, 'alice', 1).page.locator('.order__item').count()
      mustBe(listed, 3, 'listed')
    }),
    after(4, 'the cart is empty in both tabs', async (context) => {
      await sees(context, 'alice', inCart())
      await seesIn(context, theTab(context, 'alice', 1), inCart())
    }),
  ],
  checkers: [
    ordersChargedOnce,
    purchasesLinearizable,
    neverOversold,
    nodesAgreeWithDatabase,
    viewsMatchFreshRender,
    cartNeverLost,
    tabsConverge,
  ],
})
