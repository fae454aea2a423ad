import { randomBytes } from 'node:crypto'
import { flushCompileCache } from 'node:module'
import type { FastifyInstance } from 'fastify'
import { authSocket } from './apps/hello/auth-socket.ts'
import { statsSocket } from './apps/hello/stats-socket.ts'
import { trackedChannel } from './apps/hello/tracked-channel.ts'
import { userSocket } from './apps/hello/user-socket.ts'
import { createUserTokens } from './apps/hello/user-token.ts'
import { helloPages } from './apps/hello/web.ts'
import { generateCartId } from './apps/store/cart/cart-id.ts'
import { openPool } from './apps/store/db/repo.ts'
import { InventoryNotReady, UnknownId } from './apps/store/inventory/inventory.ts'
import { sellRandomUntilGone } from './apps/store/inventory/reducer.ts'
import type { CartTracker } from './apps/store/presence/cart-tracker.ts'
import { createShop } from './apps/store/shop.ts'
import { createWeb } from './apps/store/web/server.ts'
import { createSessions } from './apps/store/web/session.ts'
import { createEndpoint } from './channels/index.ts'
import { type ControlActions, createControl } from './control/server.ts'
import { createSkewableClock, systemClock } from './platform/clock.ts'
import { type Config, ConfigError, readConfig } from './platform/config.ts'
import { createLog, type Log } from './platform/log.ts'
import { heapBytesAfterCollection } from './platform/memory.ts'
import { systemRandom } from './platform/random.ts'
import { createTracker } from './presence/index.ts'
import { createMesh, createPubSub, createRedis, meshWebSockets, type PubSubAdapter, tampered } from './pubsub/index.ts'
import { createRuntime, supervisor } from './runtime/index.ts'

/** One node: reads its configuration, joins the parts, starts them in order, and drains on SIGTERM. */
const exitCode = { crashed: 1, badConfig: 64, environment: 69 } as const

/** For machines where nobody but its developer can come in; production demands another (PA-31). */
const developmentPassword = 'password'

/** Kills come in bursts when somebody breaks a node on purpose: the budget leaves room for each part to be killed a few times. */
const restartBudget = { restartsMax: 20, withinMs: 5_000 } as const

const clock = createSkewableClock(systemClock)
const freshSecret = () => randomBytes(32).toString('hex')

/** How this node talks to the others (DP-6, DP-7); a node alone needs nothing. */
async function createAdapter(config: Config, log: Log): Promise<PubSubAdapter | undefined> {
  const common = { nodeName: config.SQUALL_NODE, heartbeatMs: config.CLUSTER_HEARTBEAT_MS, clock, log }
  if (config.PUBSUB === 'redis')
    return createRedis({ ...common, url: config.REDIS_URL!, prefix: config.CLUSTER_PREFIX })
  if (!config.CLUSTER_PORT) return undefined
  return createMesh({
    ...common,
    sockets: meshWebSockets({
      ...common,
      host: config.CLUSTER_HOST,
      port: config.CLUSTER_PORT,
      secret: config.CLUSTER_SECRET!,
    }),
    peers: config.CLUSTER_PEERS,
  })
}

async function compose(config: Config) {
  const { SQUALL_NODE: nodeName } = config
  const log = createLog({ level: config.LOG_LEVEL, node: nodeName })
  const runtime = createRuntime({ clock, log })
  const startedMs = clock.monotonicMs()
  const delays = new Map<string, number>()
  const beforeHandle = (handler: string) => {
    const delayMs = delays.get(handler)
    return delayMs ? clock.sleep(delayMs) : undefined
  }
  /** Names of handlers are put together only while one of them is slow. */
  const beforeChannel = (channel: string, event: string) =>
    delays.size > 0 ? beforeHandle(`${channel}.${event}`) : undefined

  const plain = await createAdapter(config, log)
  const adapter = plain && tampered(plain, clock)
  const pubsub = createPubSub({
    nodeName,
    log,
    ...(adapter && { adapter }),
  })
  // Without a configured secret, tokens are good until the node restarts and on this node alone.
  const secret = config.SECRET_KEY_BASE ?? freshSecret()
  const userTokens = createUserTokens({
    secret,
    clock,
    ageMaxS: config.USER_TOKEN_AGE_S,
  })
  const userTracker = createTracker({
    name: 'UserTracker',
    pubsub,
    clock,
    log,
    shards: config.TRACKER_SHARDS,
    downAfterMs: config.TRACKER_DOWN_MS,
    onDiff: (topic, { joins, leaves }) =>
      log.info({ topic, joins: joins.length, leaves: leaves.length }, 'tracked changes'),
  })
  const shop = createShop({
    config,
    pubsub,
    runtime,
    clock,
    log,
    secret,
    openPool: openPool(config.DATABASE_URL),
    beforeHandle,
  })
  const { store, inventory, notifications, checkout } = shop
  const sessions = createSessions({ secret, clock, generateCartId })
  const endpoint = createEndpoint({
    runtime,
    pubsub,
    clock,
    log,
    publicHost: config.PUBLIC_HOST,
    idleTimeoutMs: config.SOCKET_IDLE_TIMEOUT_MS,
    secret,
    readSession: sessions.ofSocket,
    beforeHandle: beforeChannel,
    sockets: [
      userSocket,
      authSocket({
        tokens: userTokens,
        log,
        recurringMs: config.RECURRING_TOKEN_MS,
        channels: { tracked: trackedChannel(userTracker, clock.now) },
      }),
      statsSocket({ clock, random: systemRandom() }),
      ...shop.sockets,
    ],
  })

  const actors = supervisor({ clock, log }, nodeName, { strategy: 'one_for_one', ...restartBudget }, shop.actors)

  async function startWeb(): Promise<FastifyInstance> {
    const web = await createWeb({
      products: store.products,
      takeRequest: endpoint.handle,
      noStore: config.STORE_NO_STORE,
      log,
      thresholds: shop.thresholds,
      clientHeartbeatMs: config.CLIENT_HEARTBEAT_MS,
      ...(config.CLIENT_ASSETS_DIR && { bundle: config.CLIENT_ASSETS_DIR }),
      sessions,
      checkout,
      buyCart: shop.buyCart,
      admin: {
        user: config.ADMIN_USER,
        password: config.ADMIN_PASSWORD ?? developmentPassword,
        attemptsMax: config.ADMIN_ATTEMPTS,
        signAdminToken: shop.adminTokens.sign,
      },
    })
    helloPages(web, { tokens: userTokens, heartbeatMs: config.CLIENT_HEARTBEAT_MS })
    endpoint.attach(web.server)
    await web.listen({ host: config.HOST, port: config.PORT, backlog: 4_096 })
    return web
  }

  const peerNames = () => Object.entries(pubsub.peers()).map(([name, { connected }]) => [name, connected] as const)
  const actions: ControlActions = {
    health: () => ({ node: nodeName, pid: process.pid, uptimeMs: Math.round(clock.monotonicMs() - startedMs) }),
    ready() {
      const [database, loaded] = [shop.repo.reachable(), store.products() !== undefined]
      return { ready: database && loaded, database, inventory: loaded, peers: Object.fromEntries(peerNames()) }
    },
    state: () => ({
      node: nodeName,
      inventory: store.products() ? { products: store.products()!.map(withoutLooks) } : null,
      subscriptions: pubsub.subscriptions(),
      connections: endpoint.connections(),
      pushes: endpoint.handled(),
      peers: pubsub.peers(),
      ...presenceInBrief(shop.carts.allCarts()),
      counters: { ...pubsub.counters, ...endpoint.counters, ...shop.replication.counters, ...adapter?.counters },
    }),
    actors: () => actorsAndTransports().map(({ kill: _kill, ...actor }) => actor),
    killActor({ id, name }) {
      const victim = actorsAndTransports().find((actor) => (id === undefined ? actor.name === name : actor.id === id))
      victim?.kill()
      return victim?.id
    },
    dropConnections: endpoint.dropConnections,
    release: (productId) => store.markProductReleased(productId),
    sell: (itemId) => store.sellItem(itemId),
    reduce: (options) =>
      sellRandomUntilGone(
        { repo: shop.repo, nodeName, random: systemRandom(), clock, log, itemSold: (itemId) => store.itemSold(itemId) },
        options,
      ),
    broadcast: endpoint.broadcast,
    notifyRelease(productId) {
      notifications.released(
        found(
          store.products()?.find(({ id }) => id === productId),
          `product ${productId}`,
        ),
      )
    },
    notifyStock(itemId, availableCount) {
      const before = found(inventory.item(itemId), `item ${itemId}`)
      return notifications.stockChange({ before, after: { ...before, availableCount } })
    },
    skewClock: clock.skew,
    block: blockLoop,
    heapBytes: heapBytesAfterCollection,
    tamper: (rules) => adapter?.tamper(rules),
    delay: (handler, delayMs) => void (delayMs === 0 ? delays.delete(handler) : delays.set(handler, delayMs)),
  }

  /** A connection is no actor, but it is a part that can be killed alone (FI-1). */
  const actorsAndTransports = () => [
    ...runtime.actors().map((actor) => {
      const { id, name, role, mailboxLength, handled, alive } = actor
      return { id, name, role, mailboxLength, handled, alive, kill: () => actor.kill() }
    }),
    ...endpoint.connections().map(({ id, socket: name }) => {
      const kill = () => endpoint.dropConnection(id)
      return { id: `transport-${id}`, name, role: 'transport', mailboxLength: 0, handled: 0, alive: true, kill }
    }),
  ]

  function found<T>(value: T | undefined, what: string): T {
    if (!store.products()) throw new InventoryNotReady('the inventory is still loading')
    if (value === undefined) throw new UnknownId(`there is no ${what}`)
    return value
  }

  let web: FastifyInstance | undefined
  let control: FastifyInstance | undefined
  return {
    log,
    actors,
    async start() {
      if (config.CONTROL_SECRET && config.CONTROL_PORT) {
        control = createControl({ secret: config.CONTROL_SECRET, actions })
        await control.listen({ host: config.CONTROL_HOST, port: config.CONTROL_PORT })
      }
      notifications.start()
      await actors.start()
      await pubsub.start()
      userTracker.start()
      shop.presence.start()
      if (config.WEB) web = await startWeb()
      log.info({ port: config.WEB ? config.PORT : null }, 'node is up')
    },
    /** The reverse of start: clients first, so that they find another node while this one still answers. */
    async stop() {
      await endpoint.drain()
      await web?.close()
      userTracker.stop()
      shop.presence.stop()
      await pubsub.stop()
      await actors.stop()
      await control?.close()
    },
  }
}

/** Who is there, without the ids of their carts (CT-18). */
const presenceInBrief = (open: ReturnType<CartTracker['allCarts']>) => ({
  carts: open.map(({ meta: { page, items } }) => ({ page, items })),
  shoppers: new Set(open.map(({ cartId }) => cartId)).size,
})

/** Nothing else runs meanwhile, as with a computation that nobody cut into pieces (FI-11). */
function blockLoop(forMs: number) {
  const endMs = clock.monotonicMs() + forMs
  while (clock.monotonicMs() < endMs);
}

const withoutLooks = ({
  id,
  released,
  items,
}: {
  id: number
  released: boolean
  items: { id: number; availableCount: number }[]
}) => ({
  id,
  released,
  items: items.map(({ id: itemId, availableCount }) => ({ id: itemId, availableCount })),
})

function end(code: number, sentence: string): never {
  process.stderr.write(`${sentence}\n`)
  process.exit(code)
}

function startFailure(error: unknown): never {
  const { code, message, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number }
  if (code === 'EADDRINUSE')
    end(exitCode.environment, `the port ${address}:${port} is in use; free it or choose another`)
  end(error instanceof ConfigError || /splat patterns/.test(message) ? exitCode.badConfig : exitCode.crashed, message)
}

async function main() {
  const node = await compose(readConfig(process.env))
  let stopping = false
  const stop = () => {
    if (stopping) return
    stopping = true
    node.log.info('node drains')
    node.stop().then(
      () => process.exit(0),
      (error) => end(exitCode.crashed, `could not stop in order: ${error.message}`),
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  await node.start()
  // Where NODE_COMPILE_CACHE names a folder, the next node starts in half the time; one that is killed could not write it any more.
  flushCompileCache()
  node.actors.onExit(({ kind }) => {
    if (kind === 'crash') end(exitCode.crashed, 'a part of the node could not be kept running; the log says which')
  })
}

main().catch(startFailure)
