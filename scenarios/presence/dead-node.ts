import { after, presenceMatchesReality, scenario, step } from '../../harness/index.ts'
import { counts, mustBe, openDashboard, releaseBoth, seesIn, theDashboard } from '../support.ts'

const plenty = 50
const downMs = 3_000

export default scenario({
  id: 'presence/dead-node',
  title: 'a node dies with its shoppers',
  define:
    'The entries of a node that was killed vanish from the other nodes in time; its shoppers are counted again, once, when they are back.',
  covers: ['PA-4', 'PA-10', 'PA-24', 'NF-9', 'FI-2', 'DF-91'],
  given: { pubsub: 'mesh', env: { TRACKER_DOWN_MS: String(downMs) }, stock: { 1: plenty } },
  steps: [
    step('shoppers on two nodes', async (cast) => {
      await releaseBoth(cast, 'n1')
      await openDashboard(cast, 'boss', 'n1')
      for (const [name, node] of [
        ['ann', 'n1'],
        ['ben', 'n2'],
        ['cid', 'n2'],
      ] as const)
        mustBe(await (await cast.wireShopper(name, node)).add(1), 'ok', 'add')
    }),
    step('kill one of the nodes, for longer than the others wait', async (cast) => {
      await cast.nemesis.inject('node.kill', 'n2')
      await cast.clock.sleep(downMs)
    }),
    step('start it again', (cast) => cast.nemesis.healEverything()),
  ],
  outlasts: { 'node.kill': downMs },
  expectations: [
    after(1, 'three shoppers are there', (cast) =>
      seesIn(cast, theDashboard(cast, 'boss'), counts({ shoppers: 3, items: { 1: 3 } })),
    ),
    after(2, 'one is left', (cast) =>
      seesIn(cast, theDashboard(cast, 'boss'), counts({ shoppers: 1, items: { 1: 1 } })),
    ),
    after(3, 'all three are there again', (cast) =>
      seesIn(cast, theDashboard(cast, 'boss'), counts({ shoppers: 3, items: { 1: 3 } })),
    ),
  ],
  laws: [presenceMatchesReality],
})
