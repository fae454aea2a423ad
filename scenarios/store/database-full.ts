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
  id: 'store/database-full',
  title: 'somebody else has taken all connections of the database',
  define:
    'Pages and carts go on; a release and a purchase are refused and change nothing; both work when there are connections again, without a restart.',
  covers: ['FI-6', 'NF-5', 'ST-15', 'ST-16', 'CT-55', 'DF-66', 'DF-70'],
  given: { stock: { 1: few, 2: few } },
  steps: [
    step('shoppers have carts', async (cast) => {
      succeeded(await cast.release('n1', 1), 'release')
      await putIn(cast, await openShop(cast, 'alice', 'n1'), 1)
      mustBe(await (await cast.wireShopper('bob', 'n1')).add(2), 'ok', 'add')
    }),
    step('take all connections', async (cast) => void (await cast.nemesis.inject('db.out-of-connections', 'db'))),
    step('release, buy, and change a cart', async (cast) => {
      cast.notes.set('release', await cast.release('n1', 2))
      cast.notes.set('bought', await (await cast.wireShopper('bob', 'n1')).buy())
      await putIn(cast, theTab(cast, 'alice'), 2)
      await theTab(cast, 'alice').reload()
    }),
    step('give them back: release and buy', async (cast) => {
      await cast.nemesis.healEverything()
      mustBe(await soldUnits(cast, 1, 2), [0, 0], 'sold until now')
      await cast.until(
        'n1 reaches the database',
        10_000,
        async () => (await cast.cluster.node('n1').control.ready()).ready,
      )
      succeeded(await cast.release('n1', 2), 'release')
      cast.notes.set('bought later', await (await cast.wireShopper('bob', 'n1')).buy())
    }),
  ],
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
})
