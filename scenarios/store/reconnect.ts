import {
  after,
  joinedTopics,
  recoveryTime,
  releasedEverywhere,
  scenario,
  step,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { listings, openShop, sees, succeeded, theTab } from '../support.ts'

/** The same story for outages of different lengths (AT-9). */
export const reconnectAfter = (seconds: number) =>
  scenario({
    id: `store/reconnect-after-${seconds}s`,
    title: `a shopper is back after the server was gone for ${seconds} s`,
    define: `A shopper's server is killed and started again after ${seconds} s; the shopper is connected again within 10 s and sees the next release.`,
    covers: ['AT-9', 'NF-3', 'NF-4', 'CH-106', 'CH-108', 'ST-61', 'FI-2', 'DF-4'],
    waitsMs: seconds * 1_000,
    steps: [
      step('load the shop', async (cast) => void (await openShop(cast, 'alice', 'n1'))),
      step('kill the server', async (cast) => {
        cast.notes.set('outage', await cast.nemesis.inject('node.kill', 'n1'))
      }),
      step(`start it after ${seconds} s`, async (cast) => {
        await cast.clock.sleep(seconds * 1_000)
        await cast.nemesis.healEverything()
      }),
      step('wait for the shopper', (cast) => backOnline(cast)),
      step('release product 1', async (cast) => succeeded(await cast.release('n2', 1), 'release')),
    ],
    expectations: [
      after(1, 'both listings say coming soon', (cast) => sees(cast, 'alice', listings({ 1: 'soon', 2: 'soon' }))),
      after(2, 'the shopper is disconnected', async (cast) => {
        await cast.until('alice is disconnected', 5_000, async () => !(await theTab(cast, 'alice').joins()).connected)
      }),
      after(5, 'product 1 has sizes', (cast) => sees(cast, 'alice', listings({ 1: 'sizes', 2: 'soon' }))),
    ],
    laws: [recoveryTime(10_000), viewsMatchFreshRender, releasedEverywhere, joinedTopics],
  })

async function backOnline(cast: Parameters<typeof sees>[0]) {
  await cast
    .until('alice is joined again', 12_000, async () => {
      const { connected, expected, joined } = await theTab(cast, 'alice').joins()
      return connected && joined.length === expected.length
    })
    // Whether she came back is the laws' to say; the story goes on either way.
    .catch(() => {})
}
