import {
  cartNeverLost,
  neverOversold,
  nodesAgreeWithDatabase,
  type ScenarioContext,
  scenariosFor,
  tabsConverge,
  type WireShopper,
} from '../../harness/index.ts'
import { lookIf, nothingWasWrong, releaseBoth, succeeded } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const plenty = 50
const [few, shared] = [9, 10]
const seenWithinMs = 8_000

const itemsOf = (shopper: WireShopper) => shopper.cart().items.map(({ id }) => id)
const grayOf = (shopper: WireShopper) => shopper.cart().items.flatMap(({ id, outOfStock }) => (outOfStock ? [id] : []))

/** Waits until all tabs show these items, and fails with what they show instead. */
async function allShow(context: ScenarioContext<'store'>, tabs: readonly WireShopper[], ...expected: number[]) {
  // Once something is wrong, nothing is gained by waiting for the rest.
  const isSame = () => context.scratch.has('wrong') || tabs.every((tab) => itemsOf(tab).join() === expected.join())
  await context.until('all tabs show the cart', seenWithinMs, isSame).catch(() => {})
  for (const tab of tabs) await lookIf(context, itemsOf(tab), expected, `the cart of ${tab.name}`)
}

/** Asks one after the other, or all at once; the answers must be these. */
async function answersMustBe(
  context: ScenarioContext<'store'>,
  asked: Record<string, [answer: Promise<string> | (() => Promise<string>), expected: string]>,
) {
  for (const [what, [answer, expected]] of Object.entries(asked))
    await lookIf(context, await (typeof answer === 'function' ? answer() : answer), expected, what)
}

/** The cart that a page gets for two carts that it brings along. */
async function joinedWith(context: ScenarioContext<'store'>, serialized: unknown, own: unknown) {
  const n = Number(context.scratch.get('joins') ?? 0) + 1
  context.scratch.set('joins', n)
  const topic = `cart:${String(n).padStart(64, 'c')}`
  const wire = await context.wire(`page-${n}`, n % 2 === 0 ? 'n1' : 'n2', { path: '/product_socket/websocket' })
  wire.send(['1', '1', topic, 'phx_join', { serialized, own, page: '/' }])
  const [, , , , cart] = await wire.receive('its cart', ([, , of, event]) => of === topic && event === 'cart')
  wire.close()
  return (cart as { items: { id: number }[] }).items.map(({ id }) => id)
}

export default scenario({
  id: 'cart/carried-carts',
  title: 'carts are carried from page to page, old ones too, in every order',
  invariant:
    'A browser brings back any copy of its cart, on any node and in any order: what was changed last is so, what another browser had is added, and what is sold out is shown so and cannot be added again.',
  covers: [
    'CT-1',
    'CT-2',
    'CT-10',
    'CT-11',
    'CT-12',
    'CT-21',
    'CT-24',
    'CT-29',
    'CT-37',
    'CT-39',
    'CT-41',
    'CT-48',
    'NF-10',
  ],
  given: { nodes: 2, stock: { 1: plenty, 2: plenty, 3: plenty, 8: plenty, [few]: 1, [shared]: plenty } },
  steps: [
    step('a shopper fills a cart and opens a second tab on another node', async (context) => {
      await releaseBoth(context, 'n1')
      const ann = await context.wireShopper('ann', 'n1', { page: '/' })
      for (const itemId of [3, 1, 2]) await lookIf(context, await ann.add(itemId), 'ok', `adding ${itemId}`)
      context.scratch.set('old', ann.browser.storedCart)
      const second = await context.wireShopper('ann#2', 'n2', { page: '/', tabOf: ann })
      await allShow(context, [ann, second], 1, 2, 3)
      await lookIf(context, await second.remove(2), 'ok', 'taking 2 out')
      await allShow(context, [ann, second], 1, 3)
    }),
    step('the copy from before is brought back', async (context) => {
      const [ann, second] = context.wireShoppers() as [WireShopper, WireShopper]
      ann.browser.storedCart = String(context.scratch.get('old'))
      const third = await context.wireShopper('ann#3', 'n1', { page: '/', tabOf: ann })
      await allShow(context, [ann, second, third], 1, 3)
    }),
    step('all three tabs change it at once', async (context) => {
      const [ann, second, third] = context.wireShoppers() as [WireShopper, WireShopper, WireShopper]
      await answersMustBe(context, {
        'adding 8': [ann.add(8), 'ok'],
        'taking 1 out': [second.remove(1), 'ok'],
        'adding 9': [third.add(few), 'ok'],
      })
      await allShow(context, [ann, second, third], 3, 8, few)
      await answersMustBe(context, {
        'adding 8 again': [ann.add(8), 'duplicate_item'],
        'taking 1 out again': [third.remove(1), 'not_found'],
        'adding 2 again': [second.add(2), 'ok'],
        'adding 99': [ann.add(99), 'unknown_item'],
      })
      await allShow(context, [ann, second, third], 2, 3, 8, few)
    }),
    step('all are closed, and the browser comes back to the other node', async (context) => {
      const [ann] = context.wireShoppers() as [WireShopper]
      for (const name of ['ann', 'ann#2', 'ann#3']) context.disconnect(name)
      await allShow(context, [await context.wireShopper('ann#4', 'n2', { page: '/', tabOf: ann })], 2, 3, 8, few)
      await allShow(
        context,
        [await context.wireShopper('ann#5', 'n1', { page: '/checkout', tabOf: ann })],
        2,
        3,
        8,
        few,
      )
    }),
    step('somebody buys the last pair of one of them elsewhere', async (context) => {
      succeeded(await context.sell('n1', few), 'sale')
      const open = context.wireShoppers()
      const knows = () => open.every((tab) => grayOf(tab).join() === String(few))
      await context.until('both tabs show it as sold out', seenWithinMs, knows).catch(() => {})
      for (const tab of open) await lookIf(context, grayOf(tab), [few], `what ${tab.name} shows as sold out`)
      const [ann] = open as [WireShopper]
      const late = await context.wireShopper('ann#6', 'n1', { page: '/', tabOf: ann })
      await lookIf(context, grayOf(late), [few], 'what a tab shows as sold out that is opened later')
      await answersMustBe(context, {
        'taking out what is sold out': [() => late.remove(few), 'ok'],
        'adding what is sold out': [() => late.add(few), 'out_of_stock'],
      })
      await allShow(context, [...open, late], 2, 3, 8)
    }),
    step('pages bring two carts along', async (context) => {
      const [ann] = context.wireShoppers() as [WireShopper]
      const bob = await context.wireShopper('bob', 'n2', { page: '/' })
      for (const itemId of [shared, 2]) await lookIf(context, await bob.add(itemId), 'ok', `adding ${itemId}`)
      await lookIf(context, await bob.remove(2), 'ok', 'taking 2 out')
      const [old, now, other] = [context.scratch.get('old'), ann.browser.storedCart, bob.browser.storedCart]
      const carts: [serialized: unknown, own: unknown, expected: number[]][] = [
        [old, now, [2, 3, 8]],
        [now, old, [2, 3, 8]],
        [now, other, [2, 3, 8, shared]],
        [other, now, [2, 3, 8, shared]],
        // One of them took the item out after it had put it in; the other one has only put it in.
        [old, other, [1, 3, shared]],
        [other, old, [1, 3, shared]],
        [null, now, [2, 3, 8]],
        [now, 'garbage', [2, 3, 8]],
        [`${String(now).slice(0, -3)}AAA`, other, [shared]],
      ]
      for (const [index, [serialized, own, expected]] of carts.entries()) {
        const items = await joinedWith(context, serialized, own)
        await lookIf(context, items, expected, `the cart of pair ${index + 1}`)
      }
    }),
    step('another node allows one size of each shoe, and two items', async (context) => {
      const env = { STORE_ONE_SIZE_PER_SHOE: 'on', STORE_CART_ITEMS_MAX: '2', CLUSTER_PEERS: '' }
      const strict = await context.cluster.spare('n9', env)
      await strict.start()
      await strict.ready()
      const eve = await context.wireShopper('eve', 'n9', { page: '/' })
      await answersMustBe(context, {
        'the first size': [() => eve.add(1), 'ok'],
        'another size': [() => eve.add(2), 'one_size_per_shoe'],
        'the same size': [() => eve.add(1), 'duplicate_item'],
        'another shoe': [() => eve.add(8), 'ok'],
        'one more than the cart holds': [() => eve.add(shared), 'cart_full'],
        'taking the first size out': [() => eve.remove(1), 'ok'],
        'another size of the other shoe': [() => eve.add(shared), 'one_size_per_shoe'],
        'the other size then': [() => eve.add(2), 'ok'],
      })
      context.disconnect('eve')
      await strict.terminate()
    }),
  ],
  expectations: [1, 2, 3, 4, 5, 6, 7].map((n) => after(n, 'every cart and every answer is right', nothingWasWrong)),
  checkers: [cartNeverLost, tabsConverge, nodesAgreeWithDatabase, neverOversold],
})
