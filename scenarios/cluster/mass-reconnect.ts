import { cartNeverLost, joinedTopics, presenceMatchesReality, scenariosFor } from '../../harness/index.ts'
import { mustBe, releaseBoth } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const nodes = ['n1', 'n2', 'n3']
const shopperCount = 60
const plenty = 500

export default scenario({
  id: 'cluster/mass-reconnect',
  title: 'all shoppers lose their connections at once',
  invariant:
    'Every connection to every node is reset in the same moment; all shoppers come back by themselves, are joined, have their carts, and are counted once.',
  covers: ['NF-21', 'FI-3', 'CH-106', 'CH-108', 'CT-21', 'PA-28'],
  given: { nodes: nodes.length, stock: { 1: plenty, 2: plenty } },
  steps: [
    step('shoppers on all nodes, each with an item', async (context) => {
      await releaseBoth(context, 'n1')
      const arrive = async (_: unknown, n: number) =>
        (await context.wireShopper(`shopper-${n + 1}`, nodes[n % nodes.length]!)).add(1 + (n % 2))
      const told = await Promise.all(Array.from({ length: shopperCount }, arrive))
      mustBe(told.filter((one) => one !== 'ok').length, 0, 'shoppers without an item')
    }),
    step('reset all connections', async (context) => {
      await context.nemesis.inject('link.reset', 'shoppers->all')
      await context.until('nobody is connected', 5_000, () =>
        context.wireShoppers().every((one) => !one.joins().connected),
      )
      context.reached('everybody was gone at once')
      await context.nemesis.healEverything()
    }),
  ],
  sometimes: ['everybody was gone at once'],
  expectations: [
    after(2, 'all are joined again within 15 s', async (context) => {
      const joined = () => context.wireShoppers().filter((one) => one.joins().joined.length === 1).length
      await context
        .until(`${shopperCount} are joined`, 15_000, () => joined() === shopperCount)
        .catch(() => {
          throw new Error(`only ${joined()} of ${shopperCount} are joined`)
        })
    }),
  ],
  checkers: [cartNeverLost, presenceMatchesReality, joinedTopics],
})
