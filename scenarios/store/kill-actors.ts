import {
  joinedTopics,
  nodesAgreeWithDatabase,
  pageStatusTrue,
  presenceMatchesReality,
  releasedEverywhere,
  type ScenarioContext,
  scenariosFor,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { mustBeConnected, watchingStalls } from '../stalls.ts'
import { enterBeside, listings, mustBe, openShop, sees, succeeded } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const victims = ['Sneakers23.Inventory', 'Sneakers23.Replication.Server', 'Sneakers23.Repo']
/** Its page is open and connected, and has no numbers for a second. */
const dashboard = 'AdminCartTrackerChannel:admin:cart_tracker'

/** Which actor each part of the first node is now. */
const partsOf = async (context: ScenarioContext<'store'>) =>
  new Map((await context.cluster.node('n1').control.actors()).map(({ name, id }) => [name, id]))

export default scenario({
  id: 'store/kill-actors',
  title: 'the parts of a node can be killed while a shopper waits',
  invariant:
    'Inventory, replication and database access of a node are killed; the shopper keeps the connection and sees the next release.',
  covers: ['AT-23', 'NF-6', 'FI-1', 'RT-9', 'RT-10', 'RT-77', 'ST-12', 'DF-69', 'RT-32'],
  tags: ['browser'],
  steps: [
    step('release product 2 and load the shop', async (context) => {
      succeeded(await context.release('n1', 2), 'release')
      await openShop(context, 'alice', 'n1')
      await enterBeside(context, 'n1')
    }),
    step('kill three parts of its node, and the channel of the dashboard', async (context) => {
      for (const victim of victims) {
        const before = await partsOf(context)
        await watchingStalls(context, 'n1', () => context.nemesis.inject('actor.kill', `n1/${victim}`))
        const after = await partsOf(context)
        const dragged = victims.find((name) => name !== victim && before.get(name) !== after.get(name))
        if (dragged) context.scratch.set('dragged', `the end of ${victim} restarted ${dragged}`)
      }
      await context.nemesis.inject('actor.kill', `n1/${dashboard}`)
    }),
    step('look at the page when the node is ready', async (context) => {
      const { control, directUrl } = context.cluster.node('n1')
      await context.until('n1 is ready', 15_000, async () => (await control.ready()).ready).catch(() => {})
      context.scratch.set('status', (await fetch(`${directUrl}/`)).status)
    }),
    step('release product 1 on another node', async (context) => succeeded(await context.release('n2', 1), 'release')),
  ],
  expectations: [
    after(1, 'product 1 says coming soon', (context) => sees(context, 'alice', listings({ 1: 'soon', 2: 'sizes' }))),
    after(2, 'the shopper never lost the connection', async (context) => {
      mustBeConnected(
        context,
        (one) => one === 'alice',
        (who, times) => `${who} was disconnected ${times} times`,
      )
    }),
    after(2, 'each was started again alone', async (context) => {
      if (context.scratch.has('dragged')) throw new Error(String(context.scratch.get('dragged')))
    }),
    after(3, 'the page is served', async (context) => mustBe(context.scratch.get('status'), 200, 'the page')),
    after(4, 'both products have sizes', (context) => sees(context, 'alice', listings({ 1: 'sizes', 2: 'sizes' }))),
  ],
  checkers: [
    viewsMatchFreshRender,
    releasedEverywhere,
    nodesAgreeWithDatabase,
    joinedTopics,
    presenceMatchesReality,
    pageStatusTrue,
  ],
})
