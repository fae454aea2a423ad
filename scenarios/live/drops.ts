import {
  joinedTopics,
  liveFramesBounded,
  livePagesMatchFreshRender,
  type ScenarioContext,
  scenariosFor,
  viewsMatchFreshRender,
  type WireClient,
} from '../../harness/index.ts'
import {
  grayed,
  level,
  listings,
  mustBe,
  openPage,
  putIn,
  releaseBoth,
  sees,
  seesIn,
  soldOut,
  succeeded,
  theTab,
} from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

/** The next sale of any of them changes its level. */
const atTheBorder = 150
const [taken, focused, sold] = [1, 2, 9]
const latencyMs = 400
const loadsPerPath = 10
const livePaths = ['/drops', '/drops/by-component', '/drops/finder', '/counter']
const onLivePages = ['alice', 'bob']

export default scenario({
  id: 'live/drops',
  title: 'the live page of the shop shows releases and the sell-out of another node',
  invariant:
    'Live pages on two nodes show each release and each new level without a reload, also before their node has read it, are sent only what changed, keep cart and focus, and leave nothing behind; without its client the page stays as it was.',
  covers: [
    'AT-18',
    'AT-19',
    'AT-20',
    'LV-1',
    'LV-8',
    'LV-11',
    'LV-14',
    'LV-19',
    'LV-20',
    'LV-21',
    'LV-22',
    'LV-23',
    'LV-24',
    'LV-25',
    'LV-32',
    'DF-115',
    'DF-116',
    'DF-117',
    'DF-118',
  ],
  tags: ['browser'],
  given: { nodes: 2, stock: { [taken]: atTheBorder, [focused]: atTheBorder, [sold]: atTheBorder } },
  steps: [
    step('load every live page several times, and keep three of them open on two nodes', async (context) => {
      for (const { directUrl } of context.cluster.nodes) await loadAll(directUrl)
      await openPage(context, 'alice', 'n1', '/drops')
      await openPage(context, 'bob', 'n2', '/drops/by-component')
      await openPage(context, 'carol', 'n2', '/drops', { without: 'live' })
      for (const who of onLivePages) await markDocument(context, who)
    }),
    step('release both products', (context) => releaseBoth(context, 'n1')),
    step('put a size into the cart, and change the level of the button that has the focus', async (context) => {
      await putIn(context, theTab(context, 'alice'), taken)
      await focusOn(context, 'alice', focused)
      succeeded(await context.sell('n2', focused), 'sale')
    }),
    step('sell on one node while the other one reads its database slowly', async (context) => {
      const late = await context.wire('late', 'n2', { path: '/product_socket/websocket' })
      await using _slow = await context.nemesis.inject('link.latency', 'n2->db', { delayMs: latencyMs })
      succeeded(await context.sell('n1', sold), 'sale')
      await sees(context, 'bob', level(sold, 'low'))
      await toldAtJoin(context, late)
    }),
    step('sell everything', async (context) => succeeded(await context.reduce('n2'), 'reducer')),
    step('reload the page that has no live client', (context) => theTab(context, 'carol').reload()),
  ],
  expectations: [
    after(1, 'all wait for the release', async (context) => {
      for (const who of [...onLivePages, 'carol']) await sees(context, who, listings({ 1: 'soon', 2: 'soon' }))
    }),
    after(2, 'the live pages have sizes', async (context) => {
      for (const who of onLivePages) await sees(context, who, listings({ 1: 'sizes', 2: 'sizes' }))
    }),
    after(3, 'the level changed under the focus', async (context) => {
      for (const who of onLivePages) await sees(context, who, level(focused, 'low'))
      mustBe(await isStillFocused(context, 'alice'), true, 'the button that had the focus has it, and is the same')
    }),
    after(4, 'who joined before the node had read it was told the new level', async (context) =>
      mustBe(context.scratch.get('told at the join'), ['low', 'low'], 'the level, alone and among the sizes'),
    ),
    after(5, 'the live pages and the cart are sold out, without a reload', async (context) => {
      for (const who of onLivePages) {
        await sees(context, who, soldOut)
        mustBe(await isSameDocument(context, who), true, `${who} still has the document of the first step`)
      }
      await sees(context, 'alice', grayed(taken))
    }),
    after(5, 'the page without its client shows what was there when it was loaded', (context) =>
      seesIn(context, theTab(context, 'carol'), listings({ 1: 'soon', 2: 'soon' })),
    ),
    after(6, 'after its reload it is sold out', (context) => sees(context, 'carol', soldOut)),
    after(6, 'no page joined a product', async (context) => {
      const joins = context.recorder.events.filter(({ type, topic = '' }) => type === 'join' && /^product:/.test(topic))
      if (joins.length > 0) throw new Error(`${joins[0]!.who} joined ${joins[0]!.topic} on a live page`)
    }),
  ],
  checkers: [viewsMatchFreshRender, livePagesMatchFreshRender, liveFramesBounded, joinedTopics],
})

type Context = ScenarioContext<'store'>

/** Whoever joins is told what all others know, though the node has not read it (ST-47). */
async function toldAtJoin(context: Context, wire: WireClient) {
  wire.send(['1', '1', 'product:2', 'phx_join', {}])
  const [, , , , released] = await wire.receive('the sizes', ([, , , event]) => event === 'released')
  const [, , , , change] = await wire.receive('the level of what was sold', ([, , , event, payload]) => {
    return event === 'stock_change' && (payload as { item_id: number }).item_id === sold
  })
  wire.close()
  const [, inSizes] =
    new RegExp(`level-(\\w+)" name="item_id" value="${sold}"`).exec(
      String((released as { size_html?: string }).size_html),
    ) ?? []
  context.scratch.set('told at the join', [(change as { level: string }).level, inSizes])
}

/** Nobody connects to these. */
async function loadAll(url: string) {
  for (const path of livePaths)
    for (let n = 0; n < loadsPerPath; n += 1) {
      const { status } = await fetch(url + path)
      if (status !== 200) throw new Error(`${path} answered ${status}`)
    }
}

const markDocument = (context: Context, who: string) =>
  theTab(context, who).page.evaluate(() => void Object.assign(window, { isMarked: true }))

const isSameDocument = (context: Context, who: string) =>
  theTab(context, who).page.evaluate(() => (window as { isMarked?: boolean }).isMarked === true)

const focusOn = (context: Context, who: string, itemId: number) =>
  theTab(context, who).page.evaluate((id) => {
    const button = document.querySelector<HTMLElement>(`.size-container__entry[value='${id}']`)
    button?.focus()
    Object.assign(window, { hadFocus: button })
  }, itemId)

const isStillFocused = (context: Context, who: string) =>
  theTab(context, who).page.evaluate(() => {
    const { hadFocus } = window as { hadFocus?: Element }
    return hadFocus !== undefined && hadFocus === document.activeElement
  })
