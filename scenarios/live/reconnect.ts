import {
  joinedTopics,
  liveFramesBounded,
  livePagesMatchFreshRender,
  recoveryTime,
  releasedEverywhere,
  type ScenarioContext,
  scenariosFor,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import {
  type Look,
  listings,
  nothingWasWrong,
  openPage,
  sees,
  seesIn,
  seesTheTruth,
  succeeded,
  theTab,
} from '../support.ts'
import { clickInLivePage, keepsCount, rememberCount, seesCount } from './counter.ts'

const { scenario, step, after } = scenariosFor('store')

const size = '8'
const plenty = 900
/** A size that is sold out before its release. */
const [goneSize, goneItem] = ['12', 7]
/** What would end an attribute that is not escaped. */
const oddSize = `8" x='<&`
const allItems = Array.from({ length: 13 }, (_, index) => index + 1)
/** The tabs of alice, in the order in which she opens them. */
const [counter, otherCounter, finder] = [1, 2, 3]

export default scenario({
  id: 'live/reconnect',
  title: 'live pages after a cut, a killed node and the back button',
  invariant:
    'A live page that was cut off, whose node died, or that the browser kept alive, is mounted afresh from what is so now: it shows what it missed, its counter begins again, and its form has what was typed.',
  covers: ['LV-13', 'LV-16', 'LV-18', 'AT-8', 'AT-9', 'NF-2', 'NF-9', 'FI-2', 'FI-3'],
  tags: ['browser'],
  given: {
    nodes: 2,
    env: { STORE_NO_STORE: 'off' },
    stock: { ...Object.fromEntries(allItems.map((id) => [id, plenty])), [goneItem]: 0 },
  },
  steps: [
    step('open the shop, two counters and the finder on one node, and the shop in another browser', async (context) => {
      await openPage(context, 'alice', 'n1', '/drops')
      for (const _ of [counter, otherCounter]) await openPage(context, 'alice', 'n1', '/counter')
      await openPage(context, 'alice', 'n1', '/drops/finder')
      await openPage(context, 'erin', 'n2', '/drops', { bfcache: true })
      for (const index of [counter, otherCounter]) await rememberCount(context, theTab(context, 'alice', index))
    }),
    step('count, and type a size', async (context) => {
      await click(context, counter, '+', 2)
      await click(context, otherCounter, '-', 1)
      const { page } = finderOf(context)
      for (const typed of [goneSize, oddSize, size]) {
        await page.fill('#finder input', typed)
        await seesIn(context, finderOf(context), asked(typed))
        await seesTheTruth(context, finderOf(context), `asked for ${typed}`)
      }
    }),
    step('leave one browser, cut the other one off, and release product 1', async (context) => {
      await theTab(context, 'erin').leave()
      await using _cut = await context.nemesis.inject('link.cut', 'alice->n1')
      succeeded(await context.release('n2', 1), 'release')
      await context.clock.sleep(1_000)
    }),
    step('go back', async (context) => {
      const { restored } = await theTab(context, 'erin').back()
      if (!restored) context.notReached('the browser did not restore the page from its back-forward cache')
    }),
    step('count again, kill the node, and release product 2', async (context) => {
      await click(context, counter, '+', 1)
      await seesCount(context, theTab(context, 'alice', counter), 1)
      await using _kill = await context.nemesis.inject('node.kill', 'n1')
      succeeded(await context.release('n2', 2), 'release')
    }),
  ],
  expectations: [
    after(1, 'the finder asks for a size', (context) => seesIn(context, finderOf(context), waits)),
    after(2, 'each counter counts for itself', async (context) => {
      await keepsCount(context, theTab(context, 'alice', counter), 2)
      await keepsCount(context, theTab(context, 'alice', otherCounter), -1)
    }),
    after(2, 'the finder found what the database has', nothingWasWrong),
    after(2, 'the finder has found the size', (context) => seesIn(context, finderOf(context), finds('coming soon'))),
    after(3, 'the shop shows the release', (context) => sees(context, 'alice', listings({ 1: 'sizes', 2: 'soon' }))),
    after(3, 'the counters begin again', async (context) => {
      for (const index of [counter, otherCounter]) await seesCount(context, theTab(context, 'alice', index), 0)
    }),
    after(3, 'the finder has what was typed, and what it finds now', (context) =>
      seesIn(context, finderOf(context), finds('plenty')),
    ),
    after(4, 'the page that was kept alive shows the release', (context) =>
      sees(context, 'erin', listings({ 1: 'sizes', 2: 'soon' })),
    ),
    after(5, 'both shops show the second release', async (context) => {
      for (const who of ['alice', 'erin']) await sees(context, who, listings({ 1: 'sizes', 2: 'sizes' }))
    }),
    after(5, 'the counter begins again, and the finder has what was typed', async (context) => {
      await seesCount(context, theTab(context, 'alice', counter), 0)
      await seesIn(context, finderOf(context), finds('plenty'))
    }),
  ],
  checkers: [
    recoveryTime(10_000),
    viewsMatchFreshRender,
    livePagesMatchFreshRender,
    liveFramesBounded,
    releasedEverywhere,
    joinedTopics,
  ],
})

type Context = ScenarioContext<'store'>

const finderOf = (context: Context) => theTab(context, 'alice', finder)

async function click(context: Context, index: number, name: string, times: number) {
  const { page } = theTab(context, 'alice', index)
  for (let n = 0; n < times; n += 1) await clickInLivePage(page, name)
}

/** Nobody has typed anything yet. */
const waits: Look = async (tab) => {
  const summary = await tab.text('.finder [role=status]')
  return summary.startsWith('Type a size') || `"${summary}"`
}

/** The page says that it was asked for the size, and finds what the database has; the input has no attributes but its own. */
const asked =
  (typed: string): Look =>
  async (tab) => {
    const summary = await tab.text('.finder [role=status]')
    const attributes = await tab.page.evaluate(() => document.querySelector('#finder input')?.getAttributeNames() ?? [])
    const strange = attributes.filter((name) => !inputAttributes.test(name))
    if (strange.length > 0) return `an input with ${strange.join()}`
    return summary.endsWith(` in ${typed}.`) || `"${summary}"`
  }

const inputAttributes = /^(type|name|value|inputmode|autocomplete|maxlength|data-phx-[\w-]+|phx-[\w-]+)$/

/** The form holds the size, and what was found for it has one shoe at least in this state. */
const finds =
  (state: string): Look =>
  async (tab) => {
    const typed = await tab.page.inputValue('#finder input')
    const found = await tab.text('.finder__finds')
    return (typed === size && found.includes(state)) || `"${typed}" in the form and "${found}"`
  }
