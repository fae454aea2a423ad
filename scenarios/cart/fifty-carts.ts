import {
  neverOversold,
  nodesAgreeWithDatabase,
  type ScenarioContext,
  scenariosFor,
  tabsConverge,
} from '../../harness/index.ts'
import { mustTakeAtMost, watchingStalls } from '../stalls.ts'
import { grayed, mustBe, openShop, putIn, releaseBoth, sees, succeeded, theTab } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const cartCount = 50
const [wanted, other, another] = [3, 4, 5]
const [pairs, plenty] = [5, 100]
/** Carts have nothing to do with each other, so that no cart waits for another one. */
const answeredWithinMs = 1_000
const toldWithinMs = 15_000

const grayCount = (context: ScenarioContext<'store'>) =>
  context.wireShoppers().filter((one) => one.cart().items.some(({ id, outOfStock }) => id === wanted && outOfStock))
    .length

export default scenario({
  id: 'cart/fifty-carts',
  title: 'an item sells out that is in fifty carts',
  invariant: 'Fifty carts on three nodes hold the same item; two nodes sell the last pairs, and every cart says so.',
  covers: ['CT-25', 'CT-43', 'CT-49', 'CT-52', 'NF-23', 'ST-1', 'RT-59', 'DF-51'],
  tags: ['browser'],
  given: { stock: { [wanted]: pairs, [other]: pairs, [another]: plenty } },
  steps: [
    step('fifty shoppers want the same shoe', async (context) => {
      await releaseBoth(context, 'n1')
      const nodes = context.cluster.nodes.map(({ name }) => name)
      await Promise.all(
        Array.from({ length: cartCount }, async (_, n) => {
          const shopper = await context.wireShopper(`shopper-${n + 1}`, nodes[n % nodes.length]!)
          for (const itemId of [wanted, other]) mustBe(await shopper.add(itemId), 'ok', 'add')
        }),
      )
      await putIn(context, await openShop(context, 'alice', 'n2'), wanted)
    }),
    step('all of them put another shoe in at once', async (context) => {
      const startedMs = context.clock.monotonicMs()
      const waits = context.wireShoppers().map(async (shopper) => {
        mustBe(await shopper.add(another), 'ok', 'add')
        return context.clock.monotonicMs() - startedMs
      })
      context.scratch.set('slowest', Math.max(...(await watchingStalls(context, 'n1', () => Promise.all(waits)))))
    }),
    step('two nodes sell the last pairs', async (context) => {
      for (let n = 0; n < pairs; n += 1) succeeded(await context.sell(n % 2 === 0 ? 'n1' : 'n3', wanted), 'sale')
      await context.until('every cart knows', toldWithinMs, () => grayCount(context) === cartCount).catch(() => {})
    }),
  ],
  expectations: [
    after(1, 'nobody sees it as sold out', async (context) => mustBe(grayCount(context), 0, 'carts')),
    after(2, 'nobody waited for the others', async (context) => {
      const slowestMs = Number(context.scratch.get('slowest'))
      const sentence = `the slowest of ${cartCount} carts waited ${slowestMs.toFixed(0)} ms`
      mustTakeAtMost(context, slowestMs, answeredWithinMs, sentence)
    }),
    after(3, 'all fifty carts say that it is gone', async (context) => mustBe(grayCount(context), cartCount, 'carts')),
    after(3, 'so does a page', (context) => sees(context, 'alice', grayed(wanted))),
    after(3, 'and its button is dead', async (context) => {
      const button = theTab(context, 'alice').page.locator(`.size-container__entry[value='${wanted}']`)
      if (!(await button.isDisabled())) throw new Error('it can be clicked')
    }),
  ],
  checkers: [tabsConverge, neverOversold, nodesAgreeWithDatabase],
})
