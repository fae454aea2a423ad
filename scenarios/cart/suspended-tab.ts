import { cartNeverLost, joinedTopics, recoveryTime, scenariosFor, tabsConverge } from '../../harness/index.ts'
import { connectionsToStore, inCart, openTwoTabs, putIn, seesIn, takeOut, theTab } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const plenty = 50
const silentMs = 3_000

export default scenario({
  id: 'cart/suspended-tab',
  title: 'a machine sleeps longer than its server waits',
  invariant:
    'A tab is suspended until its node gives up the connection, and the cart changes elsewhere meanwhile; when it goes on it comes back, joins again and shows the cart as it is.',
  covers: ['AT-10', 'FI-5', 'CH-25', 'CH-106', 'CH-108', 'CT-21', 'CT-39', 'NF-3'],
  tags: ['browser'],
  given: { env: { SOCKET_IDLE_TIMEOUT_MS: String(silentMs) }, stock: { 1: plenty, 2: plenty } },
  steps: [
    step('one cart in tabs on two nodes', async (context) => {
      await openTwoTabs(context, 'alice', ['n1', 'n2'])
      await putIn(context, theTab(context, 'alice'), 1)
      await seesIn(context, theTab(context, 'alice', 1), inCart(1))
    }),
    step('suspend the first tab until its node gives it up', async (context) => {
      await context.nemesis.inject('client.suspend', 'alice')
      const { control } = context.cluster.node('n1')
      const held = async () => connectionsToStore((await control.state()).connections).length
      const longEnough = context.clock.sleep(silentMs + 100)
      await context.until('n1 lets go of the connection', 3 * silentMs, async () => (await held()) === 0)
      context.reached('the server let go')
      await longEnough
    }),
    step('the cart changes in the other tab', async (context) => {
      await putIn(context, theTab(context, 'alice', 1), 2)
      await takeOut(context, theTab(context, 'alice', 1), 1)
    }),
    step('the first tab goes on', (context) => context.nemesis.healEverything()),
  ],
  sometimes: ['the server let go'],
  outlasts: { 'client.suspend': silentMs },
  expectations: [
    after(4, 'it shows the cart as it is now', (context) => seesIn(context, theTab(context, 'alice'), inCart(2))),
    after(4, 'it came back on a new connection', async (context) => {
      const connects = context.recorder.events.filter(({ type, who }) => type === 'connect' && who === 'alice')
      if (connects.length < 2) throw new Error('the first tab never connected again')
    }),
  ],
  checkers: [tabsConverge, cartNeverLost, recoveryTime(10_000), joinedTopics],
})
