import { createServer } from 'node:http'
import { channel, connected, createEndpoint, noreply, ok, socket } from '../../channels/index.ts'
import { systemClock as clock } from '../../platform/clock.ts'
import { createLog } from '../../platform/log.ts'
import { serveMeasurement } from '../../platform/serve-measurement.ts'
import { createPubSub } from '../../pubsub/index.ts'
import { createRuntime } from '../../runtime/index.ts'
import type { Product } from './catalog/product.ts'
import { productSocket } from './channels/product-socket.ts'
import { createStoreLive } from './live/live.ts'
import { createNotifications } from './notifications.ts'

/**
 * The product channels and live pages of one node, without database, for measurements: `node system/apps/store/bench.ts PRODUCTS`. A push
 * to the topic `change` changes the level of one item. Prints its port.
 */
const [, , productCount = '2'] = process.argv
const sizesPerProduct = 6
const salt = 'the salt of live pages that are measured'
const log = createLog({ level: 'error', node: 'bench' })
const runtime = createRuntime({ clock, log })
const pubsub = createPubSub({ nodeName: 'bench', log })

const product = (id: number): Product => ({
  id,
  sku: `SKU-${id}`,
  brand: 'Squall',
  name: `Gale Runner ${id}`,
  color: id % 2 === 0 ? 'harbor' : 'ember',
  priceUsd: 100 + id,
  mainImageUrl: '#shoe',
  released: true,
  items: Array.from({ length: sizesPerProduct }, (_, index) => ({
    id: (id - 1) * sizesPerProduct + index + 1,
    productId: id,
    sku: `SKU-${id}-${index}`,
    size: String(6 + index),
    availableCount: 1_000,
    version: 0,
  })),
})
const all = Array.from({ length: Number(productCount) }, (_, index) => product(index + 1))
const products = () => all
const notifications = createNotifications({
  pubsub,
  thresholds: { lowBelow: 150, mediumBelow: 500 },
  products,
  log,
})
notifications.start()

const [lowCount, highCount] = [100, 1_000]
let version = 0
function changeLevel() {
  version += 1
  const [from, to] = version % 2 === 0 ? [lowCount, highCount] : [highCount, lowCount]
  const item = { ...all[0]!.items[0]!, version }
  notifications.stockChange({ before: { ...item, availableCount: from }, after: { ...item, availableCount: to } })
}

const changing = channel({
  name: 'BenchChanges',
  join: () => ok(),
  handleIn() {
    changeLevel()
    return noreply()
  },
})
const noCart = channel({ name: 'BenchCart', join: () => ok() })
const { stateOf } = notifications
const live = createStoreLive({ secret: 'a secret for measurements', salt, clock, log, products, stateOf })
const endpoint = createEndpoint({
  runtime,
  pubsub,
  clock,
  log,
  idleTimeoutMs: 3_600_000,
  readSession: async () => ({}),
  sockets: [
    live.socket,
    productSocket({ products, stateOf, stateOnJoin: false, route: 'product:*', cart: noCart }),
    socket({ name: 'BenchSocket', path: '/bench', channels: { change: changing }, connect: () => connected() }),
  ],
})

const server = createServer(async (request, response) => {
  const page = await live.page(`http://127.0.0.1${request.url}`)
  if (page?.kind !== 'page') return void response.writeHead(404).end()
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page.content.text)
})
endpoint.attach(server)
serveMeasurement(server)
