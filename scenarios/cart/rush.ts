import {
  neverOversold,
  nodesAgreeWithDatabase,
  ordersChargedOnce,
  purchasesLinearizable,
  type ScenarioContext,
  scenariosFor,
  tabsConverge,
} from '../../harness/index.ts'
import { mustBe, releaseBoth } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const [buyers, pairs, wanted] = [200, 20, 3]
/** So many arrive at a time: this process has to read what all of them are given, and must not stand still over it. */
const arrivingAtOnce = 20

async function arrives(context: ScenarioContext<'store'>, n: number) {
  const { nodes } = context.cluster
  const buyer = await context.wireShopper(`buyer-${n + 1}`, nodes[n % nodes.length]!.name)
  mustBe(await buyer.add(wanted), 'ok', 'add')
}

export default scenario({
  id: 'cart/rush',
  title: `${buyers} buyers on three nodes want ${pairs} pairs`,
  invariant: `${buyers} carts hold the same shoe and are bought at the same moment: exactly ${pairs} orders are made, and the stock adds up whenever it is read.`,
  covers: ['CT-55', 'CT-56', 'ST-9', 'ST-18', 'ST-19', 'NF-23', 'DF-67'],
  given: { stock: { [wanted]: pairs } },
  steps: [
    step('everybody puts the shoe into a cart', async (context) => {
      await releaseBoth(context, 'n1')
      for (let first = 0; first < buyers; first += arrivingAtOnce)
        await Promise.all(Array.from({ length: arrivingAtOnce }, (_, n) => arrives(context, first + n)))
    }),
    step('everybody buys at once, while the stock is read', async (context) => {
      let isOver = false
      const reads = (async () => {
        // One that the database answers too late proves nothing.
        while (!isOver) await context.readStock().catch(() => {})
      })()
      const ends = await Promise.all(context.wireShoppers().map((buyer) => buyer.buy()))
      isOver = true
      await reads
      context.scratch.set('bought', ends.filter((end) => end === 'ok').length)
      context.scratch.set('unsure', ends.filter((end) => end === 'unsure').length)
    }),
  ],
  expectations: [
    after(2, `exactly ${pairs} got a pair`, async (context) => {
      const unsure = context.scratch.get('unsure') as number
      // Slowness alone proves nothing; `no-unexplained-errors` says whether the machine stood still meanwhile.
      if (unsure > 0) context.notReached(`${unsure} purchases had no answer in time`)
      mustBe(context.scratch.get('bought'), pairs, 'bought')
    }),
  ],
  checkers: [neverOversold, purchasesLinearizable, ordersChargedOnce, nodesAgreeWithDatabase, tabsConverge],
})
