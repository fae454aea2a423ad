import { after, joinedTopics, recoveryTime, scenario, step } from '../../harness/index.ts'
import { openShop, theTab } from '../support.ts'

const heartbeatMs = 1_000

export default scenario({
  id: 'channels/page-behind-a-cut',
  title: 'a page behind a black hole',
  define:
    'The network of a shopper goes away without closing anything; the page notices, and is back by itself when the network is.',
  given: { env: { CLIENT_HEARTBEAT_MS: String(heartbeatMs) } },
  covers: ['CH-24', 'CH-27', 'CH-106', 'CH-107', 'CH-112', 'NF-2', 'DF-6', 'DF-7'],
  steps: [
    step('load the shop', async (cast) => void (await openShop(cast, 'alice', 'n1'))),
    step('cut the link of the page', async (cast) => {
      await using _cut = await cast.nemesis.inject('link.cut', 'alice->n1')
      // Long enough for several attempts to come back that lead nowhere.
      const stays = cast.clock.sleep(6_000)
      const noticed = cast.until(
        'the page notices',
        5_000,
        async () => !(await theTab(cast, 'alice').joins()).connected,
      )
      cast.notes.set(
        'noticed',
        await noticed.then(
          () => true,
          () => false,
        ),
      )
      await stays
    }),
    step('wait for the page', async (cast) => {
      const back = cast.until('the page is back', 8_000, async () => {
        const { connected, expected, joined } = await theTab(cast, 'alice').joins()
        return connected && joined.length === expected.length
      })
      cast.notes.set(
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
    after(2, 'the page noticed that nobody answers', async (cast) => {
      if (cast.notes.get('noticed') !== true) throw new Error('the page still believes that it is connected')
    }),
    after(3, 'the page came back by itself', async (cast) => {
      if (cast.notes.get('back') !== true) throw new Error('the page did not come back')
    }),
  ],
  laws: [recoveryTime(10_000), joinedTopics],
})
