import { joinedTopics, presenceMatchesReality, recoveryTime, scenariosFor } from '../../harness/index.ts'
import { enterBeside, mustBe, openShop, releaseBoth, theTab } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const heartbeatMs = 1_000
const wanted = 1
const [answerWithinMs, saidWithinMs] = [2_000, 10_000]

/**
 * Runs in the page: clicks on a size, whose answer the client then waits for two seconds instead of ten. Returns what the page says first,
 * empty when it says nothing. The page itself waits, by its own timers: nothing that it says is missed while this process stands still.
 */
function clickInAHurry([itemId, answerMs, saidMs]: readonly [number, number, number]): Promise<string> {
  const { channels } = (window as unknown as { squall: { channels: { topic: string; timeout: number }[] } }).squall
  const cart = channels.find(({ topic }) => topic.startsWith('cart:'))!
  const usualMs = cart.timeout
  cart.timeout = answerMs
  document.querySelector<HTMLElement>(`.size-container__entry[value='${itemId}']`)!.click()
  cart.timeout = usualMs
  return new Promise((resolve) => {
    const look = () => {
      const said = document.querySelector('.toast')?.textContent
      if (said) resolve(said)
    }
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true })
    setTimeout(() => resolve(''), saidMs)
  })
}

export default scenario({
  id: 'channels/page-blackholed',
  title: 'a page behind a black hole',
  invariant:
    'The network of a shopper goes away without closing anything; the page notices, is back by itself when the network is, and says of a click meanwhile that nobody answers.',
  given: { env: { CLIENT_HEARTBEAT_MS: String(heartbeatMs) }, stock: { [wanted]: 5 } },
  covers: ['CH-24', 'CH-27', 'CH-106', 'CH-107', 'CH-112', 'CT-36', 'NF-2', 'DF-6', 'DF-7'],
  tags: ['browser'],
  steps: [
    step('load the shop', async (context) => {
      await releaseBoth(context, 'n1')
      await openShop(context, 'alice', 'n1')
      await enterBeside(context, 'n1')
    }),
    step('cut the link of the page', async (context) => {
      await using _cut = await context.nemesis.inject('link.cut', 'alice->n1 boss->n1 shoppers->n1')
      const { page, joins } = theTab(context, 'alice')
      const said = page.evaluate(clickInAHurry, [wanted, answerWithinMs, saidWithinMs] as const)
      // Long enough for several attempts to come back that lead nowhere.
      const stays = context.clock.sleep(6_000)
      const noticed = context
        .until('the page notices', 5_000, async () => !(await joins()).connected)
        .then(
          () => true,
          () => false,
        )
      const [what, isNoticed] = await Promise.all([said, noticed, stays])
      context.scratch.set('said', what).set('noticed', isNoticed)
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
    after(2, 'the page says that its click was not answered', async (context) =>
      mustBe(context.scratch.get('said'), 'The shop does not answer. Please try again.', 'what the page said'),
    ),
  ],
  checkers: [recoveryTime(10_000), joinedTopics, presenceMatchesReality],
})
