import {
  cartNeverLost,
  joinedTopics,
  neverOversold,
  nodesAgreeWithDatabase,
  ordersChargedOnce,
  presenceMatchesReality,
  type ScenarioContext,
  scenariosFor,
  type Tab,
  tabsConverge,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import {
  listens,
  lookIf,
  nothingWasWrong,
  openDashboard,
  openPage,
  openShop,
  putIn,
  releaseBoth,
  seesTheTruth,
  succeeded,
  takeOut,
  theDashboard,
  theTab,
} from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

/** One pair more than a stock level has, and a last pair. */
const [low, medium, lastOne, plentiful, lastToo] = [1, 2, 3, 8, 9]
/** The tabs of alice, in the order in which they are opened. */
const [shop, otherShop, checkout, otherCheckout] = [0, 1, 2, 3]

/** Every way of seeing a page again, after each of which it must show what the database has. */
async function seeAgain(context: ScenarioContext<'store'>, tab: Tab, meanwhile: () => Promise<void>) {
  await tab.reload()
  await seesTheTruth(context, tab, 'after a reload')
  await tab.leave()
  await meanwhile()
  await tab.back()
  await listens(context, tab)
  await seesTheTruth(context, tab, 'after going back')
}

/** Runs in the page: the fields of its form, as the button would send them. */
const readForm = () =>
  Object.fromEntries(
    [...new FormData(document.querySelector<HTMLFormElement>('.checkout__form')!)].map(([name, value]) => [
      name,
      String(value),
    ]),
  )

/** Runs in the page: sends a form as the page does, and returns where it led. */
async function sendForm(fields: Record<string, string>) {
  const answer = await fetch('/checkout', { method: 'POST', body: new URLSearchParams(fields) })
  const [, order] = /Order (\d+) is/.exec(await answer.text()) ?? []
  return { status: answer.status, path: new URL(answer.url).pathname, order }
}

const ordersOf = async (context: ScenarioContext<'store'>) =>
  (await context.readOrders()).map(({ id, itemIds }) => ({ id, itemIds }))

async function ordersMustBe(context: ScenarioContext<'store'>, when: string, ...carts: number[][]) {
  const made = (await ordersOf(context)).map(({ itemIds }) => itemIds)
  await lookIf(context, made, carts, `the orders ${when}`)
}

export default scenario({
  id: 'store/pages-again',
  title: 'every page is reloaded, gone back to and opened twice, and every form is sent again',
  invariant:
    'Whatever the browser does with a page of the shop, it shows what the database has; whatever it does with a form, it is one order.',
  covers: [
    'AT-8',
    'ST-23',
    'ST-27',
    'ST-39',
    'ST-42',
    'ST-43',
    'ST-46',
    'CT-34',
    'CT-53',
    'CT-54',
    'CT-58',
    'CT-59',
    'CT-60',
    'PA-32',
  ],
  expectedDurationMs: 20_000,
  tags: ['browser'],
  given: { nodes: 2, stock: { [low]: 150, [medium]: 500, [lastOne]: 1, [plentiful]: 20, [lastToo]: 1 } },
  steps: [
    step('open the shop on two nodes, and the dashboard', async (context) => {
      succeeded(await context.release('n1', 1), 'release')
      await openShop(context, 'alice', 'n1')
      await openPage(context, 'alice', 'n2', '/')
      await openPage(context, 'livia', 'n2', '/drops')
      await openDashboard(context, 'boss', 'n2')
      for (const tab of [
        theTab(context, 'alice', shop),
        theTab(context, 'alice', otherShop),
        theTab(context, 'livia'),
        theDashboard(context, 'boss'),
      ])
        await seesTheTruth(context, tab, 'at first')
      const { headers } = await fetch(`${context.cluster.node('n1').directUrl}/hello`)
      await lookIf(context, headers.get('cache-control'), 'no-store', 'the caching of a page with a token')
    }),
    step('sell the pair at the border of each stock level', async (context) => {
      succeeded(await context.sell('n2', low), 'sale')
      succeeded(await context.sell('n1', medium), 'sale')
      succeeded(await context.sell('n2', lastOne), 'sale')
      for (const index of [shop, otherShop])
        await seesTheTruth(context, theTab(context, 'alice', index), 'after the sales')
      await seesTheTruth(context, theTab(context, 'livia'), 'after the sales')
    }),
    step('see the shop and the dashboard again; the other shoe is released meanwhile', async (context) => {
      await seeAgain(context, theTab(context, 'alice', shop), () => releaseBoth(context, 'n2'))
      await seesTheTruth(context, theTab(context, 'alice', otherShop), 'after the release')
      await seeAgain(context, theTab(context, 'livia'), async () => {})
      await seeAgain(context, theDashboard(context, 'boss'), async () => {})
    }),
    step('fill a cart and open the checkout twice', async (context) => {
      for (const itemId of [low, plentiful]) await putIn(context, theTab(context, 'alice', shop), itemId)
      await lookIf(
        context,
        await theTab(context, 'alice', shop).text('.toast'),
        'It is in your cart.',
        'what the page says',
      )
      await openPage(context, 'alice', 'n2', '/checkout')
      await openPage(context, 'alice', 'n1', '/checkout')
      const first = await theTab(context, 'alice', checkout).page.evaluate(readForm)
      await seeAgain(context, theTab(context, 'alice', checkout), async () => {})
      const { key } = await theTab(context, 'alice', checkout).page.evaluate(readForm)
      await lookIf(context, key === first.key, false, 'whether a checkout page that is loaded again has its old key')
      for (const index of [shop, otherShop, checkout, otherCheckout])
        await seesTheTruth(context, theTab(context, 'alice', index), 'with a full cart')
    }),
    step('buy, and see that page again', async (context) => {
      const tab = theTab(context, 'alice', checkout)
      context.scratch.set('sent', await tab.page.evaluate(readForm))
      await lookIf(context, (await tab.buy()).status, 303, 'the status of the purchase')
      await listens(context, tab)
      await seesTheTruth(context, tab, 'after the purchase')
      await seeAgain(context, tab, async () => {})
      await tab.back()
      await listens(context, tab)
      await seesTheTruth(context, tab, 'back on the checkout')
      for (const index of [shop, otherShop, otherCheckout])
        await seesTheTruth(context, theTab(context, 'alice', index), 'after the purchase')
    }),
    step('send both forms after the order', async (context) => {
      const { page } = theTab(context, 'alice', otherCheckout)
      const again = await page.evaluate(sendForm, context.scratch.get('sent') as Record<string, string>)
      await lookIf(
        context,
        [again.status, again.path],
        [200, '/checkout/complete'],
        'where the form leads that was sent again',
      )
      await lookIf(
        context,
        Number(again.order),
        (await ordersOf(context))[0]?.id,
        'the order of the form that was sent again',
      )
      const other = await page.evaluate(sendForm, await page.evaluate(readForm))
      await lookIf(context, other.status, 422, 'the status of the form of the second tab')
      await ordersMustBe(context, 'after both forms', [low, plentiful])
    }),
    step('something sells out before the form is sent', async (context) => {
      const tab = theTab(context, 'alice', checkout)
      for (const itemId of [medium, lastToo]) await putIn(context, theTab(context, 'alice', otherShop), itemId)
      succeeded(await context.sell('n1', lastToo), 'sale')
      await seesTheTruth(context, tab, 'after the sell-out')
      await lookIf(context, (await tab.buy()).status, 409, 'the status of the purchase')
      await listens(context, tab)
      await seesTheTruth(context, tab, 'after it was refused')
      await tab.reload()
      await listens(context, tab)
      await seesTheTruth(context, tab, 'after the refused form was sent again by a reload')
      await ordersMustBe(context, 'after the refusals', [low, plentiful])
    }),
    step('take it out, and click twice', async (context) => {
      const tab = theTab(context, 'alice', checkout)
      await takeOut(context, tab, lastToo)
      await lookIf(context, await tab.text('.toast'), 'It is out of your cart.', 'what the page says')
      await lookIf(context, (await tab.buy({ clicks: 2 })).status, 303, 'the status of the purchase by two clicks')
      await tab.page.waitForURL('**/checkout/complete')
      await listens(context, tab)
      await seesTheTruth(context, tab, 'after two clicks')
      await ordersMustBe(context, 'after two clicks', [low, plentiful], [medium])
    }),
    step('look at the demo page of a user with a strange name', async (context) => {
      const name = '</script><b>"O\'Neil" & sons'
      const crash = () => context.provoke('the page pushes an event that crashes its channel ping', ['uma'])
      crash()
      const tab = await (await context.shopper('uma')).open('n2', `/hello/tracked?user_id=${encodeURIComponent(name)}`)
      for (const when of ['at first', 'after a reload']) {
        const known = await tab.page.evaluate(() => (window as { userId?: string }).userId)
        await lookIf(context, known, name, `the user ${when}`)
        await listens(context, tab)
        crash()
        await tab.reload()
      }
      await tab.close()
    }),
  ],
  expectations: [
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => after(n, 'every page shows what the database has', nothingWasWrong)),
    after(9, 'nobody was told of an error', async (context) => {
      const said = context.recorder.events.find(
        ({ type, value }) => type === 'console' && !/status of (409|422)/.test(String(value)),
      )
      if (said) throw new Error(`the console of ${said.who} says: ${said.value}`)
    }),
  ],
  checkers: [
    viewsMatchFreshRender,
    tabsConverge,
    cartNeverLost,
    ordersChargedOnce,
    neverOversold,
    nodesAgreeWithDatabase,
    presenceMatchesReality,
    joinedTopics,
  ],
})
