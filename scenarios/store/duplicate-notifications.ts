import {
  joinedTopics,
  nodesAgreeWithDatabase,
  releasedEverywhere,
  type ScenarioContext,
  scenariosFor,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { mustHaveHeard } from '../stalls.ts'
import { level, listens, listings, openShop, received, sees, soldOut, succeeded, theTab } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const firstSix = [1, 2, 3, 4, 5, 6]

const muchCount = 300
const muchText = 'x'.repeat(2_000)

/** News that is not for any page to show, until the page has heard all of it. */
async function tellMuch(context: ScenarioContext<'store'>) {
  const heard = () => received(context, 'alice', 'chatter').length
  const expected = heard() + muchCount
  for (let n = 0; n < muchCount; n += 1)
    await context.cluster.node('n1').control.broadcast('product:1', 'chatter', { n, text: muchText })
  await context.until('the page has heard all', 5_000, () => heard() >= expected)
}

/** How often alice was told that the item is gone. */
const toldOut = (context: ScenarioContext, itemId: number) =>
  received(context, 'alice', 'stock_change').filter(({ value }) => {
    const told = value as { item_id: number; level: string }
    return told.item_id === itemId && told.level === 'out'
  }).length

export default scenario({
  id: 'store/duplicate-notifications',
  title: 'news may be repeated, is not stored, and what is stored survives a restart',
  invariant:
    'Telling a release three times does no harm; telling that sizes are gone changes nothing stored; a sell-out survives a restart.',
  covers: [
    'AT-47',
    'ST-25',
    'ST-33',
    'ST-49',
    'ST-61',
    'NF-4',
    'FI-2',
    'ST-30',
    'DF-63',
    'DF-113',
    'AT-11',
    'DF-21',
    'RT-69',
  ],
  expectedDurationMs: 14_000,
  tags: ['browser'],
  given: { stock: Object.fromEntries(firstSix.map((id) => [id, 20 + id])) },
  steps: [
    step('load the shop', async (context) => void (await openShop(context, 'alice', 'n1'))),
    step('release product 1 and tell it three times more', async (context) => {
      succeeded(await context.release('n1', 1), 'release')
      for (let n = 0; n < 3; n += 1) succeeded(await context.notifyRelease('n1', 1), 'notification')
    }),
    step('say that the first six items are gone', async (context) => {
      for (const id of firstSix) succeeded(await context.notifyStock('n1', id, 0), 'notification')
      await sees(context, 'alice', level(6, 'out'))
      context.scratch.set('told', toldOut(context, 6))
    }),
    step('say it once more of the last of them', async (context) =>
      succeeded(await context.notifyStock('n1', 6, 0), 'notification'),
    ),
    step('reload', (context) => theTab(context, 'alice').reload()),
    step('sell everything', async (context) => succeeded(await context.reduce('n2'), 'reducer')),
    step('restart the server gently', async (context) => {
      await using _stop = await context.nemesis.inject('node.stop', 'n1')
    }),
    step('tell the page much that changes nothing', async (context) => {
      const tab = theTab(context, 'alice')
      await listens(context, tab)
      await tellMuch(context)
      const beforeBytes = await tab.heapBytes()
      await tellMuch(context)
      context.scratch.set('kept', ((await tab.heapBytes()) - beforeBytes) / muchCount)
    }),
  ],
  expectations: [
    after(2, 'product 1 has sizes, once', (context) => sees(context, 'alice', listings({ 1: 'sizes', 2: 'soon' }))),
    after(3, 'item 6 is out', (context) => sees(context, 'alice', level(6, 'out'))),
    after(4, 'the message is sent again to whoever may have missed it', async (context) => {
      const before = context.scratch.get('told') as number
      await context
        .until('it is said again', 8_000, () => toldOut(context, 6) > before)
        .catch(() => mustHaveHeard(context, false, (who) => who === 'alice', 'it was said again to nobody'))
    }),
    after(5, 'the reload shows the stored state', (context) => sees(context, 'alice', level(6, 'low'))),
    after(6, 'everything is sold out', (context) => sees(context, 'alice', soldOut)),
    after(7, 'everything is still sold out', (context) => sees(context, 'alice', soldOut)),
    after(8, 'it keeps none of it', async (context) => {
      const keptBytes = Math.round(context.scratch.get('kept') as number)
      if (keptBytes > muchText.length / 2) throw new Error(`the page keeps ${keptBytes} bytes of each message`)
    }),
  ],
  checkers: [viewsMatchFreshRender, releasedEverywhere, nodesAgreeWithDatabase, joinedTopics],
})
