import {
  after,
  joinedTopics,
  noPresenceToShoppers,
  presenceMatchesReality,
  scenario,
  step,
} from '../../harness/index.ts'
import { counts, mustBe, openDashboard, releaseBoth, seesIn, theDashboard } from '../support.ts'

const plenty = 50
const downMs = 3_000
const rightWithinMs = 30_000

export default scenario({
  id: 'presence/split',
  title: 'shoppers come and go on both sides of a split',
  define:
    'Each side counts its own shoppers while it is cut off; within 30 s after the healing both dashboards count everybody who is there, and nobody who left.',
  covers: ['PA-2', 'PA-4', 'PA-7', 'PA-41', 'PA-44', 'NF-8', 'FI-7', 'DF-92'],
  given: { pubsub: 'mesh', env: { TRACKER_DOWN_MS: String(downMs) }, stock: { 1: plenty, 2: plenty } },
  steps: [
    step('shoppers on both sides, and a dashboard on each', async (cast) => {
      await releaseBoth(cast, 'n1')
      await openDashboard(cast, 'north', 'n1')
      await openDashboard(cast, 'south', 'n2')
      for (const [name, node] of [
        ['ann', 'n1'],
        ['ben', 'n1'],
        ['cid', 'n2'],
        ['dan', 'n3'],
      ] as const)
        mustBe(await (await cast.wireShopper(name, node, { page: '/' })).add(1), 'ok', 'add')
    }),
    step('cut n1 off from the others', async (cast) => {
      await cast.nemesis.inject('link.partition', 'n1|n2,n3')
      const longEnough = cast.clock.sleep(downMs)
      await seesIn(cast, theDashboard(cast, 'north'), counts({ shoppers: 2 }))
      await seesIn(cast, theDashboard(cast, 'south'), counts({ shoppers: 2 }))
      await longEnough
    }),
    step('some leave, some come, some change their carts', async (cast) => {
      cast.dismiss('ann')
      cast.dismiss('cid')
      mustBe(await (await cast.wireShopper('eve', 'n1', { page: '/' })).add(2), 'ok', 'add')
      mustBe(await (await cast.wireShopper('fay', 'n2', { page: '/' })).add(2), 'ok', 'add')
      mustBe(await (await cast.wireShopper('ben', 'n1')).remove(1), 'ok', 'remove')
    }),
    step('heal', async (cast) => {
      await cast.nemesis.healEverything()
      await cast
        .until('both dashboards count all', rightWithinMs, async () => {
          for (const name of ['north', 'south'])
            if ((await theDashboard(cast, name).dashboard()).shoppers !== 4) return false
          return true
        })
        .catch(() => {})
    }),
  ],
  outlasts: { 'link.partition': downMs },
  expectations: [
    after(1, 'both dashboards count four', async (cast) => {
      for (const name of ['north', 'south'])
        await seesIn(cast, theDashboard(cast, name), counts({ shoppers: 4, items: { 1: 4 } }))
    }),
    after(3, 'each side counts its own', async (cast) => {
      await seesIn(cast, theDashboard(cast, 'north'), counts({ shoppers: 2, items: { 2: 1 } }))
      await seesIn(cast, theDashboard(cast, 'south'), counts({ shoppers: 2, items: { 1: 1, 2: 1 } }))
    }),
  ],
  laws: [presenceMatchesReality, noPresenceToShoppers, joinedTopics],
})
