import { createInventory } from '../../system/apps/store/inventory/inventory.ts'
import { createStoreLive } from '../../system/apps/store/live/live.ts'
import { createNotifications, type Notifications } from '../../system/apps/store/notifications.ts'
import { connected } from '../../system/channels/index.ts'
import type { FirstPage } from '../../system/live/index.ts'
import { type Clock, systemClock } from '../../system/platform/clock.ts'
import { type Log, silentLog } from '../../system/platform/log.ts'
import { createPubSub } from '../../system/pubsub/index.ts'
import { createRuntime } from '../../system/runtime/index.ts'
import { openCase } from './channel-case.ts'
import { completeProducts, thresholds } from './complete-products.ts'
import { parseElements, toText } from './elements.ts'
import { LiveClient } from './live-client.ts'

const origin = 'http://shop.example'
const secret = 'a secret that only these tests use'
const salt = 'a signing salt that only these tests use'

interface LiveShopOptions {
  products?: ReturnType<typeof completeProducts>
  clock?: Clock
  log?: Log
}

/** One node's inventory, filled with the fixture, with its notifications and its live pages, without database and network (LV-31). */
export async function openLiveShop({
  products = completeProducts(),
  clock = systemClock,
  log = silentLog,
}: LiveShopOptions = {}) {
  /** What a database would hold. */
  const stock = new Map(products.flatMap(({ items }) => items).map((item) => [item.id, { ...item }]))
  const runtime = createRuntime({ clock, log })
  const pubsub = createPubSub({ nodeName: 'n1', log })
  const inventory = createInventory({
    loader: { products: async () => products, availability: async (id) => stock.get(id) },
    runtime,
    log,
    onLoaded: (loaded) => void notifications.tellDifferences(loaded),
  })
  const notifications: Notifications = createNotifications({ pubsub, thresholds, products: inventory.products, log })
  notifications.start()
  const live = createStoreLive({
    secret,
    salt,
    clock,
    log,
    products: inventory.products,
    stateOf: notifications.stateOf,
  })
  const start = async () => {
    const actor = await inventory.start()
    await until(() => inventory.products() !== undefined)
    return actor
  }

  async function join(page: FirstPage | undefined, url?: string) {
    if (page?.kind !== 'page') throw new Error('there is no such page')
    const [, id, session, staticToken] = elementPattern.exec(page.content.text)!
    const webSession = {}
    const client = await openCase({ ...live.socket, connect: () => connected({ webSession }) }, { clock, log, pubsub })
    const topic = `lv:${id}`
    const answer = await client.join(topic, { url, params: { _mounts: 0 }, session, static: staticToken })
    const { rendered } = (answer as { response: { rendered?: object } }).response
    if (!rendered) throw new Error(`the join was answered with ${JSON.stringify(answer)}`)
    return joined(client, topic, rendered)
  }

  return {
    live,
    pubsub,
    inventory,
    notifications,
    start,
    /** The HTML of the request, before anything is connected. */
    load: async (path: string) => contentOf(await live.page(origin + path)),
    visit: async (path: string) => join(await live.page(origin + path), origin + path),
    join,
    async release(productId: number) {
      notifications.released(await inventory.markReleased(productId))
    },
    /** A sale that this node made: its copy has it before anybody is told. */
    async sell(itemId: number, leftCount = 0) {
      notifications.sold(await inventory.itemSold(sold(itemId, leftCount)))
    },
    /** The database has it, and nobody was told. */
    sellUnnoticed: (itemId: number, leftCount = 0) => void sold(itemId, leftCount),
  }

  function sold(itemId: number, leftCount: number): number {
    const before = stock.get(itemId)!
    stock.set(itemId, { ...before, availableCount: leftCount, version: before.version + 1 })
    return itemId
  }
}

const elementPattern = /^<div id="([^"]+)" data-phx-main data-phx-session="([^"]+)" data-phx-static="([^"]+)">/

const contentOf = (page: FirstPage | undefined) => {
  if (page?.kind !== 'page') throw new Error('there is no such page')
  return page.content.text.replace(elementPattern, '').replace(/<\/div>$/, '')
}

/** HTML in the form in which two pages are compared: without the client's marks and the blanks between tags. */
export const comparable = (html: string) => toText(parseElements(html))

type Client = Awaited<ReturnType<typeof openCase>>

/** A connected page as its reader has it: what the official client makes of everything that came so far. */
function joined(client: Client, topic: string, rendered: object) {
  const text = () => {
    const page = new LiveClient(rendered)
    for (const frame of framesIn(client)) page.update(frame)
    return page.text()
  }
  return {
    client,
    topic,
    text,
    rendered,
    frames: () => client.received('diff'),
    event: (name: string, value: unknown = {}) =>
      client.ask(topic, 'event', {
        type: typeof value === 'string' ? 'form' : 'click',
        event: name,
        value,
      }),
    /** What was set off has reached the page. */
    shows: (isShown: (text: string) => boolean) => until(() => isShown(text())),
  }
}

/** Frames of their own, and those in replies to events, in the order in which they came. */
const framesIn = (client: Client): object[] =>
  client.sent.flatMap(([, , , event, payload]) => {
    if (event === 'diff') return [payload as object]
    const { response } = Object(payload) as { response?: { diff?: object } }
    return event === 'phx_reply' && response?.diff ? [response.diff] : []
  })

async function until(isSo: () => boolean) {
  for (let turn = 0; turn < 500; turn += 1) {
    if (isSo()) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error('what was expected did not come')
}
