import {
  after,
  joinedTopics,
  nodesAgreeWithDatabase,
  scenario,
  step,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { level, listings, openShop, sees, soldOut, succeeded, theTab } from '../support.ts'

const firstSix = [1, 2, 3, 4, 5, 6]

export default scenario({
  id: 'store/repeated-news',
  title: 'news may be repeated, is not stored, and what is stored survives a restart',
  define:
    'Telling a release three times does no harm; telling that sizes are gone changes nothing stored; a sell-out survives a restart.',
  covers: ['AT-47', 'ST-25', 'ST-33', 'ST-49', 'ST-61', 'NF-4', 'FI-2'],
  given: { stock: Object.fromEntries(firstSix.map((id) => [id, 20 + id])) },
  steps: [
    step('load the shop', async (cast) => void (await openShop(cast, 'alice', 'n1'))),
    step('release product 1 and tell it three times more', async (cast) => {
      succeeded(await cast.release('n1', 1), 'release')
      for (let n = 0; n < 3; n += 1) succeeded(await cast.notifyRelease('n1', 1), 'notification')
    }),
    step('say that the first six items are gone', async (cast) => {
      for (const id of firstSix) succeeded(await cast.notifyStock('n1', id, 0), 'notification')
    }),
    step('reload', (cast) => theTab(cast, 'alice').reload()),
    step('sell everything', async (cast) => succeeded(await cast.reduce('n2'), 'reducer')),
    step('restart the server gently', async (cast) => {
      await using _stop = await cast.nemesis.inject('node.stop', 'n1')
    }),
  ],
  expectations: [
    after(2, 'product 1 has sizes, once', (cast) => sees(cast, 'alice', listings({ 1: 'sizes', 2: 'soon' }))),
    after(3, 'item 6 is out', (cast) => sees(cast, 'alice', level(6, 'out'))),
    after(4, 'the reload shows the stored state', (cast) => sees(cast, 'alice', level(6, 'low'))),
    after(5, 'everything is sold out', (cast) => sees(cast, 'alice', soldOut)),
    after(6, 'everything is still sold out', (cast) => sees(cast, 'alice', soldOut)),
  ],
  laws: [viewsMatchFreshRender, nodesAgreeWithDatabase, joinedTopics],
})
