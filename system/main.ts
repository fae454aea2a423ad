import { randomBytes } from 'node:crypto'
import { flushCompileCache } from 'node:module'
import type { FastifyInstance } from 'fastify'
import { authChannel } from './apps/hello/auth-channel.ts'
import { authSocket } from './apps/hello/auth-socket.ts'
import { statsSocket } from './apps/hello/stats-socket.ts'
import { trackedChannel } from './apps/hello/tracked-channel.ts'
import { createUserSocket } from './apps/hello/user-socket.ts'
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
import { createEndpoint, longPollSalt } from './channels/index.ts'
import { type ControlActions, createControl } from './control/server.ts'
import { createSkewableClock, systemClock } from './platform/clock.ts'
import { type Config, ConfigError, readConfig } from './platform/config.ts'
import { createLog, type Log } from './platform/log.ts'
import { heapBytesAfterCollection } from './platform/memory.ts'
import { systemRandom } from './platform/random.ts'
import { createTracker } from './presence/index.ts'
import { createMesh, createPubSub, createRedis, meshWebSockets, type PubSubAdapter, tampered } from './pubsub/index.ts'
import { createRuntime, type Runtime, supervisor } from './runtime/index.ts'

/** One node: reads its configuration, joins the parts, starts them in order, and drains on SIGTERM. */
const exitCode = { crashed: 1, badConfig: 64, environment: 69 } as const

/** Only for the defect that uses it (DF-29): as bad as any secret that stands in a repository. */
const wellKnownSecret = 'a secret that everybody can read in the repository'

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
      anybody: config.DEFECTS.has('DF-34'),
    }),
    peers: config.CLUSTER_PEERS,
    quirks: { doubleSendAfterReconnect: config.DEFECTS.has('DF-144') },
  })
}

const deskMs = 100
const deskPatienceMs = 60_000

/** DF-51: one actor for the carts of all shoppers; while it thinks about one of them the others wait. */
function askingOneDesk(runtime: Runtime) {
  const desk = runtime.spawn<'may I?'>({ name: 'CartDesk', handle: () => clock.sleep(deskMs) })
  return (channel: string) =>
    channel === 'ShoppingCartChannel' ? desk.call<void>('may I?', deskPatienceMs) : undefined
}

/** DF-109: hears the others and says nothing. */
const silenced = (adapter: PubSubAdapter): PubSubAdapter => ({
  ...adapter,
  broadcast: () => {},
  directBroadcast: () => {},
})

async function compose(config: Config) {
  const { DEFECTS: defects, SQUALL_NODE: nodeName } = config
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
  const adapter = plain && tampered(defects.has('DF-109') ? silenced(plain) : plain, clock)
  const pubsub = createPubSub({
    nodeName,
    log,
    ...(adapter && { adapter }),
    quirks: { remoteOrNothing: defects.has('DF-112') },
  })
  /** Another app's pub/sub in the same process: nothing of it may reach these clients (CH-73). */
  const otherApp = createPubSub({ nodeName, log })
  // Without a configured secret, tokens are good until the node restarts and on this node alone.
  const secret = defects.has('DF-29') ? wellKnownSecret : (config.SECRET_KEY_BASE ?? freshSecret())
  const userTokens = createUserTokens({
    secret,
    clock,
    ageMaxS: defects.has('DF-27') ? Number.MAX_SAFE_INTEGER : config.USER_TOKEN_AGE_S,
    ...(defects.has('DF-26') && { salt: longPollSalt }),
    ...(defects.has('DF-28') && { personalData: { email: 'somebody@example.com' } }),
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
    freshSecret,
    openPool: openPool(config.DATABASE_URL),
    beforeHandle,
  })
  const { store, inventory, notifications, checkout } = shop
  const sessions = createSessions({
    secret: defects.has('DF-114') ? `${secret} of ${nodeName}` : secret,
    clock,
    generateCartId,
    forgetful: defects.has('DF-83'),
  })
  const endpoint = createEndpoint({
    runtime,
    pubsub,
    clock,
    log,
    publicHost: defects.has('DF-23') ? 'not-configured.invalid' : config.PUBLIC_HOST,
    silentMs: defects.has('DF-5') ? 2 ** 31 - 1 : config.SOCKET_SILENT_MS,
    secret,
    readSession: sessions.ofSocket,
    beforeHandle: defects.has('DF-51') ? askingOneDesk(runtime) : beforeChannel,
    quirks: {
      duplicateSubscription: defects.has('DF-8'),
      allowInnerStar: defects.has('DF-14'),
      crashTakesConnection: defects.has('DF-9'),
      silentCrash: defects.has('DF-10'),
      crashAsReply: defects.has('DF-11'),
      anyOrigin: defects.has('DF-22'),
      unloggedRefusal: defects.has('DF-30'),
      outlivesConnection: defects.has('DF-104'),
      keepsLastMessage: defects.has('DF-54'),
      webSocketsOnly: defects.has('DF-129'),
    },
    sockets: [
      createUserSocket({
        ping: {
          ignoreAckPhrase: defects.has('DF-13'),
          undeclared: defects.has('DF-12'),
          interceptAll: defects.has('DF-127'),
          costlyJoin: defects.has('DF-50'),
        },
        dedupe: { quirks: { newestFirst: defects.has('DF-17'), manyFlushes: defects.has('DF-18') } },
        ...(defects.has('DF-24') && { channels: { 'user:*': authChannel(log, { anybody: true }) } }),
      }),
      authSocket({
        tokens: userTokens,
        log,
        recurringMs: config.RECURRING_TOKEN_MS,
        anybody: defects.has('DF-25'),
        channels: { tracked: trackedChannel(userTracker, clock.now) },
      }),
      statsSocket({
        clock,
        random: systemRandom(),
        parallelInside: defects.has('DF-35'),
        ...(defects.has('DF-52') && { work: async (forMs: number) => blockLoop(forMs) }),
        ...(defects.has('DF-53') && { work: async (forMs: number) => blockThread(forMs) }),
        ...(defects.has('DF-36') && { parallelMax: Number.MAX_SAFE_INTEGER }),
      }),
      ...shop.sockets,
    ],
  })

  const strategy = defects.has('DF-100') ? 'rest_for_one' : 'one_for_one'
  const actors = supervisor({ clock, log }, nodeName, { strategy, ...restartBudget }, shop.actors)

  /** Mistakes of the pages' scripts. */
  const clientDefects = (
    [
      'DF-3',
      'DF-4',
      'DF-6',
      'DF-7',
      'DF-19',
      'DF-20',
      'DF-21',
      'DF-72',
      'DF-90',
      'DF-97',
      'DF-98',
      'DF-128',
      'DF-142',
    ] as const
  ).filter((id) => defects.has(id))

  /** DF-141: as if there were only one server. */
  function underTheFirst() {
    const peers = pubsub.peers()
    const [first = nodeName] = [nodeName, ...Object.keys(peers)].sort()
    return first === nodeName || peers[first]?.connected ? store.products() : undefined
  }

  async function startWeb(): Promise<FastifyInstance> {
    const web = await createWeb({
      products: defects.has('DF-141') ? underTheFirst : store.products,
      takeRequest: endpoint.handle,
      noStore: config.STORE_NO_STORE && !defects.has('DF-1'),
      log,
      thresholds: shop.thresholds,
      clientHeartbeatMs: config.CLIENT_HEARTBEAT_MS,
      clientDefects,
      sessions,
      checkout,
      buyCart: shop.buyCart,
      admin: {
        user: config.ADMIN_USER,
        password: config.ADMIN_PASSWORD ?? developmentPassword,
        attemptsMax: config.ADMIN_ATTEMPTS,
        signAdminToken: shop.adminTokens.sign,
        anybody: defects.has('DF-32'),
      },
    })
    if (defects.has('DF-33')) openToTests(web)
    helloPages(web, { tokens: userTokens, heartbeatMs: config.CLIENT_HEARTBEAT_MS, clientDefects })
    endpoint.attach(web.server)
    await web.listen({ host: config.HOST, port: config.PORT, backlog: 4_096 })
    return web
  }

  /** DF-33: as if a door of the tests had been left in. */
  function openToTests(web: FastifyInstance) {
    web.post<{ Body: { item_id: number; available_count: number } }>('/test/stock', async ({ body }) => {
      await inventory.itemSold(body.item_id, async () => ({ availableCount: body.available_count, version: 0 }))
      return { ok: true }
    })
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
    broadcast: (topic, event, payload) => (defects.has('DF-16') ? otherApp : pubsub).broadcast(topic, event, payload),
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

/** DF-53: a call that comes back only when it is done, such as many a native one. */
function blockThread(forMs: number) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, forMs)
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
    if (kind !== 'normal') end(exitCode.crashed, 'a part of the node could not be kept running; the log says which')
  })
}

main().catch(startFailure)
