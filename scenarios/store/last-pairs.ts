import { neverOversold, nodesAgreeWithDatabase, scenariosFor } from '../../harness/index.ts'
import { soldUnits, succeeded } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const buyers = 30
const pairs = 5
const [wanted, other] = [3, 4]

export default scenario({
  id: 'store/last-pairs',
  title: 'many buyers, few pairs, three nodes',
  invariant: `${buyers} buyers on three nodes want one of ${pairs} pairs at the same moment: exactly ${pairs} get one.`,
  covers: ['ST-9', 'ST-18', 'ST-19', 'DF-68', 'DF-62', 'DF-89'],
  given: { stock: { [wanted]: pairs, [other]: 2 } },
  steps: [
    step('everybody buys at once', async (context) => {
      const nodes = context.cluster.nodes.map(({ name }) => name)
      const outcomes = await Promise.all(
        Array.from({ length: buyers }, (_, n) => context.sell(nodes[n % nodes.length]!, wanted)),
      )
      context.scratch.set('sold', outcomes.filter(({ kind }) => kind === 'ok').length)
      context.scratch.set('unsure', outcomes.filter(({ kind }) => kind === 'unsure').length)
    }),
    step('two buyers on one node, the second as soon as the first sale is certain', async (context) => {
      const first = context.sell('n1', other)
      await context.until('the first is sold', 3_000, async () => (await soldUnits(context, other))[0] === 1)
      succeeded(await context.sell('n1', other), 'the second sale')
      succeeded(await first, 'the first sale')
    }),
  ],
  expectations: [
    after(1, `exactly ${pairs} buyers got a pair`, async (context) => {
      const unsure = Number(context.scratch.get('unsure'))
      if (unsure > 0) context.notReached(`${unsure} sales had no answer in time`)
      if (context.scratch.get('sold') !== pairs) throw new Error(`${context.scratch.get('sold')} buyers got a pair`)
    }),
  ],
  checkers: [neverOversold, nodesAgreeWithDatabase],
})
