import { type ScenarioContext, scenariosFor, tabsConverge } from '../../harness/index.ts'
import { mustHaveHeard, mustNotRepeat } from '../stalls.ts'
import { grayed, hasItem, mustBe, openShop, putIn, releaseBoth, sees, succeeded, theTab } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const [kept, takenOut, hasty] = [1, 2, 3]

const isCarol = (who: string) => who === 'carol'

const gone = (context: ScenarioContext<'store'>, itemId: number) =>
  context
    .wireShoppers()[0]!
    .cart()
    .items.some(({ id, outOfStock }) => id === itemId && outOfStock)

export default scenario({
  id: 'cart/sold-out-alerts',
  title: 'a cart hears of its own items, and of nothing else',
  invariant:
    'When an item in a cart sells out its tabs are told, once; also after a reload, also right after it was put in; nobody is told of what was taken out.',
  covers: ['CT-21', 'CT-44', 'CT-45', 'CT-46', 'CT-47', 'CT-48', 'DF-76', 'DF-77', 'DF-78', 'DF-79'],
  tags: ['browser'],
  given: { stock: { [kept]: 1, [takenOut]: 1, [hasty]: 1 } },
  steps: [
    step('somebody keeps one item and takes another one out', async (context) => {
      await releaseBoth(context, 'n1')
      const carol = await context.wireShopper('carol', 'n2')
      for (const itemId of [kept, takenOut]) mustBe(await carol.add(itemId), 'ok', 'add')
      mustBe(await carol.remove(takenOut), 'ok', 'remove')
    }),
    step('a shopper with the same item reloads the page', async (context) => {
      await putIn(context, await openShop(context, 'alice', 'n1'), kept)
      await theTab(context, 'alice').reload()
      await context.until('the cart is back', 5_000, () => hasItem(theTab(context, 'alice'), kept))
    }),
    step('both items sell out', async (context) => {
      context.scratch.set('before', context.wireShoppers()[0]!.pushedCount())
      succeeded(await context.sell('n3', takenOut), 'sale')
      succeeded(await context.sell('n3', kept), 'sale')
      await context.until('the cart hears that its item is gone', 15_000, () => gone(context, kept)).catch(() => {})
    }),
    step('an item sells out right after it was put in', async (context) => {
      await theTab(context, 'alice').add(hasty)
      await context.until('it is in the cart', 5_000, () => hasItem(theTab(context, 'alice'), hasty))
      succeeded(await context.sell('n1', hasty), 'sale')
    }),
  ],
  expectations: [
    after(3, 'the cart was told once', async (context) => {
      const { pushedCount } = context.wireShoppers()[0]!
      const sent = pushedCount() - (context.scratch.get('before') as number)
      const sentence = `carts that were sent: ${sent} instead of 1`
      mustNotRepeat(context, sent <= 1, isCarol, sentence)
      mustHaveHeard(context, sent === 1, isCarol, sentence)
    }),
    after(3, 'the reloaded page grays it', (context) => sees(context, 'alice', grayed(kept))),
    after(4, 'the page grays that too', (context) => sees(context, 'alice', grayed(kept, hasty))),
  ],
  checkers: [tabsConverge],
})
