import {
  cartNeverLost,
  neverOversold,
  nodesAgreeWithDatabase,
  ordersChargedOnce,
  purchasesLinearizable,
  type ScenarioContext,
  scenariosFor,
  tabsConverge,
  type WireShopper,
} from '../../harness/index.ts'
import { lookIf, mustBe, mustHaveEnded, nothingWasWrong, releaseBoth, soldUnits, succeeded } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const plenty = 50
const [last] = [3]
const rushed = [4, 9] as const
const hurried = 12
/** Not from a form of the shop. */
const sharedKey = 'chosen-by-two-shoppers'
const seenWithinMs = 8_000
const reservedWithinMs = 5_000

const find = (context: ScenarioContext<'store'>, name: string) =>
  context.wireShoppers().find((one) => one.name === name) as WireShopper

async function isEmpty(context: ScenarioContext<'store'>, shopper: WireShopper) {
  const ids = () => shopper.cart().items.map(({ id }) => id)
  await context
    .until(`the cart of ${shopper.name} is empty`, seenWithinMs, () => ids().length === 0)
    .catch(() => {
      mustBe(ids(), [], `the cart of ${shopper.name}`)
    })
}

async function enter(context: ScenarioContext<'store'>, name: string, node: string, ...itemIds: number[]) {
  const shopper = await context.wireShopper(name, node)
  for (const itemId of itemIds) await lookIf(context, await shopper.add(itemId), 'ok', 'adding')
  return shopper
}

export default scenario({
  id: 'cart/retried-elsewhere',
  title: 'a purchase whose answer was lost is tried again on other nodes',
  invariant:
    'However often and wherever a form is sent, it is one order and is paid once; another form for a cart that was bought buys nothing; buyers of the same shoes do not hinder each other.',
  covers: ['CT-55', 'CT-56', 'CT-57', 'CT-58', 'CT-59', 'ST-19', 'FI-3', 'NF-2', 'NF-23'],
  given: {
    nodes: 3,
    stock: { 1: plenty, 2: plenty, [last]: 1, [rushed[0]]: plenty, 8: plenty, [rushed[1]]: plenty },
  },
  steps: [
    step('a shopper with two tabs buys, and the connection to the node is lost before the commit', async (context) => {
      await releaseBoth(context, 'n1')
      const ann = await enter(context, 'ann', 'n1', 1, 2)
      await context.wireShopper('ann#2', 'n2', { page: '/', tabOf: ann })
      const inTheMiddle = await context.armTrigger({ between: ['reserve', 'commit'] }, reservedWithinMs)
      const purchase = ann.buy()
      await inTheMiddle.passed
      await using _reset = await context.nemesis.inject('link.reset', 'shoppers->n1')
      context.scratch.set('first', await purchase)
      // The first attempt still holds the stock: this one waits for it.
      context.scratch.set('second', await ann.buy({ over: 'n2' }))
    }),
    step('the same form once more, and a new one', async (context) => {
      const ann = find(context, 'ann')
      context.scratch.set('third', await ann.buy({ again: true, over: 'n3' }))
      await isEmpty(context, ann)
      await isEmpty(context, find(context, 'ann#2'))
      context.scratch.set('anew', await ann.buy({ anew: true, over: 'n2' }))
    }),
    step('one form is sent to two nodes at once', async (context) => {
      const bob = await enter(context, 'bob', 'n2', 8)
      context.scratch.set('twice', await Promise.all([bob.buy({ over: 'n1' }), bob.buy({ over: 'n3' })]))
    }),
    step('two shoppers send forms with the same key', async (context) => {
      const carl = await enter(context, 'carl', 'n3', 8)
      const dan = await enter(context, 'dan', 'n1', 8)
      context.scratch.set('forged', [await carl.buy({ withKey: sharedKey }), await dan.buy({ withKey: sharedKey })])
    }),
    step('the last pair goes before the form is sent, and the rest is bought', async (context) => {
      const dora = await enter(context, 'dora', 'n1', last, 2)
      succeeded(await context.sell('n2', last), 'sale')
      const refused = await dora.buy()
      await lookIf(context, await dora.remove(last), 'ok', 'taking out')
      const rest = await dora.buy()
      await isEmpty(context, dora)
      await lookIf(context, await dora.add(1), 'ok', 'adding')
      context.scratch.set('dora', [refused, rest, await dora.buy()])
    }),
    step('twelve carts with the same two shoes in either order are bought at once', async (context) => {
      const names = context.cluster.nodes.map(({ name }) => name)
      const buyers = await Promise.all(
        Array.from({ length: hurried }, (_, n) => {
          const [one, other] = n % 2 === 0 ? rushed : [...rushed].reverse()
          return enter(context, `buyer-${n + 1}`, names[n % names.length]!, one!, other!)
        }),
      )
      context.scratch.set('rush', await Promise.all(buyers.map((buyer) => buyer.buy())))
    }),
    step('the form of an order is sent again when something else has come into the cart', async (context) => {
      const finn = await enter(context, 'finn', 'n2', 2)
      await lookIf(context, await finn.buy(), 'ok', 'buying')
      await isEmpty(context, finn)
      await lookIf(context, await finn.add(8), 'ok', 'adding')
      await lookIf(context, await finn.buy({ again: true, over: 'n1' }), 'ok', 'the same form again')
      await context.wireShopper('finn#2', 'n3', { page: '/', tabOf: finn })
    }),
  ],
  expectations: [
    ...[2, 5, 6, 7].map((n) => after(n, 'every cart and every answer is right', nothingWasWrong)),
    after(1, 'the second attempt ended well', async (context) =>
      mustHaveEnded(
        context,
        [context.scratch.get('first'), context.scratch.get('second')],
        ['unsure', 'ok'],
        'the attempts',
      ),
    ),
    after(2, 'the form was the same order again, and another form bought nothing', async (context) => {
      mustHaveEnded(
        context,
        [context.scratch.get('third'), context.scratch.get('anew')],
        ['ok', 'failed'],
        'the attempts',
      )
      mustBe(await soldUnits(context, 1, 2), [1, 1], 'sold')
    }),
    after(3, 'both were answered with the one order', async (context) => {
      mustHaveEnded(context, context.scratch.get('twice'), ['ok', 'ok'], 'the attempts')
      mustBe(await soldUnits(context, 8), [1], 'sold')
    }),
    after(4, 'each is an order of its own', async (context) => {
      mustHaveEnded(context, context.scratch.get('forged'), ['ok', 'ok'], 'the attempts')
      mustBe(await soldUnits(context, 8), [3], 'sold')
    }),
    after(5, 'nothing, then the rest, then another order was bought', async (context) => {
      mustHaveEnded(context, context.scratch.get('dora'), ['failed', 'ok', 'ok'], 'the attempts')
      mustBe(await soldUnits(context, last, 2, 1), [1, 2, 2], 'sold')
    }),
    after(6, 'all got both', async (context) => {
      mustHaveEnded(
        context,
        context.scratch.get('rush'),
        Array.from({ length: hurried }, () => 'ok'),
        'the purchases',
      )
      mustBe(await soldUnits(context, ...rushed), [hurried, hurried], 'sold')
    }),
    after(7, 'nothing more was bought, and it is still in the cart', async (context) => {
      mustBe(await soldUnits(context, 2, 8), [3, 3], 'sold')
      for (const name of ['finn', 'finn#2'])
        mustBe(
          find(context, name)
            .cart()
            .items.map(({ id }) => id),
          [8],
          `the cart of ${name}`,
        )
    }),
  ],
  checkers: [
    ordersChargedOnce,
    purchasesLinearizable,
    neverOversold,
    nodesAgreeWithDatabase,
    cartNeverLost,
    tabsConverge,
  ],
})
