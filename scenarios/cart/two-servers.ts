import { cartNeverLost, joinedTopics, scenariosFor, tabsConverge, viewsMatchFreshRender } from '../../harness/index.ts'
import {
  grayed,
  inCart,
  listings,
  openShop,
  putIn,
  releaseBoth,
  sees,
  seesIn,
  succeeded,
  takeOut,
  theTab,
} from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const [topSix, topSeven] = [1, 2]
const left = 20

export default scenario({
  id: 'cart/two-servers',
  title: 'what a cart holds sells out on another server',
  invariant:
    'One node serves the pages, another without a web server releases and sells everything: both tabs gray what is gone, and it cannot be added again.',
  covers: [
    'AT-13',
    'CT-29',
    'CT-37',
    'CT-40',
    'CT-43',
    'CT-47',
    'CT-48',
    'CT-49',
    'CT-50',
    'CT-51',
    'CT-52',
    'CT-63',
    'DF-73',
    'DF-74',
    'DF-75',
  ],
  tags: ['browser'],
  given: { nodes: 2, nodesWithoutWeb: ['n2'], stock: { [topSix]: left, [topSeven]: left } },
  steps: [
    step('release both shoes from the backend', (context) => releaseBoth(context, 'n2')),
    step('open the shop', async (context) => void (await openShop(context, 'alice', 'n1'))),
    step('put a shoe into the cart, take it out, put it in again', async (context) => {
      const tab = theTab(context, 'alice')
      await putIn(context, tab, topSix)
      await takeOut(context, tab, topSix)
      await putIn(context, tab, topSix)
    }),
    step('open a second tab', async (context) => void (await openShop(context, 'alice', 'n1'))),
    step('put another shoe into the cart there', (context) => putIn(context, theTab(context, 'alice', 1), topSeven)),
    step('sell everything on the backend', async (context) => succeeded(await context.reduce('n2'), 'the reducer')),
    step('take everything out', async (context) => {
      for (const itemId of [topSix, topSeven]) await takeOut(context, theTab(context, 'alice', 1), itemId)
    }),
    step('try to put in what is sold out', async (context) => {
      const button = theTab(context, 'alice').page.locator(`.size-container__entry[value='${topSix}']`)
      context.scratch.set('disabled', await button.isDisabled())
      // A disabled button sends nothing; whoever asks the server itself is refused.
      await theTab(context, 'alice').page.evaluate(askForItem, String(topSix))
    }),
  ],
  expectations: [
    after(2, 'both shoes have sizes', (context) => sees(context, 'alice', listings({ 1: 'sizes', 2: 'sizes' }))),
    after(3, 'one item is in the cart', (context) => sees(context, 'alice', inCart(topSix))),
    after(4, 'both tabs show it', (context) => seesIn(context, theTab(context, 'alice', 1), inCart(topSix))),
    after(5, 'both tabs show both', async (context) => {
      await sees(context, 'alice', inCart(topSix, topSeven))
      await seesIn(context, theTab(context, 'alice', 1), inCart(topSix, topSeven))
    }),
    after(6, 'everything is grayed in both tabs', async (context) => {
      await sees(context, 'alice', grayed(topSix, topSeven))
      await seesIn(context, theTab(context, 'alice', 1), grayed(topSix, topSeven))
    }),
    after(7, 'both carts are empty', async (context) => {
      await sees(context, 'alice', inCart())
      await seesIn(context, theTab(context, 'alice', 1), inCart())
    }),
    after(8, 'it is not in the cart', async (context) => {
      if (context.scratch.get('disabled') !== true) throw new Error('the button of a sold-out size can be clicked')
      await sees(context, 'alice', inCart())
    }),
  ],
  checkers: [tabsConverge, cartNeverLost, viewsMatchFreshRender, joinedTopics],
})

/** Runs in the page. */
function askForItem(itemId: string) {
  interface PageChannel {
    topic: string
    push(event: string, payload: object): { receive(status: string, hook: () => void): unknown }
  }
  const { squall } = window as unknown as { squall: { channels: PageChannel[] } }
  const cart = squall.channels.find(({ topic }) => topic.startsWith('cart:'))!
  return new Promise<void>((resolve) => void cart.push('add_item', { item_id: itemId }).receive('error', resolve))
}
