import { after, type Cast, scenario, step, tabsConverge } from '../../harness/index.ts'
import { grayed, hasItem, mustBe, openShop, putIn, releaseBoth, sees, succeeded, theTab } from '../support.ts'

const [kept, takenOut, hasty] = [1, 2, 3]

const gone = (cast: Cast, itemId: number) =>
  cast
    .wireShoppers()[0]!
    .cart()
    .items.some(({ id, outOfStock }) => id === itemId && outOfStock)

export default scenario({
  id: 'cart/sold-out-alerts',
  title: 'a cart hears of its own items, and of nothing else',
  define:
    'When an item in a cart sells out its tabs are told, once; also after a reload, also right after it was put in; nobody is told of what was taken out.',
  covers: ['CT-21', 'CT-44', 'CT-45', 'CT-46', 'CT-47', 'CT-48', 'DF-76', 'DF-77', 'DF-78', 'DF-79'],
  given: { stock: { [kept]: 1, [takenOut]: 1, [hasty]: 1 } },
  steps: [
    step('somebody keeps one item and takes another one out', async (cast) => {
      await releaseBoth(cast, 'n1')
      const carol = await cast.wireShopper('carol', 'n2')
      for (const itemId of [kept, takenOut]) mustBe(await carol.add(itemId), 'ok', 'add')
      mustBe(await carol.remove(takenOut), 'ok', 'remove')
    }),
    step('a shopper with the same item reloads the page', async (cast) => {
      await putIn(cast, await openShop(cast, 'alice', 'n1'), kept)
      await theTab(cast, 'alice').reload()
      await cast.until('the cart is back', 5_000, () => hasItem(theTab(cast, 'alice'), kept))
    }),
    step('both items sell out', async (cast) => {
      cast.notes.set('before', cast.wireShoppers()[0]!.pushedCount())
      succeeded(await cast.sell('n3', takenOut), 'sale')
      succeeded(await cast.sell('n3', kept), 'sale')
      await cast.until('the cart hears that its item is gone', 5_000, () => gone(cast, kept)).catch(() => {})
    }),
    step('an item sells out right after it was put in', async (cast) => {
      await theTab(cast, 'alice').add(hasty)
      await cast.until('it is in the cart', 5_000, () => hasItem(theTab(cast, 'alice'), hasty))
      succeeded(await cast.sell('n1', hasty), 'sale')
    }),
  ],
  expectations: [
    after(3, 'the cart was told once', async (cast) => {
      const { pushedCount } = cast.wireShoppers()[0]!
      mustBe(pushedCount() - (cast.notes.get('before') as number), 1, 'carts that were sent')
    }),
    after(3, 'the reloaded page grays it', (cast) => sees(cast, 'alice', grayed(kept))),
    after(4, 'the page grays that too', (cast) => sees(cast, 'alice', grayed(kept, hasty))),
  ],
  laws: [tabsConverge],
})
