import {
  after,
  neverOversold,
  nodesAgreeWithDatabase,
  ordersChargedOnce,
  purchasesLinearizable,
  scenario,
  step,
} from '../../harness/index.ts'
import { mustBe, releaseBoth, soldUnits } from '../support.ts'

const cart = [1, 2]
const other = 8
const reservedWithinMs = 5_000

export default scenario({
  id: 'cart/database-killed-in-a-purchase',
  title: 'the database dies between the reservation and the commit',
  define:
    'A purchase that the database took with it sold nothing; tried again with the same order key it sells once, however often it is tried.',
  covers: ['CT-55', 'CT-57', 'CT-59', 'NF-5', 'FI-6'],
  given: { stock: { 1: 3, 2: 3, [other]: 3 } },
  steps: [
    step('somebody has a cart', async (cast) => {
      await releaseBoth(cast, 'n1')
      const dave = await cast.wireShopper('dave', 'n1')
      for (const itemId of cart) mustBe(await dave.add(itemId), 'ok', 'add')
    }),
    step('kill the database while the cart is being bought', async (cast) => {
      const [dave] = cast.wireShoppers()
      const inTheMiddle = await cast.lookFor({ between: ['reserve', 'commit'] }, reservedWithinMs)
      const purchase = dave!.buy()
      await inTheMiddle.passed
      await cast.nemesis.inject('db.kill', 'db')
      cast.notes.set('first', await purchase)
      // The cart itself needs no database.
      cast.notes.set('edits', [await dave!.add(other), await dave!.remove(other)])
    }),
    step('start the database', async (cast) => {
      await cast.nemesis.healEverything()
      await cast.until(
        'the node reaches the database',
        10_000,
        async () => (await cast.cluster.node('n1').control.ready()).ready,
      )
      cast.notes.set('sold', await soldUnits(cast, ...cart))
    }),
    step('try again, twice', async (cast) => {
      const [dave] = cast.wireShoppers()
      cast.notes.set('second', await dave!.buy())
      cast.notes.set('third', await dave!.buy({ again: true }))
    }),
  ],
  expectations: [
    after(2, 'nobody said that it was bought', async (cast) =>
      mustBe(cast.notes.get('first'), 'unsure', 'the purchase'),
    ),
    after(2, 'the cart can be changed all the same', async (cast) =>
      mustBe(cast.notes.get('edits'), ['ok', 'ok'], 'the edits'),
    ),
    after(3, 'nothing was sold', async (cast) => mustBe(cast.notes.get('sold'), [0, 0], 'sold')),
    after(4, 'one of each was sold', async (cast) => {
      mustBe([cast.notes.get('second'), cast.notes.get('third')], ['ok', 'ok'], 'the purchases')
      mustBe(await soldUnits(cast, ...cart), [1, 1], 'sold')
    }),
  ],
  laws: [ordersChargedOnce, purchasesLinearizable, neverOversold, nodesAgreeWithDatabase],
})
