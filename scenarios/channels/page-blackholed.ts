import { joinedTopics, presenceMatchesReality, recoveryTime, scenariosFor } from '../../harness/index.ts'
import { enterBeside, openShop, theTab } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const heartbeatMs = 1_000

export default scenario({
  id: 'channels/page-blackholed',
  title: 'a page behind a black hole',
  invariant:
    'The network of a shopper goes away without closing anything; the page notices, and is back by itself when the network is.',
  given: { env: { CLIENT_HEARTBEAT_MS: String(heartbeatMs) } },
  covers: ['CH-24', 'CH-27', 'CH-106', 'CH-107', 'CH-112', 'NF-2', 'DF-6', 'DF-7'],
  tags: ['browser'],
  steps: [
    step('load the shop', async (context) => {
      await openShop(context, 'alice', 'n1')
      await enterBeside(context, 'n1')
    }),
    step('cut the link of the page', async (context) => {
      await using _cut = await context.nemesis.inject('link.cut', 'alice->n1 boss->n1 shoppers->n1')
      // Long enough for several attempts to come back that lead nowhere.
      const stays = context.clock.sleep(6_000)
      const noticed = context.until(
        'the page notices',
        5_000,
        async () => !(await theTab(context, 'alice').joins()).connected,
      )
      context.scratch.set(
        'noticed',
        await noticed.then(
          () => true,
          () => false,
        ),
      )
      await stays
    }),
    step('wait for the page', async (context) => {
      const back = context.until('the page is back', 8_000, async () => {
        const { connected, expected, joined } = await theTab(context, 'alice').joins()
        return connected && joined.length === expected.length
      })
      context.scratch.set(
        'back',
        await back.then(
          () => true,
          () => false,
        ),
      )
    }),
  ],
  // A page waits one heartbeat for the answer to the one before.
  outlasts: { 'link.cut': 2 * heartbeatMs },
  expectations: [
    after(2, 'the page noticed that nobody answers', async (context) => {
      if (context.scratch.get('noticed') !== true) throw new Error('the page still believes that it is connected')
    }),
    after(3, 'the page came back by itself', async (context) => {
      if (context.scratch.get('back') !== true) throw new Error('the page did not come back')
    }),
  ],
  checkers: [recoveryTime(10_000), joinedTopics, presenceMatchesReality],
})
