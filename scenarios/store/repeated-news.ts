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
import { level, listens, listings, openShop, received, sees, soldOut, succeeded, theTab } from '../support.ts'

const firstSix = [1, 2, 3, 4, 5, 6]

const muchCount = 300
const muchText = 'x'.repeat(2_000)

/** News that is not for any page to show, until the page has heard all of it. */
async function tellMuch(cast: Cast) {
  const heard = () => received(cast, 'alice', 'chatter').length
  const expected = heard() + muchCount
  for (let n = 0; n < muchCount; n += 1)
    await cast.cluster.node('n1').control.broadcast('product:1', 'chatter', { n, text: muchText })
  await cast.until('the page has heard all', 5_000, () => heard() >= expected)
}

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
  covers: ['AT-47', 'ST-25', 'ST-33', 'ST-49', 'ST-61', 'NF-4', 'FI-2', 'ST-30', 'DF-63', 'DF-113', 'AT-11', 'DF-21'],
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
    step('tell the page much that changes nothing', async (cast) => {
      const tab = theTab(cast, 'alice')
      await listens(cast, tab)
      await tellMuch(cast)
      const beforeBytes = await tab.heapBytes()
      await tellMuch(cast)
      cast.notes.set('kept', ((await tab.heapBytes()) - beforeBytes) / muchCount)
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
    after(8, 'it keeps none of it', async (cast) => {
      const keptBytes = Math.round(cast.notes.get('kept') as number)
      if (keptBytes > muchText.length / 2) throw new Error(`the page keeps ${keptBytes} bytes of each message`)
    }),
  ],
  laws: [viewsMatchFreshRender, releasedEverywhere, nodesAgreeWithDatabase, joinedTopics],
})
