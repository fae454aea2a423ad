import { type Livelock, livelock } from '../../history/livelock.ts'
import type { HistoryEvent } from '../../history/operation.ts'
import {
  actionWithinMs,
  inventoryWithinMs,
  readyWithinMs,
  roundMs,
  settleWithinMs,
  simulatedQuietMs,
} from '../../timing.ts'
import { type Cluster, createCluster } from './cluster.ts'
import { readFinals } from './finals.ts'
import { createNemesis, type Nemesis } from './nemesis.ts'
import type { SimulatedNode } from './node.ts'
import type { Plan, SimulationRequest } from './plan.ts'
import type { StuckGuard } from './stuck-guard.ts'
import { borrowTimers } from './timers.ts'
import { TooManySteps } from './virtual-clock.ts'
import { whoGoesOn } from './who-goes-on.ts'
import { createWorld, type World } from './world.ts'

export const names = ['n1', 'n2', 'n3'] as const
const residents = ['ann', 'ben', 'cid']
/** Never sells out. */
const plentiful = 3
const releasedWithinMs = 2_000
const quietWithinMs = 30_000
const lookEveryMs = 500
const startsWithinMs = 400

export interface Simulated {
  events: readonly HistoryEvent[]
  /** Faults and actions that no simulation knows. */
  skipped: string[]
  /** Why the scenario did not complete. */
  obstacle?: string
}

/** Runs a plan in simulated time. The same request has the same history, bit by bit (FI-18). */
export async function simulate({ plan, stock }: SimulationRequest, guard?: StuckGuard): Promise<Simulated> {
  const cluster = createCluster({ seed: plan.seed, names, stock, ...(guard && { onTurn: guard.enter }) })
  const returnTimers = borrowTimers(cluster.clock)
  const skipped: string[] = []
  try {
    await cluster.clock.run(run(cluster, plan, skipped))
    return { events: cluster.recorder.events, skipped }
  } catch (error) {
    if (error instanceof TooManySteps) recordLivelock(cluster, error.steps)
    return { events: cluster.recorder.events, skipped, obstacle: (error as Error).message }
  } finally {
    guard?.enter()
    returnTimers()
  }
}

function recordLivelock(cluster: Cluster, steps: number) {
  const value: Livelock = { ...whoGoesOn(cluster, steps), steps, forMs: cluster.clock.monotonicMs() }
  cluster.recorder.record({ who: 'harness', type: 'read', operation: livelock, value })
}

async function run(cluster: Cluster, plan: Plan, skipped: string[]) {
  const world = createWorld(cluster)
  const nemesis = createNemesis(cluster)
  await provision(cluster)
  for (const { name, holds } of cluster.nodes())
    cluster.recorder.record({ who: name, type: 'read', operation: 'node-holds', node: name, value: holds() })
  await enter(cluster, world)
  world.crowd()
  const running: Promise<unknown>[] = []
  for (const round of plan.rounds.keys()) await runRound({ cluster, plan, world, nemesis, running, skipped }, round)
  await nemesis.healEverything()
  world.crowdStops()
  await Promise.race([Promise.all(running), cluster.clock.sleep(actionWithinMs)])
  await settle(cluster, world)
  await readFinals(cluster, world)
}

/** What is not healthy before it is broken proves nothing. */
async function provision(cluster: Cluster) {
  await Promise.all(names.map((name) => startSoon(cluster, name)))
  const isWell = () => cluster.nodes().every((node) => node.isReady() && seesPeers(node.pubsub.peers()))
  await demand(cluster, 'every node is ready and sees its peers', readyWithinMs, isWell)
}

/** Machines take different times to start, so that a node dials some that are not there yet. */
async function startSoon({ clock, random, start }: Cluster, name: string) {
  await clock.sleep(random.integer(0, startsWithinMs))
  await start(name)
}

const seesPeers = (peers: Record<string, { connected: boolean }>) =>
  Object.values(peers).every(({ connected }) => connected)

/** No machine is busy here, so what does not come in time does not come. */
async function demand({ until, recorder }: Cluster, what: string, withinMs: number, isSo: () => boolean) {
  if (await until(withinMs, isSo)) return
  recorder.record({ who: 'harness', type: 'read', operation: 'never', value: { what, withinMs } })
  throw new Error(`timed out after ${withinMs} ms waiting for "${what}"`)
}

async function enter(cluster: Cluster, world: World) {
  for (const [index, who] of residents.entries()) world.come(who, names[index]!)
  for (const node of names) world.listen(`listener-${node}`, node)
  await world.openDashboard('boss', 'n3')
  for (const [index, node] of ['n1', 'n2', 'n1'].entries())
    await world.openPage(index === 0 ? 'alice' : `alice#${index + 1}`, node)
  const isThere = () => everybodyJoined(world) && world.shoppers().every(({ hasCart }) => hasCart())
  await demand(cluster, 'everybody listens', readyWithinMs, isThere)
  for (const productId of [1, 2]) await world.release('n1', productId)
  const isOnSale = () =>
    cluster.nodes().every(({ shop }) => shop.store.products()?.every(({ released }) => released)) &&
    world.pages.every((page) => !page.html().includes('product-soon'))
  await cluster.until(releasedWithinMs, isOnSale)
  await Promise.all(residents.map((who) => world.act({ do: 'add', who, itemId: plentiful })))
}

const everybodyJoined = (world: World) =>
  world.everybody().every(({ joins }) => {
    const { connected, expected, joined } = joins()
    return connected && expected.length > 0 && joined.length === expected.length
  })

interface PlanProgress {
  cluster: Cluster
  plan: Plan
  world: World
  nemesis: Nemesis
  running: Promise<unknown>[]
  skipped: string[]
}

/** Each action begins without waiting for the end of the one before; how it ended stands in the history. */
async function runRound({ cluster, plan, world, nemesis, running, skipped }: PlanProgress, round: number) {
  for (const fault of plan.faults.filter(({ fromRound }) => fromRound === round))
    if (!(await nemesis.inject(fault))) skipped.push(fault.kind)
    // The round is when it begins: no simulation waits for a point of the scenario.
    else if (fault.when !== undefined) skipped.push('when')
  const endMs = cluster.clock.monotonicMs() + roundMs
  const actions = plan.rounds[round]!
  for (const action of actions) {
    await cluster.clock.sleep(cluster.random.integer(0, Math.floor(roundMs / actions.length)))
    const work = world.act(action)
    if (work) running.push(work)
    else skipped.push(action.do)
  }
  await cluster.clock.sleep(endMs - cluster.clock.monotonicMs())
  for (const fault of plan.faults.filter(({ toRound }) => toRound === round)) await nemesis.heal(fault)
}

/** Until all nodes are well, everybody is back, and nothing changes any more. What never settles is judged as it is. */
async function settle(cluster: Cluster, world: World) {
  const isWell = () => cluster.nodes().every((node) => node.isReady() && seesPeers(node.pubsub.peers()))
  await demand(cluster, 'every node is ready and sees its peers', settleWithinMs, isWell)
  // A page that was loaded while its node was away shows an error of the browser: whoever sits there loads it again.
  for (const page of world.pages) if (!page.isLoaded()) await page.load()
  await cluster.until(settleWithinMs, () => everybodyJoined(world))
  await quiet(cluster, world)
  // Whoever was lost behind a fault is let go by then, and what a node does now and then is over soon.
  await cluster.clock.sleep(inventoryWithinMs)
  for (const visitor of world.visitors) visitor.fallSilent()
  await cluster.clock.sleep(lookEveryMs)
  await cluster.until(inventoryWithinMs, () => cluster.nodes().every(isAtRest))
}

function isAtRest({ holds }: SimulatedNode): boolean {
  const { callsInFlight, pending } = holds()
  return callsInFlight === 0 && Object.values(pending).every((going) => going === 0)
}

/** All that anybody sees stays as it is for so long that nobody can be on the way any more. */
async function quiet({ clock, nodes }: Cluster, world: World) {
  const seen = () =>
    JSON.stringify([
      nodes().map(({ shop }) => [shop.carts.allCarts().map(({ meta }) => meta), shop.store.products()]),
      world.pages.map((page) => [page.html(), page.cart()]),
      world.shoppers().map(({ cart }) => cart()),
      world.dashboards.map(({ sight }) => sight()),
    ])
  const giveUpMs = clock.monotonicMs() + quietWithinMs
  let before = seen()
  let sinceMs = clock.monotonicMs()
  while (clock.monotonicMs() - sinceMs < simulatedQuietMs && clock.monotonicMs() < giveUpMs) {
    await clock.sleep(lookEveryMs)
    const now = seen()
    if (now !== before) sinceMs = clock.monotonicMs()
    before = now
  }
}
