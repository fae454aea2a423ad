import { userSocket } from '../../../system/apps/hello/user-socket.ts'
import { emptyCart } from '../../../system/apps/store/cart/cart.ts'
import { createShop } from '../../../system/apps/store/shop.ts'
import { createEndpoint, type Sealer } from '../../../system/channels/index.ts'
import { createSkewableClock } from '../../../system/platform/clock.ts'
import { readConfig } from '../../../system/platform/config.ts'
import { silentLog as log } from '../../../system/platform/log.ts'
import { createMesh, createPubSub, tampered } from '../../../system/pubsub/index.ts'
import { createRuntime, supervisor } from '../../../system/runtime/index.ts'
import { createAnswers } from './answers.ts'
import type { SimulatedDatabase } from './database.ts'
import { createMachine } from './machine.ts'
import type { Network } from './network.ts'
import { createPool } from './pool.ts'
import { serveRequests } from './requests.ts'
import { serveWebSocket, simulatedMeshSockets } from './sockets.ts'
import type { VirtualClock } from './virtual-clock.ts'

export interface NodeOptions {
  name: string
  /** All nodes of the cluster. */
  names: readonly string[]
  network: Network
  database: SimulatedDatabase
  clock: VirtualClock
  sealer: Sealer
}

export type SimulatedNode = ReturnType<typeof createNode>

/** The same for all nodes, and known to nobody else in this small world. */
const secret = 'the secret of a simulated cluster'
const restartBudget = { restartsMax: 20, withinMs: 5_000 } as const

/** As a cluster of the harness is configured, so that histories can be judged by the same checkers. */
const envOf = ({ name }: NodeOptions) => ({
  SQUALL_NODE: name,
  DATABASE_URL: 'postgres://simulated',
  CLUSTER_HEARTBEAT_MS: '400',
  TRACKER_SHARDS: '1',
  TRACKER_DOWN_MS: '3000',
  SOCKET_IDLE_TIMEOUT_MS: '6000',
  CLIENT_HEARTBEAT_MS: '1000',
})

/** One node of the real parts, on a simulated machine, network and database. */
export function createNode(options: NodeOptions) {
  const { name, names, network, database, sealer } = options
  const config = readConfig(envOf(options))
  const machine = createMachine(options.clock)
  const clock = createSkewableClock(machine.clock)
  const runtime = createRuntime({ clock, log })
  const peers = Object.fromEntries(names.filter((other) => other !== name).map((other) => [other, other]))
  const mesh = createMesh({
    sockets: simulatedMeshSockets(network, machine, name),
    peers,
    heartbeatMs: config.CLUSTER_HEARTBEAT_MS,
    clock,
    log,
  })
  const adapter = tampered(mesh, clock)
  const pubsub = createPubSub({ nodeName: name, adapter, log })
  const shop = createShop({
    config,
    pubsub,
    runtime,
    clock,
    log,
    secret,
    sealer,
    openPool: (poolOptions) => createPool(database, machine, poolOptions),
    beforeHandle: () => undefined,
  })
  const endpoint = createEndpoint({
    runtime,
    pubsub,
    clock,
    log,
    secret,
    sockets: [userSocket, ...shop.sockets],
  })
  const actors = supervisor({ clock, log }, name, { strategy: 'one_for_one', ...restartBudget }, shop.actors)
  const answer = createAnswers(shop, endpoint.broadcast)
  let closeDoors: (() => void)[] = []

  return {
    name,
    machine,
    clock,
    runtime,
    adapter,
    pubsub,
    endpoint,
    shop,
    isReady: () => shop.repo.reachable() && shop.store.products() !== undefined,
    /** What a token that it signs now says of the time. */
    signedAtS: async () => {
      const [body = ''] = (await shop.checkout.exportCart(emptyCart)).split('.')
      return (JSON.parse(Buffer.from(body, 'base64url').toString()) as { issuedAtS: number }).issuedAtS
    },
    async start() {
      shop.notifications.start()
      await actors.start()
      await pubsub.start()
      shop.presence.start()
      const served = { endpoint, clock, silentMs: config.SOCKET_IDLE_TIMEOUT_MS }
      closeDoors = [
        network.listen(`${name}:web`, machine, (end, _from, target) => void serveWebSocket(end, target, served)),
        serveRequests(network, `${name}:http`, machine, answer),
      ]
    },
    /** SIGTERM: clients are told to go, the others hear a goodbye. */
    async stop() {
      await endpoint.drain()
      for (const close of closeDoors) close()
      shop.presence.stop()
      await pubsub.stop()
      await actors.stop()
      machine.end()
    },
    /** SIGKILL. */
    kill: () => machine.end(),
  }
}
