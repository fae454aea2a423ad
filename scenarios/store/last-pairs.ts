import { after, neverOversold, nodesAgreeWithDatabase, scenario, step } from '../../harness/index.ts'

const buyers = 30
const pairs = 5

export default scenario({
  id: 'store/last-pairs',
  title: 'many buyers, few pairs, three nodes',
  define: `${buyers} buyers on three nodes want one of ${pairs} pairs at the same moment: exactly ${pairs} get one.`,
  covers: ['ST-9', 'ST-18', 'ST-19', 'DF-68', 'DF-62', 'DF-89'],
  given: { stock: { 3: pairs } },
  steps: [
    step('everybody buys at once', async (cast) => {
      const nodes = cast.cluster.nodes.map(({ name }) => name)
      const outcomes = await Promise.all(
        Array.from({ length: buyers }, (_, n) => cast.sell(nodes[n % nodes.length]!, 3)),
      )
      cast.notes.set('sold', outcomes.filter(({ kind }) => kind === 'ok').length)
    }),
  ],
  expectations: [
    after(1, `exactly ${pairs} buyers got a pair`, async (cast) => {
      if (cast.notes.get('sold') !== pairs) throw new Error(`${cast.notes.get('sold')} buyers got a pair`)
    }),
  ],
  laws: [neverOversold, nodesAgreeWithDatabase],
})
