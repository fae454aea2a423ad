import { joinedTopics, noPresenceToShoppers, presenceMatchesReality, scenariosFor } from '../../harness/index.ts'
import { counts, mustBe, openDashboard, releaseBoth, seesIn, theDashboard } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const plenty = 50
const downMs = 3_000
const rightWithinMs = 30_000

export default scenario({
  id: 'presence/split',
  title: 'shoppers come and go on both sides of a split',
  invariant:
    'Each side counts its own shoppers while it is cut off; within 30 s after the healing both dashboards count everybody who is there, and nobody who left.',
  covers: ['PA-2', 'PA-4', 'PA-7', 'PA-41', 'PA-44', 'NF-8', 'FI-7', 'DF-92'],
  tags: ['browser'],
  given: { pubsub: 'mesh', env: { TRACKER_DOWN_MS: String(downMs) }, stock: { 1: plenty, 2: plenty } },
  steps: [
    step('shoppers on both sides, and a dashboard on each', async (context) => {
      await releaseBoth(context, 'n1')
      await openDashboard(context, 'north', 'n1')
      await openDashboard(context, 'south', 'n2')
      for (const [name, node] of [
        ['ann', 'n1'],
        ['ben', 'n1'],
        ['cid', 'n2'],
        ['dan', 'n3'],
      ] as const)
        mustBe(await (await context.wireShopper(name, node, { page: '/' })).add(1), 'ok', 'add')
    }),
    step('cut n1 off from the others', async (context) => {
      await context.nemesis.inject('link.partition', 'n1|n2,n3')
      const longEnough = context.clock.sleep(downMs)
      await seesIn(context, theDashboard(context, 'north'), counts({ shoppers: 2 }))
      await seesIn(context, theDashboard(context, 'south'), counts({ shoppers: 2 }))
      await longEnough
    }),
    step('some leave, some come, some change their carts', async (context) => {
      context.disconnect('ann')
      context.disconnect('cid')
      mustBe(await (await context.wireShopper('eve', 'n1', { page: '/' })).add(2), 'ok', 'add')
      mustBe(await (await context.wireShopper('fay', 'n2', { page: '/' })).add(2), 'ok', 'add')
      mustBe(await (await context.wireShopper('ben', 'n1')).remove(1), 'ok', 'remove')
    }),
    step('heal', async (context) => {
      await context.nemesis.healEverything()
      await context
        .until('both dashboards count all', rightWithinMs, async () => {
          for (const name of ['north', 'south'])
            if ((await theDashboard(context, name).dashboard()).shoppers !== 4) return false
          return true
        })
        .catch(() => {})
    }),
  ],
  outlasts: { 'link.partition': downMs },
  expectations: [
    after(1, 'both dashboards count four', async (context) => {
      for (const name of ['north', 'south'])
        await seesIn(context, theDashboard(context, name), counts({ shoppers: 4, items: { 1: 4 } }))
    }),
    after(3, 'each side counts its own', async (context) => {
      await seesIn(context, theDashboard(context, 'north'), counts({ shoppers: 2, items: { 2: 1 } }))
      await seesIn(context, theDashboard(context, 'south'), counts({ shoppers: 2, items: { 1: 1, 2: 1 } }))
    }),
  ],
  checkers: [presenceMatchesReality, noPresenceToShoppers, joinedTopics],
})
