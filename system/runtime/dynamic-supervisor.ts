import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import { type AnyActorRef, type ExitReason, startActor } from './actor.ts'
import { type ChildCounts, createChildPool, type PooledChild } from './child-pool.ts'
import { describeExit } from './exit-reason.ts'
import { createHibernation } from './hibernation.ts'
import { request } from './request.ts'
import type { RestartBudgetOptions } from './restart-budget.ts'
import type { Supervised, SupervisedChild } from './supervised.ts'
import { ChildRefused } from './supervisor.ts'
import { createTurns } from './turns.ts'

export interface DynamicSupervisorOptions<A extends unknown[]> extends RestartBudgetOptions {
  /** Children are of one kind: this makes one of the arguments of `startChild` (RT-4). */
  child(...args: A): PooledChild
  /** More are refused. */
  childrenMax?: number
  parent?: AnyActorRef
  /** The id of its actor. Default: its name, so that every start of it has the same. */
  id?: string
}

/** A child whose handle stays the same when it is restarted. */
export interface DynamicChild {
  child(): Supervised | undefined
  stop(): Promise<void>
}

export interface DynamicSupervisor<A extends unknown[]> extends Supervised {
  readonly name: string
  readonly actor: AnyActorRef
  stop(reason?: ExitReason): Promise<void>
  signal(reason: ExitReason, from?: AnyActorRef): void
  kill(): void
  /** Adds a child. Nothing when it does not want to run; rejects with ChildRefused when full, or with what kept it from starting. */
  startChild(...args: A): Promise<DynamicChild | undefined>
  /** Rejects with ChildRefused for one that is not here. */
  terminateChild(one: Supervised): Promise<void>
  count(): number
  counts(): ChildCounts
  children(): SupervisedChild[]
}

type Work = () => unknown

/**
 * None at the start, any number on demand, each restarted on its own (RT-4). Their restarts count together: too many end the supervisor,
 * which stops all children at the same time.
 */
export function dynamicSupervisor<A extends unknown[]>(
  { clock, log }: { clock: Clock; log: Log },
  name: string,
  { child, childrenMax = Number.POSITIVE_INFINITY, parent, id = name, ...budget }: DynamicSupervisorOptions<A>,
): DynamicSupervisor<A> {
  const actor = startActor<Work>(
    {
      name,
      role: 'supervisor',
      takesTurns: true,
      trapsExits: true,
      ...(parent && { parent }),
      handle: (work) => work(),
      beforeExit: () => pool.stopAll(),
    },
    id,
    { clock, turns: createTurns(), hibernation: createHibernation(clock), onCrash: reportFailure, onEnd: () => {} },
  )
  const pool = createChildPool({
    clock,
    log,
    owner: () => actor,
    ownerName: name,
    budget,
    later: (run) => actor.send(run),
    onGone: () => {},
    giveUp: () => actor.exit({ kind: 'shutdown' }),
  })

  function reportFailure(_ref: AnyActorRef, reason: ExitReason) {
    log.error({ event: 'supervisor_failed', supervisor: name, reason: describeExit(reason) }, 'a supervisor failed')
  }

  async function add(args: A): Promise<DynamicChild | undefined> {
    if (pool.size >= childrenMax)
      throw new ChildRefused('max_children', `${name} holds ${childrenMax} children, its most`)
    const entry = await pool.start(child(...args))
    return entry && { child: () => entry.running, stop: () => request(actor, () => pool.stopOne(entry)) }
  }

  async function terminate(one: Supervised) {
    const entry = pool.find(one)
    if (!entry) throw new ChildRefused('not_found', `${name} does not hold this child`)
    await pool.stopOne(entry)
  }

  return {
    id,
    name,
    actor,
    get alive() {
      return actor.alive
    },
    stop: (reason) => actor.requestStop(reason),
    signal: (reason, from) => actor.signal(reason, from),
    kill: () => actor.kill(),
    onExit: (listener) => actor.onExit(listener),
    startChild: (...args) => request(actor, () => add(args)),
    terminateChild: (one) => request(actor, () => terminate(one)),
    count: () => pool.size,
    counts: pool.counts,
    children: pool.children,
  }
}
