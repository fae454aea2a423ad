import {
  after,
  type Cast,
  joinedTopics,
  neverOversold,
  nodesAgreeWithDatabase,
  ordersChargedOnce,
  releasedEverywhere,
  scenario,
  step,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { listings, mustBe, openShop, sees, soldUnits, succeeded, theTab } from '../support.ts'

const few = 3
const delayMs = 400
const pageLoads = 3

export default scenario({
  id: 'store/database-slow',
  title: 'the database is slow',
  define: 'A release and a purchase take longer and happen once; pages do not wait for the database.',
  covers: ['FI-6', 'NF-5', 'ST-11', 'CT-55', 'CT-58'],
  given: { stock: { 2: few } },
  steps: [
    step('one shopper looks, another has a cart', async (cast) => {
      succeeded(await cast.release('n1', 1), 'release')
      await openShop(cast, 'alice', 'n1')
      await sees(cast, 'alice', listings({ 1: 'sizes', 2: 'soon' }))
      mustBe(await (await cast.wireShopper('bob', 'n2')).add(2), 'ok', 'add')
    }),
    step('make the database slow; load a page, release and buy', async (cast) => {
      await cast.nemesis.inject('db.slow', 'db', { delayMs })
      await theTab(cast, 'alice').reload()
      cast.notes.set('pageMs', await quickestPageMs(cast))
      const startedMs = cast.clock.monotonicMs()
      succeeded(await cast.release('n1', 2), 'release')
      cast.notes.set('releaseMs', cast.clock.monotonicMs() - startedMs)
      cast.notes.set('bought', await (await cast.wireShopper('bob', 'n2')).buy())
    }),
  ],
  expectations: [
    after(2, 'the release waited for the database', async (cast) => {
      const releaseMs = cast.notes.get('releaseMs') as number
      if (releaseMs < delayMs) throw new Error(`it took only ${Math.round(releaseMs)} ms`)
    }),
    after(2, 'the page did not', async (cast) => {
      const pageMs = cast.notes.get('pageMs') as number
      if (pageMs >= delayMs) throw new Error(`it took ${Math.round(pageMs)} ms`)
    }),
    after(2, 'it is released, and bought once', async (cast) => {
      await sees(cast, 'alice', listings({ 1: 'sizes', 2: 'sizes' }))
      mustBe(cast.notes.get('bought'), 'ok', 'the purchase')
      mustBe(await soldUnits(cast, 2), [1], 'sold')
    }),
  ],
  laws: [
    viewsMatchFreshRender,
    releasedEverywhere,
    nodesAgreeWithDatabase,
    neverOversold,
    ordersChargedOnce,
    joinedTopics,
  ],
})

/** The quickest of a few: the machine may stand still under one, but a page that waits for the database waits for it each time. */
async function quickestPageMs({ cluster, clock }: Cast): Promise<number> {
  let quickestMs = Number.POSITIVE_INFINITY
  for (let load = 0; load < pageLoads; load += 1) {
    const startedMs = clock.monotonicMs()
    const page = await fetch(cluster.node('n1').directUrl)
    if (!(await page.text()).includes('</html>')) throw new Error(`the page was answered with ${page.status}`)
    quickestMs = Math.min(quickestMs, clock.monotonicMs() - startedMs)
  }
  return quickestMs
}
