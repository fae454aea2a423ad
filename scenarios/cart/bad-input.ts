import {
  cartNeverLost,
  joinedTopics,
  type ScenarioContext,
  scenariosFor,
  tabsConverge,
  visitCheckout,
  type WireClient,
} from '../../harness/index.ts'
import { inCart, listens, mustBe, openShop, putIn, sees, seesIn, soldUnits, theTab } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

/** Buttons that a page has only for a moment, each with what the shopper is told (CT-36). */
const refusedClicks: readonly [selector: string, item: number, sentence: string][] = [
  ['size-container__entry', 1, 'That size is in your cart already.'],
  ['size-container__entry', 2, 'That size has just sold out.'],
  ['size-container__entry', 8, 'That shoe is not on sale yet.'],
  ['cart-item__remove', 8, 'That shoe is not in your cart any more.'],
  ['size-container__entry', 999_999, 'That did not work. Please try again.'],
]

/** Runs in the page: clicks on a button that is put into it for that. */
function clickOn([className, item]: readonly [string, string]) {
  const button = Object.assign(document.createElement('button'), { className, value: item })
  button.dataset.itemId = item
  document.body.append(button)
  button.click()
  button.remove()
}

const socketPath = '/product_socket/websocket'
const [kept, gone] = [1, 2]
const plenty = 5

export default scenario({
  id: 'cart/bad-input',
  title: 'broken carts, wrong ids and forged forms',
  invariant:
    'Whatever a client sends about carts, it gets a clear answer, its own cart stays as it was, and nobody else notices; a cart that cannot be read is an empty cart.',
  covers: [
    'CT-5',
    'CT-6',
    'CT-12',
    'CT-13',
    'CT-18',
    'CT-20',
    'CT-22',
    'CT-26',
    'CT-27',
    'CT-28',
    'CT-29',
    'CT-30',
    'CT-58',
    'FI-16',
    'NF-20',
    'DF-84',
    'DF-86',
  ],
  tags: ['browser'],
  given: { nodes: 1, stock: { [kept]: plenty, [gone]: 0, 8: plenty } },
  steps: [
    step('a bystander has a cart', async (context) => {
      await context.release('n1', 1)
      await putIn(context, await openShop(context, 'alice', 'n1'), kept)
    }),
    step('the bystander asks for what cannot be had', async (context) => {
      const said: string[] = []
      for (const [selector, item] of refusedClicks)
        said.push(
          await saidAfter(context, () =>
            theTab(context, 'alice').page.evaluate(clickOn, [selector, String(item)] as const),
          ),
        )
      context.scratch.set('said', said)
    }),
    step('a browser holds a cart that cannot be read', async (context) => {
      const tab = await openShop(context, 'mallory', 'n1')
      await tab.page.evaluate(() => localStorage.setItem('storedCart', 'no cart at all'))
      await tab.reload()
      await listens(context, tab)
    }),
    step('join with every bad id and every bad token', async (context) => {
      context.provoke('joins with bad ids crash and are logged', [])
      const wire = await context.wire('wire', 'n1', { path: socketPath })
      const token = (await tokenOfAnotherPurpose(context)) as unknown
      const joins: Record<string, [topic: string, payload: unknown, expected: string]> = {
        'an id of 63 bytes': [`cart:${'a'.repeat(63)}`, {}, 'error'],
        'an id of 65 bytes': [`cart:${'a'.repeat(65)}`, {}, 'error'],
        'no id': ['cart:', {}, 'error'],
        'an id of 32 letters of two bytes': [`cart:${'é'.repeat(32)}`, {}, 'ok'],
        'no token': [`cart:${'b'.repeat(64)}`, {}, 'ok'],
        'a token that is null': [`cart:${'c'.repeat(64)}`, { serialized: null }, 'ok'],
        'a token that is garbage': [`cart:${'d'.repeat(64)}`, { serialized: 'garbage' }, 'ok'],
        'a token that is a list': [`cart:${'e'.repeat(64)}`, { serialized: [1, 2] }, 'ok'],
        'a token of another purpose': [`cart:${'f'.repeat(64)}`, { serialized: token }, 'ok'],
        'a payload that is no object': [`cart:${'g'.repeat(64)}`, 7, 'ok'],
      }
      for (const [what, [topic, payload, expected]] of Object.entries(joins)) {
        const { status } = await ask(wire, topic, 'phx_join', payload)
        if (status !== expected) context.scratch.set('wrong join', `${what}: ${status} instead of ${expected}`)
      }
    }),
    step('ask for every item that cannot be had', async (context) => {
      const wire = await context.wire('asker', 'n1', { path: socketPath })
      const topic = `cart:${'x'.repeat(64)}`
      await ask(wire, topic, 'phx_join', {})
      const answers: [event: string, item: unknown, expected: string][] = [
        ['add_item', String(kept), 'ok'],
        ['add_item', String(kept), 'duplicate_item'],
        ['add_item', kept, 'invalid_item_id'],
        ['add_item', 'one', 'invalid_item_id'],
        ['add_item', '-1', 'invalid_item_id'],
        ['add_item', '1.5', 'invalid_item_id'],
        ['add_item', '9'.repeat(400), 'invalid_item_id'],
        ['add_item', null, 'invalid_item_id'],
        ['add_item', { id: 1 }, 'invalid_item_id'],
        ['add_item', '999999', 'unknown_item'],
        ['add_item', String(gone), 'out_of_stock'],
        ['add_item', '8', 'not_released'],
        ['remove_item', '8', 'not_found'],
        ['remove_item', 'one', 'invalid_item_id'],
        ['remove_item', String(kept), 'ok'],
        ['remove_item', String(kept), 'not_found'],
      ]
      for (const [event, item, expected] of answers) {
        const { status, response } = await ask(wire, topic, event, { item_id: item })
        const said = status === 'ok' ? 'ok' : response.error
        if (said !== expected)
          context.scratch.set(
            'wrong answer',
            `${event} ${JSON.stringify(item)?.slice(0, 20)}: ${said} instead of ${expected}`,
          )
      }
    }),
    step('post forms that did not come from the shop', async (context) => {
      const { directUrl } = context.cluster.node('n1')
      const { cookie, formToken, key } = await visitCheckout(directUrl)
      const foreign = await visitCheckout(directUrl)
      const posts: Record<string, [headers: object, form: Record<string, string>, expected: number]> = {
        'no session': [{}, { _csrf_token: formToken, key }, 403],
        'no token': [{ cookie }, { key }, 403],
        "somebody else's token": [{ cookie }, { _csrf_token: foreign.formToken, key }, 403],
        'no key': [{ cookie }, { _csrf_token: formToken }, 400],
        'no cart': [{ cookie }, { _csrf_token: formToken, key }, 422],
        'a broken cart': [{ cookie }, { _csrf_token: formToken, key, serialized: 'garbage' }, 422],
        'a huge form': [{ cookie }, { _csrf_token: formToken, key, serialized: 'x'.repeat(100_000) }, 413],
      }
      for (const [what, [headers, form, expected]] of Object.entries(posts)) {
        const body = new URLSearchParams(form)
        const { status } = await fetch(`${directUrl}/checkout`, {
          method: 'POST',
          headers: { ...headers },
          body,
          redirect: 'manual',
        })
        if (status !== expected) context.scratch.set('wrong post', `${what}: ${status} instead of ${expected}`)
      }
    }),
  ],
  expectations: [
    after(2, 'the page says why', async (context) =>
      mustBe(
        context.scratch.get('said'),
        refusedClicks.map(([, , sentence]) => sentence),
        'what the page says',
      ),
    ),
    after(3, 'its cart is empty and works', async (context) => {
      const tab = theTab(context, 'mallory')
      await seesIn(context, tab, inCart())
      await putIn(context, tab, kept)
    }),
    after(4, 'the wrong ids are refused, the wrong tokens are empty carts', async (context) =>
      mustBe(context.scratch.get('wrong join'), undefined, 'a join'),
    ),
    after(5, 'each question is answered', async (context) =>
      mustBe(context.scratch.get('wrong answer'), undefined, 'an answer'),
    ),
    after(6, 'each form is refused', async (context) => mustBe(context.scratch.get('wrong post'), undefined, 'a form')),
    after(6, 'nothing was sold', async (context) => mustBe(await soldUnits(context, kept, gone), [0, 0], 'sold')),
    after(6, 'the log names the causes, and no cart', async (context) => {
      const log = context.cluster.node('n1').log()
      for (const words of ['join crashed', 'a form was refused'])
        if (!log.includes(words)) throw new Error(`the log does not say "${words}"`)
      if (/cart:[A-Za-z0-9+/]{64}/.test(log)) throw new Error('the log holds the id of a cart')
    }),
    after(6, 'the bystander still has the cart', (context) => sees(context, 'alice', inCart(kept))),
  ],
  checkers: [joinedTopics, cartNeverLost, tabsConverge],
})

const saidWithinMs = 5_000

/** The next sentence that the page shows for a while. */
async function saidAfter(context: ScenarioContext<'store'>, click: () => Promise<void>): Promise<string> {
  const read = () => theTab(context, 'alice').text('.toast')
  const before = await read()
  let now = before
  await click()
  const isNew = async () => {
    now = await read()
    return now !== '' && now !== before
  }
  await context.until('the page says something', saidWithinMs, isNew).catch(() => {})
  return now
}

let lastRef = 0

async function ask(wire: WireClient, topic: string, event: string, payload: unknown) {
  lastRef += 1
  const ref = String(lastRef)
  wire.send([null, ref, topic, event, payload])
  const [, , , , answer] = await wire.receive(`an answer to ${event}`, ([, replied]) => replied === ref)
  return answer as { status: string; response: { error?: string } }
}

/** Signed by the same server: what names a long-poll session. */
async function tokenOfAnotherPurpose(context: ScenarioContext<'store'>) {
  return (await context.poll('polling', 'n1')).token
}
