import {
  neverOversold,
  nodesAgreeWithDatabase,
  ordersChargedOnce,
  purchasesLinearizable,
  type ScenarioContext,
  scenariosFor,
} from '../../harness/index.ts'
import { everyNodeIsReady, mustBe, mustHaveEnded, releaseBoth, soldUnits } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const cart = [1, 2]
const other = 8
/** Bought before the database dies. */
const bought = 9
const reservedWithinMs = 5_000
const shownWithinMs = 5_000

export default scenario({
  id: 'cart/database-killed-in-a-purchase',
  title: 'the database dies between the reservation and the commit',
  invariant:
    'A purchase that the database took with it sold nothing; tried again with the same order key it sells once, however often it is tried.',
  covers: ['CT-55', 'CT-57', 'CT-59', 'NF-5', 'FI-6'],
  given: { stock: { 1: 3, 2: 3, [other]: 3, [bought]: 3 } },
  steps: [
    step('somebody has a cart', async (context) => {
      await releaseBoth(context, 'n1')
      const dave = await context.wireShopper('dave', 'n1')
      for (const itemId of cart) mustBe(await dave.add(itemId), 'ok', 'add')
      const erin = await context.wireShopper('erin', 'n2')
      mustBe([await erin.add(bought), await erin.buy()], ['ok', 'ok'], 'the order of erin')
    }),
    step('kill the database while the cart is being bought', async (context) => {
      const [dave, erin] = context.wireShoppers()
      const inTheMiddle = await context.armTrigger({ between: ['reserve', 'commit'] }, reservedWithinMs)
      const purchase = dave!.buy()
      await inTheMiddle.passed
      context.scratch.set('kill', context.recorder.events.length)
      await context.nemesis.inject('db.kill', 'db')
      context.scratch.set('first', await purchase)
      // The order is in the database: this page fails, and must fail in the words of a shop.
      context.scratch.set('order page', (await erin!.orderPage('n2')).status)
      // The cart itself needs no database.
      context.scratch.set('edits', [await dave!.add(other), await dave!.remove(other)])
    }),
    step('start the database', async (context) => {
      await context.nemesis.healEverything()
      await everyNodeIsReady(context)
      context.scratch.set('sold', await soldUnits(context, ...cart))
    }),
    step('try again, twice', async (context) => {
      const [dave] = context.wireShoppers()
      context.scratch.set('second', await dave!.buy())
      // The form of the order is sent again from a page with another cart, which stays as it is.
      mustBe(await dave!.add(other), 'ok', 'add')
      context.scratch.set('third', await dave!.buy({ again: true }))
      const ids = () => dave!.cart().items.map(({ id }) => id)
      await context.until('the cart is shown again', shownWithinMs, () => ids().length > 0).catch(() => {})
      context.scratch.set('left', ids())
    }),
  ],
  expectations: [
    after(2, 'nobody said that it was bought', async (context) => {
      if (endedBeforeTheKill(context)) context.notReached('the purchase had ended before the database was killed')
      mustBe(context.scratch.get('first'), 'unsure', 'the purchase')
    }),
    after(2, 'an order cannot be shown without the database', async (context) =>
      mustBe(context.scratch.get('order page'), 500, 'the status of the page'),
    ),
    after(2, 'the cart can be changed all the same', async (context) =>
      mustHaveEnded(context, context.scratch.get('edits'), ['ok', 'ok'], 'the edits'),
    ),
    after(3, 'nothing was sold', async (context) => mustBe(context.scratch.get('sold'), [0, 0], 'sold')),
    after(4, 'one of each was sold', async (context) => {
      mustHaveEnded(
        context,
        [context.scratch.get('second'), context.scratch.get('third')],
        ['ok', 'ok'],
        'the purchases',
      )
      mustBe(await soldUnits(context, ...cart), [1, 1], 'sold')
      mustBe(context.scratch.get('left'), [other], 'what is left in the cart')
    }),
  ],
  checkers: [ordersChargedOnce, purchasesLinearizable, neverOversold, nodesAgreeWithDatabase],
})

/** It waits for a few seconds only, and whoever stands still for longer comes too late. */
function endedBeforeTheKill({ recorder, scratch }: ScenarioContext<'store'>): boolean {
  const [end] = recorder.events.filter(
    ({ type, who, operation }) => type === 'ok' && who === 'dave' && operation === 'purchase',
  )
  return end !== undefined && end.index < Number(scratch.get('kill'))
}
