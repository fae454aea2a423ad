import type { Cluster } from '../../cluster/cluster.ts'
import { clientEvent } from '../../history/client-kinds.ts'
import type { Present } from '../../history/inventory.ts'
import type { Recorder } from '../../history/recorder.ts'
import { until } from '../../platform/until.ts'
import { purchaseWithinMs, pushWithinMs } from '../../timing.ts'
import { recordPage } from './answers.ts'
import { createCartChanges } from './cart-changes.ts'
import { type CartLine, type CartPage, openCartPage } from './cart-page.ts'
import type { CheckoutForm } from './pages/page-sight.ts'
import { endOfPurchase } from './purchases.ts'
import type { CartSight } from './sights.ts'
import {
  type BrowserStore,
  createBrowserStore,
  filledIn,
  type Given,
  type LoadedPage,
  loadPage,
} from './web-visitor.ts'

/**
 * A shopper without a screen, who does what the page and the browser do: reads the form and sends its fields, follows redirects, keeps
 * cookies and the stored cart, and leaves the page that it was on. Hundreds use the resources of two browsers.
 */
export interface WireShopper {
  /** `ann` in the first tab, `ann#2` in another one of the same browser. */
  readonly name: string
  readonly node: string
  readonly browser: BrowserStore
  /** Returns the outcome: `ok`, or the server's error. */
  add(itemId: number): Promise<string>
  remove(itemId: number): Promise<string>
  /** The cart as last received. */
  cart(): CartSight
  /** The same with all that the server says of each item. */
  lines(): readonly CartLine[]
  /** How many carts the server sent to the open page without a request. */
  pushedCount(): number
  buy(options?: BuyOptions): Promise<'ok' | 'failed' | 'unsure'>
  /** The page of the last order, as a node shows it to this browser. */
  orderPage(node: string): Promise<LoadedPage>
  /** The key of the last order that was confirmed. */
  boughtKey(): string | undefined
  joins(): { connected: boolean; expected: string[]; joined: string[] }
  present(): Present
  close(): void
}

export interface BuyOptions {
  /** Sends the form of the last confirmed order again, instead of loading a new one. */
  again?: boolean
  /** Loads a new form although the last attempt did not end, as somebody who reloads the page. */
  anew?: boolean
  /** The node that gets the form. Default: the shopper's own, and another one in turn while an attempt has no certain end. */
  over?: string
  /** Forges the form: with this key, which no page has given. A key that belongs to another shopper would be a leak to `no-secret-of-another`. */
  withKey?: string
}

export interface WireShopperOptions {
  /** The path of the page that the shopper has open in the beginning. */
  page?: string
  /** Opens another tab of this shopper's browser. */
  tabOf?: WireShopper
}

interface OpenWireShopperOptions extends WireShopperOptions {
  name: string
  node: string
  cluster: Cluster
  recorder: Recorder
}

const joinWithinMs = 10_000

/** All of them share one link to each node, so a fault on it affects all of them. */
const linkName = 'shoppers'

export async function openWireShopper(options: OpenWireShopperOptions): Promise<WireShopper> {
  const { name, node, cluster, recorder, page: path = '/checkout', tabOf } = options
  const [shopper = name] = name.split('#')
  const link = await cluster.links.link(linkName, node)
  const given: Given = (request, answer) =>
    recordPage(recorder, { ...answer, who: shopper, request: `${request} of ${node}` })
  const browser = tabOf?.browser ?? createBrowserStore(given)
  const changes = createCartChanges(name, recorder)
  const webNodes = cluster.nodes.filter(({ hasWeb }) => hasWeb).map((one) => one.name)
  const visit = await loadForm(browser, link.url)
  let { form } = visit
  recorder.record({ who: name, type: 'read', operation: 'form', node, value: { shopper, key: form.fields.key } })
  let isBought = false
  let pageNumber = -1
  let boughtKey: string | undefined
  let unsureCount = 0
  let page = openPage(path, undefined)
  await until(() => page.hasCart(), { what: `${name} has a cart`, withinMs: joinWithinMs }).catch((error) => {
    // A shopper whose opening failed must not stay connected, because no checker knows about it.
    page.close()
    throw error
  })

  recorder.record(clientEvent({ who: name, node, kind: 'shopper', owner: linkName }))

  function openPage(at: string, own: string | undefined): CartPage {
    pageNumber += 1
    return openCartPage({
      pageNumber,
      who: name,
      node,
      link,
      cartId: visit.cartId,
      path: at,
      browser,
      own,
      changes,
      recorder,
    })
  }

  /** The node to which an attempt goes: after one without a certain end a shopper is led to another node. */
  function target(over: string | undefined): string {
    if (over !== undefined) return over
    if (!webNodes.includes(node)) return node
    return webNodes[(webNodes.indexOf(node) + unsureCount) % webNodes.length]!
  }

  async function send(over: string) {
    const { url } = await cluster.links.link(linkName, over)
    const fields = filledIn(form, page.serialized())
    const answer = await loadPage(browser, { url, path: form.action, form: fields, withinMs: purchaseWithinMs })
    const end = endOfPurchase(answer.firstStatus)
    if (end === 'ok') leavePageFor(answer)
    else if (answer.form) readAgain(answer.firstStatus, answer.form)
    return { end, why: `status ${answer.firstStatus}` }
  }

  /** What is answered is what is sent next: a form that lost its key would be another order. */
  function readAgain(status: number, next: CheckoutForm) {
    const value = { shopper, status, sent: form.fields.key, answered: next.fields.key, problem: next.problem }
    recorder.record({ who: name, type: 'read', operation: 'form-again', node, value })
    form = next
  }

  async function readAnew() {
    ;({ form } = await loadForm(browser, link.url))
    recorder.record({ who: name, type: 'read', operation: 'form', node, value: { shopper, key: form.fields.key } })
  }

  /** A browser that has loaded another page is off the one before: its connection ends, and the new page joins on its own. */
  function leavePageFor({ path: at, cartAfter, status }: LoadedPage) {
    if (cartAfter === undefined) throw new Error(`the page after the purchase has no cart (status ${status})`)
    page.close()
    page = openPage(at, cartAfter)
  }

  return {
    name,
    node,
    browser,
    add: (itemId) => page.ask('add_item', itemId),
    remove: (itemId) => page.ask('remove_item', itemId),
    cart: () => ({
      shopper,
      page: page.path,
      items: page.items().map(({ id, out_of_stock }) => ({ id, outOfStock: out_of_stock })),
    }),
    lines: () => page.items(),
    pushedCount: () => page.pushedCount(),
    async buy({ again = false, anew = false, over, withKey } = {}) {
      if (anew || (isBought && !again)) await readAnew()
      isBought = false
      if (withKey !== undefined) form = { ...form, fields: { ...form.fields, key: withKey } }
      const { key } = form.fields
      const itemIds = page.items().map(({ id }) => id)
      const operation = recorder.begin(name, 'purchase', { shopper, itemIds, key })
      const { end, why } = await send(target(over)).catch((error: Error) => ({
        end: 'unsure' as const,
        why: error.message,
      }))
      isBought = end === 'ok'
      // The session knows another order when an attempt was answered and its answer was lost.
      boughtKey = isBought ? key : end === 'unsure' ? undefined : boughtKey
      unsureCount = end === 'unsure' ? unsureCount + 1 : 0
      operation.end(end, end === 'ok' ? undefined : why)
      return end
    },
    async orderPage(at) {
      const { url } = await cluster.links.link(linkName, at)
      return loadPage(browser, { url, path: '/checkout/complete', withinMs: pushWithinMs })
    },
    boughtKey: () => boughtKey,
    joins: () => page.joins(),
    present: () => ({ who: name, node, connections: 1, polls: 0, channels: 1 }),
    close: () => page.close(),
  }
}

/** Loads the checkout page. Throws when it has no form or no cart. */
async function loadForm(browser: BrowserStore, url: string): Promise<{ cartId: string; form: CheckoutForm }> {
  const { status, cartId, form } = await loadPage(browser, { url, path: '/checkout', withinMs: pushWithinMs })
  if (cartId === undefined || !form) throw new Error(`the checkout page has no cart or no form (status ${status})`)
  return { cartId, form }
}

interface Visit {
  cookie: string
  cartId: string
  formToken: string
  key: string
}

/** Opens a session, like a browser that loads the checkout page, and returns what is in it. */
export async function visitCheckout(url: string): Promise<Visit> {
  const browser = createBrowserStore()
  const { cartId, form } = await loadForm(browser, url)
  const { _csrf_token: formToken = '', key = '' } = form.fields
  return { cookie: browser.jar.header('/checkout'), cartId, formToken, key }
}
