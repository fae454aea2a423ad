import { cartNeverLost, joinedTopics, scenariosFor, tabsConverge } from '../../harness/index.ts'
import { inCart, listens, listings, openShop, putIn, releaseBoth, sees, seesIn, takeOut, theTab } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

/** The top shoe in size 6, the bottom shoe in size 10, and two more. */
const [topSix, topSeven, bottomSix, bottomTen] = [1, 2, 8, 12]
const plenty = 50

export default scenario({
  id: 'cart/one-server',
  title: 'a cart in two tabs, from the first shoe to the checkout',
  invariant:
    'A shopper fills a cart, leaves, comes back, changes it in a second tab, fills it again and finds it on the checkout page.',
  covers: ['AT-12', 'CT-1', 'CT-16', 'CT-17', 'CT-31', 'CT-33', 'CT-34', 'CT-35', 'CT-54', 'CT-62', 'DF-72', 'DF-83'],
  tags: ['browser'],
  given: { nodes: 1, stock: { [topSix]: plenty, [topSeven]: plenty, [bottomSix]: plenty, [bottomTen]: plenty } },
  steps: [
    step('open the shop', async (context) => void (await openShop(context, 'alice', 'n1'))),
    step('release both shoes', async (context) => {
      await releaseBoth(context, 'n1')
      await sees(context, 'alice', listings({ 1: 'sizes', 2: 'sizes' }))
    }),
    step('put the top shoe in 6 and the bottom shoe in 10 into the cart', async (context) => {
      const tab = theTab(context, 'alice')
      await tab.add(topSix)
      await tab.add(bottomTen)
    }),
    step('take the bottom shoe out', (context) => takeOut(context, theTab(context, 'alice'), bottomTen)),
    step('go to another site', (context) => theTab(context, 'alice').leave()),
    step('come back', async (context) => {
      await theTab(context, 'alice').back()
      await listens(context, theTab(context, 'alice'))
    }),
    step('open a second tab', async (context) => void (await openShop(context, 'alice', 'n1'))),
    step('take everything out there', async (context) => {
      const second = theTab(context, 'alice', 1)
      await seesIn(context, second, inCart(topSix))
      await takeOut(context, second, topSix)
    }),
    step('put two sizes of each shoe into the cart in the first tab', async (context) => {
      for (const itemId of [topSeven, bottomSix, topSix, bottomTen])
        await putIn(context, theTab(context, 'alice'), itemId)
    }),
    step('click checkout', async (context) => {
      const { page } = theTab(context, 'alice')
      await page.getByRole('link', { name: 'Checkout' }).click()
      await page.waitForURL('**/checkout')
      await listens(context, theTab(context, 'alice'))
    }),
  ],
  expectations: [
    after(1, 'both shoes come soon', (context) => sees(context, 'alice', listings({ 1: 'soon', 2: 'soon' }))),
    after(1, 'there is no cart', (context) => sees(context, 'alice', inCart())),
    after(2, 'both shoes have sizes', (context) => sees(context, 'alice', listings({ 1: 'sizes', 2: 'sizes' }))),
    after(3, 'two items are in the cart', (context) => sees(context, 'alice', inCart(topSix, bottomTen))),
    after(4, 'the size 6 is left', (context) => sees(context, 'alice', inCart(topSix))),
    after(6, 'the cart is still there', (context) => sees(context, 'alice', inCart(topSix))),
    after(7, 'the second tab shows the same cart', (context) =>
      seesIn(context, theTab(context, 'alice', 1), inCart(topSix)),
    ),
    after(8, 'the first tab shows no cart', async (context) => {
      await sees(context, 'alice', inCart())
      const left = await theTab(context, 'alice').page.locator('#cart-container').innerHTML()
      if (left !== '') throw new Error(`the cart's place holds ${left}`)
    }),
    after(9, 'four items are in the cart', (context) =>
      sees(context, 'alice', inCart(topSix, topSeven, bottomSix, bottomTen)),
    ),
    after(10, 'the checkout page shows those four', (context) =>
      sees(context, 'alice', inCart(topSix, topSeven, bottomSix, bottomTen)),
    ),
  ],
  checkers: [tabsConverge, cartNeverLost, joinedTopics],
})
