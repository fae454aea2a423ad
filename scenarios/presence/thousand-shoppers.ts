import { presenceMatchesReality, scenariosFor } from '../../harness/index.ts'
import { mustTakeAtMost, watchingStalls } from '../stalls.ts'
import { counts, mustBe, openDashboard, openShop, releaseBoth, seesIn, theDashboard } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const size = 1_000
const plenty = 900
const itemIds = Array.from({ length: 13 }, (_, index) => index + 1)
const shownWithinMs = 5_000
const goneWithinMs = 30_000
const sum = (record: Record<string, number>) => Object.values(record).reduce((total, n) => total + n, 0)

export default scenario({
  id: 'presence/thousand-shoppers',
  title: 'a thousand shoppers on the dashboard',
  invariant:
    'A thousand shoppers on three nodes join and put one item in; the dashboard counts them all within five seconds, evenly spread, and nobody any more when they are gone.',
  covers: ['AT-16', 'FI-12', 'PA-3', 'PA-46', 'PA-47', 'PA-49', 'PA-50'],
  tags: ['browser'],
  nightlyBecause: 'a thousand clients take a core, and smaller crowds are counted in the acceptance suite',
  given: { stock: Object.fromEntries(itemIds.map((id) => [id, plenty])) },
  steps: [
    step('open the dashboard, and one shop', async (context) => {
      await releaseBoth(context, 'n1')
      await openDashboard(context, 'boss', 'n1')
      await openShop(context, 'alice', 'n2')
    }),
    step('a thousand shoppers come', async (context) => {
      await context.crowd({ size, nodes: context.cluster.nodes.map(({ name }) => name), itemIds })
      const joinedMs = context.clock.monotonicMs()
      const areCounted = async () => {
        const { shoppers, items } = await theDashboard(context, 'boss').dashboard()
        return shoppers === size + 1 && sum(items) === size
      }
      await watchingStalls(context, 'n3', () =>
        context.until('the dashboard counts them', shownWithinMs * 2, areCounted),
      )
      context.scratch.set('took', context.clock.monotonicMs() - joinedMs)
      context.scratch.set('seen', await theDashboard(context, 'boss').dashboard())
    }),
    step('they go', async (context) => {
      for (const crowd of context.crowds()) crowd.close()
      await context.until(
        'nobody is counted',
        goneWithinMs,
        async () => (await theDashboard(context, 'boss').dashboard()).shoppers === 1,
      )
    }),
  ],
  expectations: [
    after(2, `they are shown within ${shownWithinMs} ms of the last`, async (context) => {
      const tookMs = Number(context.scratch.get('took'))
      mustTakeAtMost(context, tookMs, shownWithinMs, `it took ${Math.round(tookMs)} ms`)
    }),
    after(2, 'pages and items add up, and are about evenly spread', async (context) => {
      const { pages, items } = context.scratch.get('seen') as {
        pages: Record<string, number>
        items: Record<string, number>
      }
      mustBe([sum(pages), sum(items)], [size + 1, size], 'pages and items')
      const uneven = Object.entries(pages).find(([page, n]) => page !== '/' && (n < 150 || n > 350))
      if (uneven) throw new Error(`${uneven[1]} on ${uneven[0]}`)
    }),
    after(3, 'one shopper is left', (context) =>
      seesIn(context, theDashboard(context, 'boss'), counts({ shoppers: 1, pages: { '/': 1 }, items: {} })),
    ),
  ],
  checkers: [presenceMatchesReality],
})
