import { broadcastDispatcher } from '../../../system/pipeline/dispatchers/broadcast-dispatcher.ts'
import { demandDispatcher } from '../../../system/pipeline/dispatchers/demand-dispatcher.ts'
import type { Dispatcher } from '../../../system/pipeline/dispatchers/dispatcher.ts'
import { partitionDispatcher } from '../../../system/pipeline/dispatchers/partition-dispatcher.ts'
import { type Stage, type Subscription, startStage } from '../../../system/pipeline/index.ts'
import { type AnyActorRef, type ExitReason, type Supervisor, supervisor } from '../../../system/runtime/index.ts'
import { readReason, writeError, writeReason } from '../reasons.ts'
import type { Data, Recording, Replayed, Step } from '../recording.ts'
import { createGate, createWorld, type Gate, spansOf, type World } from '../world.ts'
import { readOptions, readSubscriptions } from './subscriptions.ts'
import { createWorkers, type Workers } from './workers.ts'

type Item = unknown

/** What all parts of a replay of stages share. */
interface Scene {
  world: World
  stages: Map<string, Stage>
  gates: Map<string, Gate>
  workers: Map<string, Workers>
  subscriptions: Map<string, Subscription>
  ownQueues: Map<string, OwnQueue>
  /** How often an item crashed its consumer. */
  crashes: Map<string, number>
}

/** Replays recordings of producers, consumers, middle stages and consumer supervisors on `system/pipeline`. */
export async function replayStages({ setup, steps }: Recording): Promise<Replayed> {
  const world = createWorld({
    phaseMs: setup.wait_phase_ms ?? 0,
    adaptLog: (event) => (/^w\d/.test(event.at) ? undefined : event),
  })
  const scene: Scene = {
    world,
    stages: new Map(),
    gates: new Map(),
    workers: new Map(),
    subscriptions: new Map(),
    ownQueues: new Map(),
    crashes: new Map(),
  }
  if (setup.supervisor) await startSupervised(scene, setup)
  else for (const spec of setup.stages) startUnsupervised(scene, spec)
  for (const step of steps) await carryOut(scene, step)
  return world.result()
}

async function startSupervised(scene: Scene, setup: Data) {
  const { children, max_restarts, max_seconds, strategy } = setup.supervisor
  const { world } = scene
  const children_ = (children as string[]).map((name) => {
    const spec = setup.stages.find((one: Data) => one.name === name)
    return { name, start: (parent: AnyActorRef) => start(scene, spec, parent) }
  })
  const top: Supervisor = supervisor(
    { clock: world.clock, log: world.runtime.log },
    'sup',
    { strategy, restartsMax: max_restarts, withinMs: max_seconds * 1_000, parent: world.driver },
    children_,
  )
  world.started('sup', top)
  world.watchBusy(() => top.alive && top.actor.busy)
  await world.until(top.start().catch(() => undefined))
}

/** A stage that cannot start has begun to, and ends with the reason. */
function startUnsupervised(scene: Scene, spec: Data) {
  const { world } = scene
  try {
    start(scene, spec, world.driver)
  } catch (error) {
    const reason = writeError(error)
    world.record(spec.name, 'start', { inc: 1 })
    world.record(spec.name, 'exit', { inc: 1, reason })
    world.record('driver', 'start_failed', { who: spec.name, reason })
  }
}

function start(scene: Scene, spec: Data, parent: AnyActorRef): Stage {
  if (spec.kind === 'consumer_supervisor') return startWorkers(scene, spec, parent)
  scene.gates.set(spec.name, createGate())
  return startStage<Item, Item>(scene.world.runtime, { ...commonOf(scene, spec), ...kindOf(scene, spec) } as Parameters<
    typeof startStage<Item, Item>
  >[1])
}

function startWorkers(scene: Scene, spec: Data, parent: AnyActorRef): Stage {
  const workers = createWorkers(scene.world, spec, parent, (stage) => begin(scene, spec, stage))
  scene.workers.set(spec.name, workers)
  return workers.supervisor
}

function begin({ world, stages }: Scene, { name, subscribe_to = [] }: Data, stage: Stage) {
  world.started(name, stage)
  stages.set(name, stage)
  for (const { to } of subscribe_to) stages.get(to)
}

const commonOf = (scene: Scene, spec: Data) => ({
  name: spec.name,
  init: (stage: Stage) => begin(scene, spec, stage),
  onCancel({ producer, consumer }: Subscription, kind: string, reason: ExitReason) {
    const other = consumer.name === spec.name ? producer?.name : consumer.name
    scene.world.recordLive(spec.name, 'cancelled', { with: other, kind, reason: writeReason(reason) })
  },
})

function kindOf(scene: Scene, spec: Data) {
  if (spec.kind === 'producer') return { kind: 'producer', ...emittingOf(scene, spec), ...sourceOf(scene, spec) }
  const consuming = {
    subscribeTo: readSubscriptions(spec.subscribe_to),
    onSubscribe: () => spec.mode ?? 'automatic',
    handleItems: (items: Item[], subscription: Subscription | undefined) =>
      handleItems(scene, spec, items, subscription),
  }
  if (spec.kind === 'consumer') return { kind: 'consumer', ...consuming }
  return { kind: 'producer_consumer', ...consuming, ...emittingOf(scene, spec) }
}

function emittingOf({ world }: Scene, { name, buffer_size, buffer_keep, dispatcher = {}, demand }: Data) {
  const sizeMax = buffer_size === 'infinity' ? Number.POSITIVE_INFINITY : buffer_size
  return {
    buffer: { ...(sizeMax !== undefined && { sizeMax }), ...(buffer_keep && { keep: buffer_keep }) },
    ...(demand && { demandMode: demand }),
    dispatcher: () => recordAsks(world, name, createDispatcher(dispatcher)),
  }
}

const hashes: Record<string, (partitions: number) => (item: Item) => number | undefined> = {
  modulo: (partitions) => (item) => Number(item) % partitions,
  modulo_drop_multiples_of_5: (partitions) => (item) =>
    Number(item) % 5 === 0 ? undefined : Number(item) % partitions,
}

function createDispatcher({ type = 'demand', max_demand, partitions, hash }: Data): Dispatcher<Subscription, Item> {
  if (type === 'broadcast') return broadcastDispatcher()
  if (type === 'partition') return partitionDispatcher({ partitions, hash: hashes[hash ?? 'modulo']!(partitions) })
  return demandDispatcher(max_demand === undefined ? {} : { demandMax: max_demand })
}

/** Only passes calls on. */
const recordAsks = (world: World, at: string, dispatcher: Dispatcher<Subscription, Item>): typeof dispatcher => ({
  ...dispatcher,
  ask(subscription, n) {
    world.record(at, 'ask', { from: subscription.consumer.name, n })
    return dispatcher.ask(subscription, n)
  },
})

/** Where the items of a producer come from: from `push`, from a counter, or from a queue of its own. */
function sourceOf({ world, ownQueues }: Scene, { name, source, limit = Number.POSITIVE_INFINITY }: Data) {
  let last = 0
  const count = (n: number) =>
    Array.from({ length: Math.min(n, limit - last) }, () => {
      last += 1
      return last
    })
  const queue = createOwnQueue()
  if (source === 'own_queue') ownQueues.set(name, queue)
  const answers: Record<string, (n: number) => Item[]> = {
    counter: count,
    counter_fixed_5: () => count(5),
    own_queue: queue.demanded,
  }
  return {
    handleDemand(n: number) {
      world.recordLive(name, 'handle_demand', { n })
      return answers[source]?.(n) ?? []
    },
  }
}

type OwnQueue = ReturnType<typeof createOwnQueue>

/** Keeps items and open demand itself, so that the stage's buffer stays empty. */
function createOwnQueue() {
  let items: Item[] = []
  let open = 0
  function take() {
    const now = items.slice(0, open)
    items = items.slice(now.length)
    open -= now.length
    return now
  }
  return {
    pushed(more: Item[]) {
      items = [...items, ...more]
      return take()
    },
    demanded(n: number) {
      open += n
      return take()
    },
  }
}

const maps: Record<string, (item: Item) => Item[]> = {
  identity: (item) => [item],
  only_even: (item) => (Number(item) % 2 === 0 ? [item] : []),
  times_10: (item) => [Number(item) * 10],
  triple: (item) => [item, item, item],
}

function handleItems(scene: Scene, spec: Data, items: Item[], subscription: Subscription | undefined): unknown {
  const { world } = scene
  const { name, handle = 'instant', map = 'identity', kind } = spec
  world.recordLive(name, 'batch', {
    from: subscription?.producer?.name ?? 'other',
    n: items.length,
    items: spansOf(items),
  })
  const finish = () => {
    crashIfToldTo(scene, spec, items)
    if (handle !== 'instant') world.recordLive(name, 'batch_done', { n: items.length })
    if (kind === 'consumer') return []
    const out = items.flatMap(maps[map]!)
    world.recordLive(name, 'emit', { n: out.length, items: spansOf(out) })
    return out
  }
  if (handle === 'instant') return finish()
  const inc = world.incarnation(name)
  const isOver = () => !world.isAlive(name) || world.incarnation(name) !== inc
  const waited = handle === 'gate' ? scene.gates.get(name)!.pass() : world.work(handle.sleep)
  return waited.then(() => (isOver() ? [] : finish()))
}

function crashIfToldTo({ crashes }: Scene, { name, crash_on = {} }: Data, items: Item[]) {
  const poison = items.find((item) => {
    const key = `${name}:${item}`
    const times = crash_on[String(item)]?.times ?? 0
    return (crashes.get(key) ?? 0) < times
  })
  if (poison === undefined) return
  crashes.set(`${name}:${poison}`, (crashes.get(`${name}:${poison}`) ?? 0) + 1)
  throw new Error(`item ${poison}`)
}

async function carryOut(scene: Scene, { do: what, ...step }: Step) {
  const act = acts[what]
  if (!act) throw new Error(`no replay of stages knows the step ${what}`)
  await act(scene, step)
}

const itemsOf = ({ items, from = 1, count = 0 }: Data): Item[] =>
  items ?? Array.from({ length: count }, (_, index) => from + index)

const keyOf = (producer: string, consumer: string) => `${consumer}->${producer}`

/** A stage that is gone hears nothing. */
const ignored = () => undefined

const acts: Record<string, (scene: Scene, step: Data) => unknown> = {
  settle: ({ world }) => world.settle(),
  sleep: ({ world }, { ms }) => world.sleep(ms),

  push({ stages, world, ownQueues }, { to, mode, ...step }) {
    const stage = stages.get(to)
    const items = itemsOf(step)
    const queue = ownQueues.get(to)
    const groups = mode === 'each' ? items.map((item) => [item]) : [items]
    if (!queue && mode !== 'each') return world.until(stage?.emit(items).catch(ignored) ?? Promise.resolve())
    for (const group of groups) {
      if (queue) stage?.perform('push', () => queue.pushed(group))
      else stage?.push(group)
    }
  },

  async subscribe({ stages, subscriptions, world }, { to, consumer, record, ...options }) {
    const reply = await world.until(
      stages
        .get(consumer)!
        .subscribe(stages.get(to) ?? to, readOptions(options))
        .then(
          (subscription) => {
            subscriptions.set(keyOf(to, consumer), subscription)
            return 'ok'
          },
          (error) => `error:${writeError(error)}`,
        ),
    )
    if (record) world.record('driver', 'subscribe_reply', { consumer, reply })
  },

  async resubscribe({ stages, subscriptions, world }, { to, consumer, reason, record, ...options }) {
    const older = subscriptions.get(keyOf(to, consumer))!
    const reply = await world.until(
      stages
        .get(consumer)!
        .resubscribe(older, readReason(reason), readOptions(options))
        .then(
          (subscription) => {
            subscriptions.set(keyOf(to, consumer), subscription)
            return 'ok'
          },
          (error) => `error:${writeError(error)}`,
        ),
    )
    if (record) world.record('driver', 'subscribe_reply', { consumer, reply })
  },

  cancel({ subscriptions }, { of, consumer, reason }) {
    const subscription = subscriptions.get(keyOf(of, consumer))
    subscription?.producer?.cancel(subscription, readReason(reason))
  },

  ask({ subscriptions }, { of, consumer, n }) {
    const subscription = subscriptions.get(keyOf(of, consumer))
    subscription?.producer?.ask(subscription, n)
  },

  release: ({ gates }, { who, n = 1 }) => gates.get(who)?.release(n),
  open: ({ gates }, { who }) => gates.get(who)?.release(Number.POSITIVE_INFINITY),

  release_workers({ workers }, { items }) {
    for (const group of workers.values()) group.release(items)
  },

  async buffered({ stages, world }, { of }) {
    world.record('driver', 'buffered_reply', { of, n: await world.until(stages.get(of)!.buffered()) })
  },

  async set_demand_mode({ stages, world }, { of, mode }) {
    await world.until(stages.get(of)!.setDemandMode(mode))
  },

  async get_demand_mode({ stages, world }, { of }) {
    world.record('driver', 'demand_mode_reply', { of, mode: await world.until(stages.get(of)!.demandMode()) })
  },

  raise({ stages }, { who, message }) {
    stages.get(who)?.perform('raise', () => {
      throw new Error(message)
    })
  },

  exit({ stages, workers, world }, { who, reason }) {
    const victim = stages.get(who) ?? [...workers.values()].map((group) => group.running(who)).find((one) => one)
    if (reason === 'kill') victim?.kill?.()
    else victim?.signal?.(readReason(reason), world.driver)
  },

  async finish({ stages, world }, { who }) {
    await world.until(stages.get(who)?.stop() ?? Promise.resolve())
  },

  async stop({ stages, world }, { who, reason = 'normal' }) {
    await world.until(stages.get(who)!.stop(readReason(reason)))
    world.record('driver', 'stop_reply', { who, reply: 'ok' })
  },

  async count_children({ workers, world }, { of }) {
    const { active, workers: all, supervisors } = await world.until(workers.get(of)!.supervisor.counts())
    world.record('driver', 'count_children_reply', { of, active, specs: 1, workers: all, supervisors })
  },

  async start_worker({ workers, world }, { of, item }) {
    const reply = await world.until(
      workers
        .get(of)!
        .supervisor.startWorker(item)
        .then(
          (worker) => (worker ? 'ok' : 'ignore'),
          (error) => `error:${writeError(error)}`,
        ),
    )
    world.record('driver', 'start_worker_reply', { reply })
  },

  async terminate_worker({ workers, world }, { of, item }) {
    const group = workers.get(of)!
    const worker = group.running(`w${item}`)
    const found = worker ? await world.until(group.supervisor.terminateWorker(worker)) : false
    world.record('driver', 'terminate_worker_reply', { reply: found ? 'ok' : 'error:not_found' })
  },
}
