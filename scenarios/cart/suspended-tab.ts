import { after, cartNeverLost, joinedTopics, recoveryTime, scenario, step, tabsConverge } from '../../harness/index.ts'
import { inCart, mustBe, openTwoTabs, putIn, seesIn, takeOut, theTab } from '../support.ts'

const plenty = 50
const silentMs = 3_000

export default scenario({
  id: 'cart/suspended-tab',
  title: 'a machine sleeps longer than its server waits',
  define:
    'A tab is suspended until its node gives up the connection, and the cart changes elsewhere meanwhile; when it goes on it comes back, joins again and shows the cart as it is.',
  covers: ['AT-10', 'FI-5', 'CH-25', 'CH-106', 'CH-108', 'CT-21', 'CT-39', 'NF-3'],
  given: { env: { SOCKET_IDLE_TIMEOUT_MS: String(silentMs) }, stock: { 1: plenty, 2: plenty } },
  steps: [
    step('one cart in tabs on two nodes', async (cast) => {
      await openTwoTabs(cast, 'alice', ['n1', 'n2'])
      await putIn(cast, theTab(cast, 'alice'), 1)
      await seesIn(cast, theTab(cast, 'alice', 1), inCart(1))
    }),
    step('suspend the first tab until its node gives it up', async (cast) => {
      await cast.nemesis.inject('client.suspend', 'alice')
      const held = async () => (await cast.cluster.node('n1').control.state()).connections.length
      const longEnough = cast.clock.sleep(silentMs + 100)
      await cast.until('n1 lets go of the connection', 3 * silentMs, async () => (await held()) === 0)
      cast.reached('the server let go')
      await longEnough
    }),
    step('the cart changes in the other tab', async (cast) => {
      await putIn(cast, theTab(cast, 'alice', 1), 2)
      await takeOut(cast, theTab(cast, 'alice', 1), 1)
    }),
    step('the first tab goes on', (cast) => cast.nemesis.healEverything()),
  ],
  sometimes: ['the server let go'],
  outlasts: { 'client.suspend': silentMs },
  expectations: [
    after(4, 'it shows the cart as it is now', (cast) => seesIn(cast, theTab(cast, 'alice'), inCart(2))),
    after(4, 'it came back on a new connection', async (cast) => {
      const connects = cast.recorder.events.filter(({ type, who }) => type === 'connect' && who === 'alice')
      mustBe(connects.length, 2, 'connections of the first tab')
    }),
  ],
  laws: [tabsConverge, cartNeverLost, recoveryTime(10_000), joinedTopics],
})
