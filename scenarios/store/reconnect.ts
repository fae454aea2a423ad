import {
  joinedTopics,
  recoveryTime,
  releasedEverywhere,
  scenariosFor,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { listings, openShop, sees, succeeded, theTab } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

/** The same scenario for outages of different lengths (AT-9). */
export const reconnectAfter = (seconds: number) =>
  scenario({
    id: `store/reconnect-after-${seconds}s`,
    title: `a shopper is back after the server was gone for ${seconds} s`,
    invariant: `A shopper's server is killed and started again after ${seconds} s; the shopper is connected again within 10 s and sees the next release.`,
    covers: ['AT-9', 'NF-3', 'NF-4', 'CH-106', 'CH-108', 'ST-61', 'FI-2', 'DF-4'],
    tags: ['browser'],
    expectedDurationMs: seconds * 1_000,
    ...(seconds > 10 && { nightlyBecause: 'it mostly waits; shorter outages are in the acceptance suite' }),
    steps: [
      step('load the shop', async (context) => void (await openShop(context, 'alice', 'n1'))),
      step('kill the server', async (context) => {
        context.scratch.set('outage', await context.nemesis.inject('node.kill', 'n1'))
      }),
      step(`start it after ${seconds} s`, async (context) => {
        await context.clock.sleep(seconds * 1_000)
        await context.nemesis.healEverything()
      }),
      step('wait for the shopper', (context) => backOnline(context)),
      step('release product 1', async (context) => succeeded(await context.release('n2', 1), 'release')),
    ],
    expectations: [
      after(1, 'both listings say coming soon', (context) =>
        sees(context, 'alice', listings({ 1: 'soon', 2: 'soon' })),
      ),
      after(2, 'the shopper is disconnected', async (context) => {
        await context.until(
          'alice is disconnected',
          5_000,
          async () => !(await theTab(context, 'alice').joins()).connected,
        )
      }),
      after(5, 'product 1 has sizes', (context) => sees(context, 'alice', listings({ 1: 'sizes', 2: 'soon' }))),
    ],
    checkers: [recoveryTime(10_000), viewsMatchFreshRender, releasedEverywhere, joinedTopics],
  })

async function backOnline(context: Parameters<typeof sees>[0]) {
  await context
    .until('alice is joined again', 12_000, async () => {
      const { connected, expected, joined } = await theTab(context, 'alice').joins()
      return connected && joined.length === expected.length
    })
    // Whether she came back is the checkers' to say; the scenario goes on either way.
    .catch(() => {})
}
