import {
  type AnyActorRef,
  type ChildCounts,
  createChildPool,
  InvalidChildren,
  type PoolEntry,
  type Restart,
  type RestartBudgetOptions,
  type Runtime,
  request,
  type Shutdown,
  type Supervised,
  type SupervisedChild,
  textOf,
} from '../runtime/index.ts'
import type { Stage, SubscribeOptions, Subscription } from './contract.ts'
import { startStage } from './stage.ts'

export interface ConsumerSupervisorSpec<T> extends RestartBudgetOptions {
  name?: string
  subscribeTo?: readonly { to: Stage | string; options?: SubscribeOptions }[]
  /** Starts the worker of one item (PM-39). Nothing drops the item; a throw is logged and drops it too (PM-43). */
  startWorker(item: T, supervisor: AnyActorRef): Supervised | undefined | Promise<Supervised | undefined>
  /** A worker is transient (the default: started again with its item after a failure) or temporary (PM-42). */
  restart?: Restart
  shutdown?: Shutdown
  /** How the log calls the worker of an item. */
  labelOf?: (item: T) => string
  parent?: AnyActorRef
  init?(stage: Stage): void
}

export interface ConsumerSupervisor<T> extends Stage<never> {
  counts(): Promise<ChildCounts>
  children(): SupervisedChild[]
  /** Starts a worker that no producer is asked for. Rejects with what kept it from starting; the supervisor lives on. */
  startWorker(item: T): Promise<Supervised | undefined>
  /** Resolves to false for one that is not here. */
  terminateWorker(worker: Supervised): Promise<boolean>
}

/** Workers that ended since the last ask, for one producer. */
interface Slots {
  freed: number
}

/**
 * A consumer that starts one new worker for each item (PM-39), at most max demand at once (PM-40). When at least min demand of them, and
 * at least one, have ended, it asks for as many new items. Throws InvalidChildren for permanent workers.
 */
export function startConsumerSupervisor<T>(runtime: Runtime, spec: ConsumerSupervisorSpec<T>): ConsumerSupervisor<T> {
  const {
    name: ownName = 'consumer_supervisor',
    restart = 'transient',
    shutdown,
    labelOf,
    restartsMax,
    withinMs,
  } = spec
  if (restart === 'permanent')
    throw new InvalidChildren(
      'a worker is permanent, so its item would be handled for ever; make it transient or temporary',
    )
  const { clock, log } = runtime
  const slots = new Map<Subscription, Slots>()
  /** Of which producer the item of a worker came. */
  const origins = new WeakMap<PoolEntry, Subscription>()

  const pool = createChildPool({
    clock,
    log,
    owner: () => stage.actor,
    ownerName: ownName,
    budget: { ...(restartsMax !== undefined && { restartsMax }), ...(withinMs !== undefined && { withinMs }) },
    later: (run) => stage.run('worker', run),
    onGone: (entry) => free(origins.get(entry), 1),
    giveUp: () => stage.end({ kind: 'shutdown' }),
  })

  const childOf = (item: T) => ({
    restart,
    ...(shutdown !== undefined && { shutdown }),
    ...(labelOf && { label: labelOf(item) }),
    start: (owner: AnyActorRef) => spec.startWorker(item, owner),
  })

  function free(subscription: Subscription | undefined, count: number) {
    const slot = subscription && slots.get(subscription)
    if (!slot || count === 0) return
    slot.freed += count
    if (slot.freed < subscription.demand.min) return
    subscription.producer?.ask(subscription, slot.freed)
    slot.freed = 0
  }

  function startAll(items: readonly T[], subscription: Subscription, first = 0, failedBefore = 0): unknown {
    let failed = failedBefore
    for (let index = first; index < items.length; index += 1) {
      const started = startFor(items[index]!, subscription)
      if (started instanceof Promise)
        return started.then((ok) => startAll(items, subscription, index + 1, failed + (ok ? 0 : 1)))
      if (!started) failed += 1
    }
    free(subscription, failed)
  }

  function startFor(item: T, subscription: Subscription): boolean | Promise<boolean> {
    const keep = (entry: PoolEntry | undefined) => {
      if (entry) origins.set(entry, subscription)
      return entry !== undefined
    }
    try {
      const started = pool.start(childOf(item))
      return started instanceof Promise ? started.then(keep, failedToStart) : keep(started)
    } catch (error) {
      return failedToStart(error)
    }
  }

  function failedToStart(error: unknown): false {
    const cause = { stage: ownName, reason: textOf(error), err: error }
    log.error({ event: 'worker_not_started', ...cause }, 'ConsumerSupervisor failed to start child')
    return false
  }

  const stage = startStage<T, never>(runtime, {
    kind: 'consumer',
    ...(spec.name !== undefined && { name: spec.name }),
    role: 'consumer_supervisor',
    ...(spec.parent && { parent: spec.parent }),
    ...(spec.init && { init: spec.init }),
    ...(spec.subscribeTo && { subscribeTo: spec.subscribeTo }),
    trapsExits: true,
    beforeExit: () => pool.stopAll(),
    onSubscribe(subscription) {
      slots.set(subscription, { freed: 0 })
      subscription.producer?.ask(subscription, subscription.demand.max)
      return 'manual'
    },
    onCancel: (subscription) => void slots.delete(subscription),
    handleItems: (items, subscription) => startAll(items, subscription) as void | Promise<void>,
  })

  return Object.assign(stage, {
    children: pool.children,
    counts: () => stage.call('count', () => pool.counts()),
    startWorker: (item: T) =>
      request(
        { call: (work) => stage.call('start worker', work as () => never) },
        async () => (await pool.start(childOf(item)))?.running,
      ),
    terminateWorker: (worker: Supervised) =>
      stage.call('terminate worker', async () => {
        const entry = pool.find(worker)
        if (!entry) return false
        await pool.stopOne(entry)
        free(origins.get(entry), 1)
        return true
      }),
  })
}
