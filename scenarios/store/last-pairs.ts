import { after, neverOversold, nodesAgreeWithDatabase, scenario, step } from '../../harness/index.ts'
import { soldUnits, succeeded } from '../support.ts'

const buyers = 30
const pairs = 5
const [wanted, other] = [3, 4]

export default scenario({
  id: 'store/last-pairs',
  title: 'many buyers, few pairs, three nodes',
  define: `${buyers} buyers on three nodes want one of ${pairs} pairs at the same moment: exactly ${pairs} get one.`,
  covers: ['ST-9', 'ST-18', 'ST-19', 'DF-68', 'DF-62', 'DF-89'],
  given: { stock: { [wanted]: pairs, [other]: 2 } },
  steps: [
    step('everybody buys at once', async (cast) => {
      const nodes = cast.cluster.nodes.map(({ name }) => name)
      const outcomes = await Promise.all(
        Array.from({ length: buyers }, (_, n) => cast.sell(nodes[n % nodes.length]!, wanted)),
      )
      cast.notes.set('sold', outcomes.filter(({ kind }) => kind === 'ok').length)
    }),
    step('two buyers on one node, the second as soon as the first sale is certain', async (cast) => {
      const first = cast.sell('n1', other)
      await cast.until('the first is sold', 3_000, async () => (await soldUnits(cast, other))[0] === 1)
      succeeded(await cast.sell('n1', other), 'the second sale')
      succeeded(await first, 'the first sale')
    }),
  ],
  expectations: [
    after(1, `exactly ${pairs} buyers got a pair`, async (cast) => {
      if (cast.notes.get('sold') !== pairs) throw new Error(`${cast.notes.get('sold')} buyers got a pair`)
    }),
  ],
  laws: [neverOversold, nodesAgreeWithDatabase],
})
