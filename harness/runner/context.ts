import { adminCredentials } from '../apps/store/admin.ts'
import { type Crowd, type CrowdOptions, gatherCrowd } from '../apps/store/crowd.ts'
import { holdPurchases } from '../apps/store/purchase-window.ts'
import { openShopper, type Shopper } from '../apps/store/shopper.ts'
import { readStock } from '../apps/store/store-reads.ts'
import { openWireShopper, type WireShopper, type WireShopperOptions } from '../apps/store/wire-shopper.ts'
import type { BrowserPool } from '../clients/browser.ts'
import { type ChannelClient, type ClientOptions, openChannelClient } from '../clients/channel-client.ts'
import { openPollClient, type PollClient } from '../clients/poll-client.ts'
import { openWireClient, type WireClient, type WireClientOptions } from '../clients/wire-client.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Outcome } from '../history/operation.ts'
import type { Recorder } from '../history/recorder.ts'
import type { DecisionLog } from '../plans/schedule.ts'
import { describeTrigger, hasFired, type Trigger } from '../plans/trigger.ts'
import { type Clock, systemClock } from '../platform/clock.ts'
import { NotSupported } from '../platform/errors.ts'
import type { Random } from '../platform/random.ts'
import { until } from '../platform/until.ts'
import type { Nemesis } from './nemesis.ts'

interface ContextOptions {
  cluster: Cluster
  nemesis: Nemesis
  recorder: Recorder
  random: Random
  log: DecisionLog
  browsers: BrowserPool
}

/** A scenario cannot tell what it wanted to tell: the verdict is `unknown`, not `violated`. */
export class NotReached extends Error {
  override name = 'NotReached'
}

export type ScenarioContext = ReturnType<typeof createContext>

/** What the store alone can show. */
function demandShop({ hasShop }: Cluster) {
  if (!hasShop)
    throw new NotSupported('the scenario needs the shop, and the target has none, or no command that puts it back')
}

/** All that a scenario's steps can use. Operations are written down with how they ended. */
export function createContext({ cluster, nemesis, recorder, random, log, browsers }: ContextOptions) {
  const shoppers = new Map<string, Shopper>()
  const admins = new Map<string, Shopper>()
  const crowds: Crowd[] = []
  const wireShoppers = new Map<string, WireShopper>()
  const clients = new Map<string, ChannelClient>()
  const wires: (WireClient | PollClient)[] = []
  const scratch = new Map<string, unknown>()
  const sequence = new Map<string, number>()
  const clock: Clock = systemClock

  const operation = <T>(node: string, name: string, value: object, run: () => Promise<T>): Promise<Outcome<T>> => {
    log.decide({ kind: 'op', name, target: node })
    return recorder.invoke(node, name, value, run)
  }
  const controlOf = (node: string) => cluster.node(node).control

  const publishing = new Map<string, Promise<unknown>>()
  function publishOne(node: string, topic: string) {
    const seq = (sequence.get(node) ?? 0) + 1
    sequence.set(node, seq)
    const value = { publisher: node, seq, origin: node }
    recorder.record({ who: node, type: 'publish', topic, event: 'ledger', value })
    return operation(node, 'publish', value, () => controlOf(node).broadcast(topic, 'ledger', value))
  }

  return {
    cluster,
    nemesis,
    recorder,
    clock,
    scratch,
    shoppers: () => [...shoppers.values()],
    clients: () => [...clients.values()],
    /** Waits for a condition with a deadline; the failure says what was awaited and last seen. */
    until: <T>(what: string, withinMs: number, ask: () => T | Promise<T>) => until(ask, { what, withinMs }),
    /**
     * From now on looks for a point of the scenario; `passed` resolves there, and fails when it does not come. A fault may begin there, where
     * no step ends (FI-18). Who looks for the middle of a purchase makes every purchase wait there.
     */
    async armTrigger(trigger: Trigger, withinMs: number): Promise<{ passed: Promise<unknown> }> {
      const from = recorder.events.length
      const held = 'between' in trigger ? await holdPurchases(cluster, recorder) : undefined
      const isPassed = async () => {
        await held?.look()
        return hasFired(trigger, recorder.events.slice(from))
      }
      const what = `the scenario is ${describeTrigger(trigger)}`
      const passed = until(isPassed, { what, withinMs, everyMs: 20 }).finally(() => held?.release())
      // Whoever awaits it hears of a failure; a step that fails before that is reason enough.
      passed.catch(() => {})
      return { passed }
    },
    /** Chance with a record: a replay chooses the same. */
    choose<T>(name: string, list: readonly T[]): T {
      const decided = log.decide({ kind: 'choice', name, value: list.indexOf(random.pick(list)) })
      return list[decided.value as number]!
    },
    /** A person with a browser and links of their own. */
    async shopper(name: string, { bfcache = false } = {}): Promise<Shopper> {
      const known = shoppers.get(name)
      if (known) return known
      demandShop(cluster)
      const shopper = await openShopper({ name, browser: await browsers.get({ bfcache }), cluster, recorder })
      shoppers.set(name, shopper)
      return shopper
    },
    /** Somebody who runs the shop, with a browser that knows the password. */
    async admin(name: string): Promise<Shopper> {
      const known = admins.get(name)
      if (known) return known
      demandShop(cluster)
      const browser = await browsers.get({ bfcache: false })
      const admin = await openShopper({ name, browser, cluster, recorder, credentials: adminCredentials })
      admins.set(name, admin)
      return admin
    },
    admins: () => [...admins.values()],
    /** A shopper without a browser. */
    async wireShopper(name: string, node: string, wishes: WireShopperOptions = {}): Promise<WireShopper> {
      const known = wireShoppers.get(name)
      if (known) return known
      demandShop(cluster)
      const shopper = await openWireShopper({ ...wishes, name, node, cluster, recorder })
      wireShoppers.set(name, shopper)
      return shopper
    },
    wireShoppers: () => [...wireShoppers.values()],
    /** So many shoppers at once, each with one item. */
    async crowd(options: Omit<CrowdOptions, 'cluster' | 'random'>): Promise<Crowd> {
      demandShop(cluster)
      const crowd = await gatherCrowd({ ...options, cluster, random })
      crowds.push(crowd)
      return crowd
    },
    crowds: () => crowds,
    /** The shopper's connection ends, as when its tab is closed. */
    disconnect(name: string) {
      wireShoppers.get(name)?.close()
      wireShoppers.delete(name)
    },
    /** The stock as the database has it now; written down for the checkers. */
    async readStock() {
      const value = await readStock(cluster.database)
      recorder.record({ who: 'harness', type: 'read', operation: 'stock', value })
      return value
    },
    /** The official channel client in Node, on a socket of one node: `/socket`, where nothing else is wished. */
    async client(name: string, node: string, wishes: ClientOptions = {}): Promise<ChannelClient> {
      const known = clients.get(name)
      if (known) return known
      const client = await openChannelClient({ ...wishes, name, node, cluster, recorder })
      clients.set(name, client)
      return client
    },
    /** Somebody at the bare wire: a new connection each time. */
    async wire(name: string, node: string, wishes: WireClientOptions = {}): Promise<WireClient> {
      const client = await openWireClient({ ...wishes, name, node, cluster, recorder })
      wires.push(client)
      return client
    },
    /** The same without a WebSocket: over long polls. */
    async poll(name: string, node: string): Promise<PollClient> {
      const client = await openPollClient({ name, node, cluster, recorder })
      wires.push(client)
      return client
    },
    release: (node: string, productId: number) =>
      operation(node, 'release', { productId }, () => controlOf(node).release(productId)),
    sell: (node: string, itemId: number) => operation(node, 'sell', { itemId }, () => controlOf(node).sell(itemId)),
    reduce: (node: string, options: { unitsPerStep?: number } = { unitsPerStep: 500 }) =>
      operation(node, 'reduce', options, () => controlOf(node).reduce(options)),
    notifyRelease: (node: string, productId: number) =>
      operation(node, 'notify-release', { productId }, () => controlOf(node).notifyRelease(productId)),
    notifyStock: (node: string, itemId: number, availableCount: number) =>
      operation(node, 'notify-stock', { itemId, availableCount }, () =>
        controlOf(node).notifyStock(itemId, availableCount),
      ),
    /** A numbered message from one node to everybody on the topic; the ledger knows what became of it. */
    async publish(node: string, topic = 'ping') {
      // One after the other: two requests at once may arrive in any order, and that would be the harness's doing.
      const before = publishing.get(node)
      const mine = (async () => {
        await before
        return publishOne(node, topic)
      })()
      publishing.set(node, mine)
      return mine
    },
    /** The scenario has entered a state that it is about. */
    reached: (state: string) => void recorder.record({ who: 'scenario', type: 'reached', operation: state }),
    /** Ends the scenario as `unknown`: what it is about was never reached. */
    notReached(why: string): never {
      throw new NotReached(why)
    },
    async close() {
      for (const client of [...clients.values(), ...wires, ...wireShoppers.values(), ...crowds]) client.close()
      await Promise.all([...shoppers.values(), ...admins.values()].map((shopper) => shopper.close()))
    },
  }
}
