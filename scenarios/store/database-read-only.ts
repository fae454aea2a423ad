import {
  after,
  cartNeverLost,
  joinedTopics,
  neverOversold,
  nodesAgreeWithDatabase,
  ordersChargedOnce,
  scenario,
  step,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { inCart, listings, mustBe, notDone, openShop, putIn, sees, soldUnits, succeeded, theTab } from '../support.ts'

const few = 3

export default scenario({
  id: 'store/database-read-only',
  title: 'the database reads but does not write',
  define:
    'Pages and carts go on; a release is refused and announced to nobody, a purchase sells nothing; both work when the database writes again.',
  covers: ['FI-6', 'NF-5', 'ST-11', 'ST-16', 'CT-55', 'CT-59'],
  given: { stock: { 1: few, 2: few } },
  steps: [
    step('a shopper has a cart', async (cast) => {
      succeeded(await cast.release('n1', 1), 'release')
      await putIn(cast, await openShop(cast, 'alice', 'n1'), 1)
      mustBe(await (await cast.wireShopper('bob', 'n1')).add(2), 'ok', 'add')
    }),
    step('the database stops writing', async (cast) => void (await cast.nemesis.inject('db.read-only', 'db'))),
    step('release, buy, and change a cart', async (cast) => {
      cast.notes.set('release', await cast.release('n1', 2))
      cast.notes.set('bought', await (await cast.wireShopper('bob', 'n1')).buy())
      await putIn(cast, theTab(cast, 'alice'), 2)
      await theTab(cast, 'alice').reload()
    }),
    step('it writes again: release and buy', async (cast) => {
      await cast.nemesis.healEverything()
      succeeded(await cast.release('n1', 2), 'release')
      cast.notes.set('bought later', await (await cast.wireShopper('bob', 'n1')).buy())
    }),
  ],
  expectations: [
    after(3, 'the release was refused, and nobody saw it', async (cast) => {
      notDone(cast.notes.get('release') as never, 'release')
      await sees(cast, 'alice', listings({ 1: 'sizes', 2: 'soon' }))
    }),
    after(3, 'nothing was bought', async (cast) => {
      mustBe(cast.notes.get('bought'), 'unsure', 'the purchase')
      mustBe(await soldUnits(cast, 1, 2), [0, 0], 'sold')
    }),
    after(3, 'the cart was changed', (cast) => sees(cast, 'alice', inCart(1, 2))),
    after(4, 'it is on sale and bought', async (cast) => {
      await sees(cast, 'alice', listings({ 1: 'sizes', 2: 'sizes' }))
      mustBe(cast.notes.get('bought later'), 'ok', 'the purchase')
      mustBe(await soldUnits(cast, 1, 2), [0, 1], 'sold')
    }),
  ],
  laws: [viewsMatchFreshRender, nodesAgreeWithDatabase, neverOversold, ordersChargedOnce, cartNeverLost, joinedTopics],
})
