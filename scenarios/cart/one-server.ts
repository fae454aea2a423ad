import { after, cartNeverLost, joinedTopics, scenario, step, tabsConverge } from '../../harness/index.ts'
import { inCart, listens, listings, openShop, putIn, releaseBoth, sees, seesIn, takeOut, theTab } from '../support.ts'

/** The top shoe in size 6, the bottom shoe in size 10, and two more. */
const [topSix, topSeven, bottomSix, bottomTen] = [1, 2, 8, 12]
const plenty = 50

export default scenario({
  id: 'cart/one-server',
  title: 'a cart in two tabs, from the first shoe to the checkout',
  define:
    'A shopper fills a cart, leaves, comes back, changes it in a second tab, fills it again and finds it on the checkout page.',
  covers: ['AT-12', 'CT-1', 'CT-16', 'CT-17', 'CT-31', 'CT-33', 'CT-34', 'CT-35', 'CT-54', 'CT-62', 'DF-72', 'DF-83'],
  given: { nodes: 1, stock: { [topSix]: plenty, [topSeven]: plenty, [bottomSix]: plenty, [bottomTen]: plenty } },
  steps: [
    step('open the shop', async (cast) => void (await openShop(cast, 'alice', 'n1'))),
    step('release both shoes', async (cast) => {
      await releaseBoth(cast, 'n1')
      await sees(cast, 'alice', listings({ 1: 'sizes', 2: 'sizes' }))
    }),
    step('put the top shoe in 6 and the bottom shoe in 10 into the cart', async (cast) => {
      const tab = theTab(cast, 'alice')
      await tab.add(topSix)
      await tab.add(bottomTen)
    }),
    step('take the bottom shoe out', (cast) => takeOut(cast, theTab(cast, 'alice'), bottomTen)),
    step('go to another site', (cast) => theTab(cast, 'alice').leave()),
    step('come back', async (cast) => {
      await theTab(cast, 'alice').back()
      await listens(cast, theTab(cast, 'alice'))
    }),
    step('open a second tab', async (cast) => void (await openShop(cast, 'alice', 'n1'))),
    step('take everything out there', async (cast) => {
      const second = theTab(cast, 'alice', 1)
      await seesIn(cast, second, inCart(topSix))
      await takeOut(cast, second, topSix)
    }),
    step('put two sizes of each shoe into the cart in the first tab', async (cast) => {
      for (const itemId of [topSeven, bottomSix, topSix, bottomTen]) await putIn(cast, theTab(cast, 'alice'), itemId)
    }),
    step('click checkout', async (cast) => {
      const { page } = theTab(cast, 'alice')
      await page.getByRole('link', { name: 'Checkout' }).click()
      await page.waitForURL('**/checkout')
      await listens(cast, theTab(cast, 'alice'))
    }),
  ],
  expectations: [
    after(1, 'both shoes come soon', (cast) => sees(cast, 'alice', listings({ 1: 'soon', 2: 'soon' }))),
    after(1, 'there is no cart', (cast) => sees(cast, 'alice', inCart())),
    after(2, 'both shoes have sizes', (cast) => sees(cast, 'alice', listings({ 1: 'sizes', 2: 'sizes' }))),
    after(3, 'two items are in the cart', (cast) => sees(cast, 'alice', inCart(topSix, bottomTen))),
    after(4, 'the size 6 is left', (cast) => sees(cast, 'alice', inCart(topSix))),
    after(6, 'the cart is still there', (cast) => sees(cast, 'alice', inCart(topSix))),
    after(7, 'the second tab shows the same cart', (cast) => seesIn(cast, theTab(cast, 'alice', 1), inCart(topSix))),
    after(8, 'the first tab shows no cart', async (cast) => {
      await sees(cast, 'alice', inCart())
      const left = await theTab(cast, 'alice').page.locator('#cart-container').innerHTML()
      if (left !== '') throw new Error(`the cart's place holds ${left}`)
    }),
    after(9, 'four items are in the cart', (cast) =>
      sees(cast, 'alice', inCart(topSix, topSeven, bottomSix, bottomTen)),
    ),
    after(10, 'the checkout page shows those four', (cast) =>
      sees(cast, 'alice', inCart(topSix, topSeven, bottomSix, bottomTen)),
    ),
  ],
  laws: [tabsConverge, cartNeverLost, joinedTopics],
})
