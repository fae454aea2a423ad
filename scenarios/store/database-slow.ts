import {
  joinedTopics,
  neverOversold,
  nodesAgreeWithDatabase,
  ordersChargedOnce,
  presenceMatchesReality,
  releasedEverywhere,
  type ScenarioContext,
  scenariosFor,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { mustTakeAtMost, watchingStalls } from '../stalls.ts'
import {
  listings,
  mustBe,
  mustHaveEnded,
  openDashboard,
  openShop,
  sees,
  soldUnits,
  succeeded,
  theTab,
} from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const few = 3
const delayMs = 400
const pageLoads = 3

export default scenario({
  id: 'store/database-slow',
  title: 'the database is slow',
  invariant: 'A release and a purchase take longer and happen once; pages do not wait for the database.',
  covers: ['FI-6', 'NF-5', 'ST-11', 'CT-55', 'CT-58'],
  tags: ['browser'],
  given: { stock: { 2: few } },
  steps: [
    step('one shopper looks, another has a cart', async (context) => {
      succeeded(await context.release('n1', 1), 'release')
      await openShop(context, 'alice', 'n1')
      await openDashboard(context, 'boss', 'n1')
      await sees(context, 'alice', listings({ 1: 'sizes', 2: 'soon' }))
      mustBe(await (await context.wireShopper('bob', 'n2')).add(2), 'ok', 'add')
    }),
    step('make the database slow; load a page, release and buy', async (context) => {
      await context.nemesis.inject('db.slow', 'db', { delayMs })
      await theTab(context, 'alice').reload()
      context.scratch.set('pageMs', await watchingStalls(context, 'n2', () => quickestPageMs(context)))
      const startedMs = context.clock.monotonicMs()
      succeeded(await context.release('n1', 2), 'release')
      context.scratch.set('releaseMs', context.clock.monotonicMs() - startedMs)
      context.scratch.set('bought', await (await context.wireShopper('bob', 'n2')).buy())
    }),
  ],
  expectations: [
    after(2, 'the release waited for the database', async (context) => {
      const releaseMs = context.scratch.get('releaseMs') as number
      if (releaseMs < delayMs) throw new Error(`it took only ${Math.round(releaseMs)} ms`)
    }),
    after(2, 'the page did not', async (context) => {
      const pageMs = context.scratch.get('pageMs') as number
      mustTakeAtMost(context, pageMs, delayMs - 1, `it took ${Math.round(pageMs)} ms`)
    }),
    after(2, 'it is released, and bought once', async (context) => {
      await sees(context, 'alice', listings({ 1: 'sizes', 2: 'sizes' }))
      mustHaveEnded(context, context.scratch.get('bought'), 'ok', 'the purchase')
      mustBe(await soldUnits(context, 2), [1], 'sold')
    }),
  ],
  checkers: [
    viewsMatchFreshRender,
    releasedEverywhere,
    nodesAgreeWithDatabase,
    neverOversold,
    ordersChargedOnce,
    joinedTopics,
    presenceMatchesReality,
  ],
})

/** The quickest of a few: the machine may stand still under one, but a page that waits for the database waits for it each time. */
async function quickestPageMs({ cluster, clock }: ScenarioContext<'store'>): Promise<number> {
  let quickestMs = Number.POSITIVE_INFINITY
  for (let load = 0; load < pageLoads; load += 1) {
    const startedMs = clock.monotonicMs()
    const page = await fetch(cluster.node('n1').directUrl)
    if (!(await page.text()).includes('</html>')) throw new Error(`the page was answered with ${page.status}`)
    quickestMs = Math.min(quickestMs, clock.monotonicMs() - startedMs)
  }
  return quickestMs
}
