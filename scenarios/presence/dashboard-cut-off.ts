import { joinedTopics, presenceMatchesReality, recoveryTime, scenariosFor } from '../../harness/index.ts'
import { counts, type Look, mustBe, openDashboard, releaseBoth, seesIn, theDashboard } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const plenty = 50
const backWithinMs = 10_000

const says =
  (pattern: RegExp): Look =>
  async (tab) => {
    const { staleness } = await tab.dashboard()
    return pattern.test(staleness) || `"${staleness}"`
  }

export default scenario({
  id: 'presence/dashboard-cut-off',
  title: 'a dashboard that has lost its connection says so',
  invariant:
    'While nothing reaches the dashboard it says how old its numbers are; when it is back they are right, though shoppers came and went meanwhile.',
  covers: ['PA-43', 'PA-44', 'PA-45', 'FI-3', 'NF-3', 'AM-11'],
  tags: ['browser'],
  given: { stock: { 1: plenty } },
  steps: [
    step('two shoppers and a dashboard', async (context) => {
      await releaseBoth(context, 'n1')
      await openDashboard(context, 'boss', 'n3')
      for (const name of ['ann', 'ben'])
        mustBe(await (await context.wireShopper(name, 'n1', { page: '/' })).add(1), 'ok', 'add')
      await seesIn(context, theDashboard(context, 'boss'), counts({ shoppers: 2, items: { 1: 2 } }))
    }),
    step(
      'nothing reaches the dashboard any more',
      async (context) => void (await context.nemesis.inject('link.cut', 'boss->n3')),
    ),
    step('shoppers come and go', async (context) => {
      context.disconnect('ann')
      for (const name of ['cid', 'dan']) await context.wireShopper(name, 'n2', { page: '/checkout' })
    }),
    step('heal', (context) => context.nemesis.healEverything()),
  ],
  expectations: [
    after(1, 'it is live', (context) => seesIn(context, theDashboard(context, 'boss'), says(/^Live/))),
    after(3, 'it says that its numbers are old', (context) =>
      seesIn(
        context,
        theDashboard(context, 'boss'),
        says(/^(Connection lost|No answer)\. These numbers are \d+ s old$/),
      ),
    ),
    after(4, 'it is live again', (context) => seesIn(context, theDashboard(context, 'boss'), says(/^Live/))),
    after(4, 'its numbers are right', (context) =>
      seesIn(
        context,
        theDashboard(context, 'boss'),
        counts({ shoppers: 3, pages: { '/': 1, '/checkout': 2 }, items: { 1: 1 } }),
      ),
    ),
  ],
  checkers: [presenceMatchesReality, joinedTopics, recoveryTime(backWithinMs)],
})
