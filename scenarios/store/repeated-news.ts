import {
  after,
  type Cast,
  joinedTopics,
  nodesAgreeWithDatabase,
  releasedEverywhere,
  scenario,
  step,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { level, listings, openShop, received, sees, soldOut, succeeded, theTab } from '../support.ts'

const firstSix = [1, 2, 3, 4, 5, 6]

/** How often alice was told that the item is gone. */
const toldOut = (cast: Cast, itemId: number) =>
  received(cast, 'alice', 'stock_change').filter(({ value }) => {
    const told = value as { item_id: number; level: string }
    return told.item_id === itemId && told.level === 'out'
  }).length

export default scenario({
  id: 'store/repeated-news',
  title: 'news may be repeated, is not stored, and what is stored survives a restart',
  define:
    'Telling a release three times does no harm; telling that sizes are gone changes nothing stored; a sell-out survives a restart.',
  covers: ['AT-47', 'ST-25', 'ST-33', 'ST-49', 'ST-61', 'NF-4', 'FI-2', 'ST-30', 'DF-63', 'DF-113'],
  given: { stock: Object.fromEntries(firstSix.map((id) => [id, 20 + id])) },
  steps: [
    step('load the shop', async (cast) => void (await openShop(cast, 'alice', 'n1'))),
    step('release product 1 and tell it three times more', async (cast) => {
      succeeded(await cast.release('n1', 1), 'release')
      for (let n = 0; n < 3; n += 1) succeeded(await cast.notifyRelease('n1', 1), 'notification')
    }),
    step('say that the first six items are gone', async (cast) => {
      for (const id of firstSix) succeeded(await cast.notifyStock('n1', id, 0), 'notification')
      await sees(cast, 'alice', level(6, 'out'))
      cast.notes.set('told', toldOut(cast, 6))
    }),
    step('say it once more of the last of them', async (cast) =>
      succeeded(await cast.notifyStock('n1', 6, 0), 'notification'),
    ),
    step('reload', (cast) => theTab(cast, 'alice').reload()),
    step('sell everything', async (cast) => succeeded(await cast.reduce('n2'), 'reducer')),
    step('restart the server gently', async (cast) => {
      await using _stop = await cast.nemesis.inject('node.stop', 'n1')
    }),
  ],
  expectations: [
    after(2, 'product 1 has sizes, once', (cast) => sees(cast, 'alice', listings({ 1: 'sizes', 2: 'soon' }))),
    after(3, 'item 6 is out', (cast) => sees(cast, 'alice', level(6, 'out'))),
    after(4, 'who may have missed it is told again', async (cast) => {
      const before = cast.notes.get('told') as number
      await cast
        .until('it is said again', 2_000, () => toldOut(cast, 6) > before)
        .catch(() => {
          throw new Error('it was said again to nobody')
        })
    }),
    after(5, 'the reload shows the stored state', (cast) => sees(cast, 'alice', level(6, 'low'))),
    after(6, 'everything is sold out', (cast) => sees(cast, 'alice', soldOut)),
    after(7, 'everything is still sold out', (cast) => sees(cast, 'alice', soldOut)),
  ],
  laws: [viewsMatchFreshRender, releasedEverywhere, nodesAgreeWithDatabase, joinedTopics],
})
