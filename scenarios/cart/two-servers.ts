import {
  after,
  cartNeverLost,
  joinedTopics,
  scenario,
  step,
  tabsConverge,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
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

const [topSix, topSeven] = [1, 2]
const left = 20

export default scenario({
  id: 'cart/two-servers',
  title: 'what a cart holds sells out on another server',
  define:
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
  given: { nodes: 2, webless: ['n2'], stock: { [topSix]: left, [topSeven]: left } },
  steps: [
    step('release both shoes from the backend', (cast) => releaseBoth(cast, 'n2')),
    step('open the shop', async (cast) => void (await openShop(cast, 'alice', 'n1'))),
    step('put a shoe into the cart, take it out, put it in again', async (cast) => {
      const tab = theTab(cast, 'alice')
      await putIn(cast, tab, topSix)
      await takeOut(cast, tab, topSix)
      await putIn(cast, tab, topSix)
    }),
    step('open a second tab', async (cast) => void (await openShop(cast, 'alice', 'n1'))),
    step('put another shoe into the cart there', (cast) => putIn(cast, theTab(cast, 'alice', 1), topSeven)),
    step('sell everything on the backend', async (cast) => succeeded(await cast.reduce('n2'), 'the reducer')),
    step('take everything out', async (cast) => {
      for (const itemId of [topSix, topSeven]) await takeOut(cast, theTab(cast, 'alice', 1), itemId)
    }),
    step('try to put in what is sold out', async (cast) => {
      const button = theTab(cast, 'alice').page.locator(`.size-container__entry[value='${topSix}']`)
      cast.notes.set('disabled', await button.isDisabled())
      // A disabled button sends nothing; whoever asks the server itself is refused.
      await theTab(cast, 'alice').page.evaluate(askForItem, String(topSix))
    }),
  ],
  expectations: [
    after(2, 'both shoes have sizes', (cast) => sees(cast, 'alice', listings({ 1: 'sizes', 2: 'sizes' }))),
    after(3, 'one item is in the cart', (cast) => sees(cast, 'alice', inCart(topSix))),
    after(4, 'both tabs show it', (cast) => seesIn(cast, theTab(cast, 'alice', 1), inCart(topSix))),
    after(5, 'both tabs show both', async (cast) => {
      await sees(cast, 'alice', inCart(topSix, topSeven))
      await seesIn(cast, theTab(cast, 'alice', 1), inCart(topSix, topSeven))
    }),
    after(6, 'everything is grayed in both tabs', async (cast) => {
      await sees(cast, 'alice', grayed(topSix, topSeven))
      await seesIn(cast, theTab(cast, 'alice', 1), grayed(topSix, topSeven))
    }),
    after(7, 'both carts are empty', async (cast) => {
      await sees(cast, 'alice', inCart())
      await seesIn(cast, theTab(cast, 'alice', 1), inCart())
    }),
    after(8, 'it is not in the cart', async (cast) => {
      if (cast.notes.get('disabled') !== true) throw new Error('the button of a sold-out size can be clicked')
      await sees(cast, 'alice', inCart())
    }),
  ],
  laws: [tabsConverge, cartNeverLost, viewsMatchFreshRender, joinedTopics],
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
