import {
  after,
  type Cast,
  cartNeverLost,
  joinedTopics,
  neverOversold,
  nodesAgreeWithDatabase,
  ordersChargedOnce,
  step,
  viewsMatchFreshRender,
} from '../harness/index.ts'
import { inCart, listings, mustBe, notDone, openShop, putIn, sees, soldUnits, succeeded, theTab } from './support.ts'

const few = 3

/** What stories share in which the database refuses what is written: each brings its own fault. */
export const refusedWrites = {
  given: { stock: { 1: few, 2: few } },
  haveCarts: step('shoppers have carts', async (cast) => {
    succeeded(await cast.release('n1', 1), 'release')
    await putIn(cast, await openShop(cast, 'alice', 'n1'), 1)
    mustBe(await (await cast.wireShopper('bob', 'n1')).add(2), 'ok', 'add')
  }),
  tryAll: step('release, buy, and change a cart', async (cast) => {
    cast.notes.set('release', await cast.release('n1', 2))
    cast.notes.set('bought', await (await cast.wireShopper('bob', 'n1')).buy())
    await putIn(cast, theTab(cast, 'alice'), 2)
    await theTab(cast, 'alice').reload()
  }),
  async tryAgain(cast: Cast) {
    succeeded(await cast.release('n1', 2), 'release')
    cast.notes.set('bought later', await (await cast.wireShopper('bob', 'n1')).buy())
  },
  expectations: [
    after(3, 'the release was refused, and nobody saw it', async (cast) => {
      notDone(cast.notes.get('release') as never, 'release')
      await sees(cast, 'alice', listings({ 1: 'sizes', 2: 'soon' }))
    }),
    after(3, 'nothing was bought', async (cast) => notDone({ kind: String(cast.notes.get('bought')) }, 'the purchase')),
    after(3, 'the cart was changed', (cast) => sees(cast, 'alice', inCart(1, 2))),
    after(4, 'it is on sale and bought', async (cast) => {
      await sees(cast, 'alice', listings({ 1: 'sizes', 2: 'sizes' }))
      mustBe(cast.notes.get('bought later'), 'ok', 'the purchase')
      mustBe(await soldUnits(cast, 1, 2), [0, 1], 'sold')
    }),
  ],
  laws: [viewsMatchFreshRender, nodesAgreeWithDatabase, neverOversold, ordersChargedOnce, cartNeverLost, joinedTopics],
}
