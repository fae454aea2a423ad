import { userSocket } from '../../../system/apps/hello/user-socket.ts'
import { emptyCart } from '../../../system/apps/store/cart/cart.ts'
import { storeConfig } from '../../../system/apps/store/config.ts'
import { createStoreModule } from '../../../system/apps/store/module.ts'
import type { Sealer } from '../../../system/channels/index.ts'
import { noMetrics } from '../../../system/metrics/index.ts'
import { inventoryOf } from '../../../system/node/inventory.ts'
import { joinApps } from '../../../system/node/join.ts'
import { createLifecycle, type Part } from '../../../system/node/lifecycle.ts'
import type { RunningApp } from '../../../system/node/module.ts'
import { createCountedClock, createSkewableClock } from '../../../system/platform/clock.ts'
import { readConfig } from '../../../system/platform/config.ts'
import { silentLog as log } from '../../../system/platform/log.ts'
import { type Random, seededRandom } from '../../../system/platform/random.ts'
import { createMesh, createPubSub, tampered } from '../../../system/pubsub/index.ts'
import { createRuntime } from '../../../system/runtime/index.ts'
import type { NodeRemains } from '../../history/inventory.ts'
import { clientHeartbeatMs, clusterHeartbeatMs, socketIdleTimeoutMs, trackerDownMs } from '../../timing.ts'
import { createAnswers } from './answers.ts'
import type { SimulatedDatabase } from './database.ts'
import { createLastWords } from './last-words.ts'
import { serveLongPolls } from './long-poll.ts'
import { createMachine } from './machine.ts'
import type { End, Network } from './network.ts'
import { createPool } from './pool.ts'
import { serveRequests } from './requests.ts'
import { slow } from './sealer.ts'
import { createSlowHandler } from './slow-handler.ts'
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
  random: Random
  /** Called whenever something is due on it. */
  onTurn?(name: string): void
}

export type SimulatedNode = ReturnType<typeof createNode>

/** The same for all nodes, and known to nobody else in this small world. */
const secret = 'the secret of a simulated cluster'

/** As a cluster of the harness is configured, so that histories can be judged by the same checkers. */
const envOf = (name: string) => ({
  SQUALL_NODE: name,
  DATABASE_URL: 'postgres://simulated',
  CLUSTER_HEARTBEAT_MS: String(clusterHeartbeatMs),
  TRACKER_SHARDS: '2',
  TRACKER_DOWN_MS: String(trackerDownMs),
  SOCKET_IDLE_TIMEOUT_MS: String(socketIdleTimeoutMs),
  CLIENT_HEARTBEAT_MS: String(clientHeartbeatMs),
})

/** Of the demonstration of channels, simulations use the public socket alone. */
const pingApp: RunningApp = { name: 'hello', sockets: [userSocket] }

/** One node of the real parts, on a simulated machine, network and database. */
export function createNode(options: NodeOptions) {
  const { name, names, network, database } = options
  const config = readConfig(envOf(name), [storeConfig])
  const machine = createMachine(options.clock, () => options.onTurn?.(name))
  const timers = createCountedClock(machine.clock)
  const clock = createSkewableClock(timers)
  const sealer = slow(options.sealer, clock, options.random)
  const runtime = createRuntime({ clock, log })
  const peers = Object.fromEntries(names.filter((other) => other !== name).map((other) => [other, other]))
  const lastWords = createLastWords()
  const sockets = simulatedMeshSockets({ network, machine, nodeName: name, onSend: lastWords.hear })
  const adapter = tampered(createMesh({ sockets, peers, heartbeatMs: config.CLUSTER_HEARTBEAT_MS, clock, log }), clock)
  const pubsub = createPubSub({ nodeName: name, adapter, log })
  const storeModule = createStoreModule(() => (poolOptions) => createPool(database, machine, poolOptions))
  const context = {
    config,
    pubsub,
    runtime,
    clock,
    log,
    secret,
    sealer,
    random: seededRandom(0),
    beforeHandle: () => undefined,
    metrics: noMetrics,
  }
  const store = storeModule.create(context)
  const { shop } = store
  const connections = new Set<End>()
  const apps = [pingApp, { ...store, name: 'store' }]
  const { endpoint, parts } = joinApps(context, apps, createSlowHandler(clock.sleep))
  const answer = createAnswers(shop, endpoint.broadcast)
  const lifecycle = createLifecycle(parts([doors()]).map(watched))
  let heardToTheEnd: readonly string[] = []

  /** Where clients and the control port come in, in place of the web server. */
  function doors() {
    // The timers of a simulated transport are not those of the node.
    const served = { endpoint, clock: machine.clock, silentMs: config.SOCKET_IDLE_TIMEOUT_MS, open: connections }
    let closeDoors: (() => void)[] = []
    return {
      name: 'doors',
      start() {
        closeDoors = [
          network.listen(`${name}:web`, machine, (end, _from, target) => void serveWebSocket(end, target, served)),
          serveRequests(network, `${name}:http`, machine, answer),
          serveLongPolls(network, `${name}:poll`, machine, endpoint),
        ]
      },
      stop() {
        for (const close of closeDoors) close()
      },
    }
  }

  const peersThatHear = () =>
    Object.entries(pubsub.peers())
      .filter(([, { connected }]) => connected)
      .map(([peer]) => peer)

  /** When pub/sub stops, whatever talks over it has stopped. */
  function watched(part: Part): Part {
    if (part.name !== 'pubsub') return part
    return {
      ...part,
      stop() {
        heardToTheEnd = peersThatHear()
        return part.stop?.()
      },
    }
  }

  /** Where it said no goodbye, although another node heard it all the time. */
  async function stopInOrder(): Promise<readonly string[]> {
    const heard = peersThatHear()
    let hasChanged = false
    adapter.onPeerUp(() => {
      hasChanged = true
    })
    await lifecycle.stop()
    const isHeard = !hasChanged && heard.some((peer) => heardToTheEnd.includes(peer))
    return isHeard ? lastWords.withoutGoodbye() : []
  }

  return {
    name,
    machine,
    clock,
    runtime,
    adapter,
    pubsub,
    endpoint,
    shop,
    /** All that it holds at this moment. */
    holds: () => ({
      ...inventoryOf({ runtime, pubsub, timers, adapter, endpoint, apps }),
      connections: connections.size,
    }),
    isReady: () => Object.values(store.readiness()).every(Boolean),
    /** What a token that it signs now says of the time. */
    signedAtS: async () => {
      const [body = ''] = (await shop.checkout.exportCart(emptyCart)).split('.')
      return (JSON.parse(Buffer.from(body, 'base64url').toString()) as { issuedAtS: number }).issuedAtS
    },
    start: lifecycle.start,
    /** SIGTERM: clients are told to go, the others hear a goodbye. Returns what it still held, and whether it went on talking. */
    async stop(): Promise<NodeRemains> {
      const withoutGoodbye = await stopInOrder()
      const holds = inventoryOf({ runtime, pubsub, timers, adapter, endpoint, apps })
      machine.end()
      return { holds, saidAfterGoodbye: lastWords.saidAfter(), withoutGoodbye }
    },
    /** SIGKILL. */
    kill: () => machine.end(),
  }
}
