import { presenceMatchesReality, scenariosFor } from '../../harness/index.ts'
import { counts, mustBe, openDashboard, releaseBoth, seesIn, theDashboard } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const plenty = 50
const downMs = 3_000

export default scenario({
  id: 'presence/dead-node',
  title: 'a node dies with its shoppers',
  invariant:
    'The entries of a node that was killed vanish from the other nodes in time; its shoppers are counted again, once, when they are back.',
  covers: ['PA-4', 'PA-10', 'PA-24', 'NF-9', 'FI-2', 'DF-91'],
  tags: ['browser'],
  given: { pubsub: 'mesh', env: { TRACKER_DOWN_MS: String(downMs) }, stock: { 1: plenty } },
  steps: [
    step('shoppers on two nodes', async (context) => {
      await releaseBoth(context, 'n1')
      await openDashboard(context, 'boss', 'n1')
      for (const [name, node] of [
        ['ann', 'n1'],
        ['ben', 'n2'],
        ['cid', 'n2'],
      ] as const)
        mustBe(await (await context.wireShopper(name, node)).add(1), 'ok', 'add')
    }),
    step('kill one of the nodes, for longer than the others wait', async (context) => {
      await context.nemesis.inject('node.kill', 'n2')
      await context.clock.sleep(downMs)
    }),
    step('start it again', (context) => context.nemesis.healEverything()),
  ],
  outlasts: { 'node.kill': downMs },
  expectations: [
    after(1, 'three shoppers are there', (context) =>
      seesIn(context, theDashboard(context, 'boss'), counts({ shoppers: 3, items: { 1: 3 } })),
    ),
    after(2, 'one is left', (context) =>
      seesIn(context, theDashboard(context, 'boss'), counts({ shoppers: 1, items: { 1: 1 } })),
    ),
    after(3, 'all three are there again', (context) =>
      seesIn(context, theDashboard(context, 'boss'), counts({ shoppers: 3, items: { 1: 3 } })),
    ),
  ],
  checkers: [presenceMatchesReality],
})
