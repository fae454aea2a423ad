import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import type { AnyActorRef, ExitReason } from './actor.ts'
import { causeOf, isFailure, textOf } from './exit-reason.ts'
import { createRestartBudget, type RestartBudgetOptions } from './restart-budget.ts'
import { type Shutdown, type Supervised, type SupervisedChild, shutDown } from './supervised.ts'

/** permanent: started again after any end; transient: only after a failure; temporary: never, and forgotten. */
export type Restart = 'permanent' | 'transient' | 'temporary'

export interface PooledChild {
  /** What it is called in the log. */
  label?: string
  /** Nothing means that it is not wanted: it is not kept. A throw means that it cannot start. */
  start(owner: AnyActorRef): Supervised | undefined | Promise<Supervised | undefined>
  restart?: Restart
  shutdown?: Shutdown
  kind?: 'worker' | 'supervisor'
}

export interface ChildCounts {
  specs: number
  active: number
  supervisors: number
  workers: number
}

export interface PoolEntry {
  readonly child: PooledChild
  running: Supervised | undefined
}

interface PoolParts {
  clock: Clock
  log: Log
  /** Who holds the children; a kill of it ends them too. */
  owner: () => AnyActorRef
  ownerName: string
  budget: RestartBudgetOptions
  /** Runs as a message of the owner. */
  later(run: () => unknown): void
  /** It ended for good. */
  onGone(entry: PoolEntry): void
  /** Children ended too often. */
  giveUp(): void
}

const workerShutdownMs = 5_000

/** Any number of children, each replaced alone; their restarts count together. Every function is called from the owner's messages. */
export function createChildPool({ clock, log, owner, ownerName, budget, later, onGone, giveUp }: PoolParts) {
  const entries = new Set<PoolEntry>()
  const mayRestart = createRestartBudget(budget)

  function report(event: string, text: string, cause: { reason: string; err?: unknown }, { child }: PoolEntry) {
    log.error({ event, supervisor: ownerName, ...(child.label && { child: child.label }), ...cause }, text)
  }

  function start(child: PooledChild): PoolEntry | undefined | Promise<PoolEntry | undefined> {
    const entry: PoolEntry = { child, running: undefined }
    const started = child.start(owner())
    return started instanceof Promise ? started.then((one) => keep(entry, one)) : keep(entry, started)
  }

  function keep(entry: PoolEntry, started: Supervised | undefined): PoolEntry | undefined {
    if (!started) return undefined
    entries.add(entry)
    entry.running = started
    const forget = owner().onExit((reason) => started.signal?.(reason, owner()))
    started.onExit((reason) => {
      forget()
      later(() => exited(entry, started, reason))
    })
    return entry
  }

  function exited(entry: PoolEntry, ended: Supervised, reason: ExitReason): unknown {
    if (entry.running !== ended) return
    entry.running = undefined
    const { restart = 'permanent' } = entry.child
    const failed = isFailure(reason)
    if (failed || restart === 'permanent') report('child_ended', 'a child ended', causeOf(reason), entry)
    if (restart === 'permanent' || (restart === 'transient' && failed)) return restartFor(entry)
    drop(entry)
  }

  function drop(entry: PoolEntry) {
    entries.delete(entry)
    onGone(entry)
  }

  function restartFor(entry: PoolEntry): unknown {
    if (mayRestart(clock.monotonicMs())) return startAgain(entry)
    report('supervisor_gives_up', 'a supervisor gives up', { reason: 'reached_max_restart_intensity' }, entry)
    drop(entry)
    giveUp()
  }

  function startAgain(entry: PoolEntry): unknown {
    try {
      const started = entry.child.start(owner())
      if (started instanceof Promise)
        return started.then(
          (one) => resume(entry, one),
          (error) => retry(entry, error),
        )
      resume(entry, started)
    } catch (error) {
      retry(entry, error)
    }
  }

  function resume(entry: PoolEntry, started: Supervised | undefined) {
    if (!keep(entry, started)) drop(entry)
  }

  function retry(entry: PoolEntry, error: unknown) {
    report('child_not_started', 'a child could not be started', { reason: textOf(error), err: error }, entry)
    later(() => entries.has(entry) && !entry.running && restartFor(entry))
  }

  async function stopOne(entry: PoolEntry): Promise<() => void> {
    const { running, child } = entry
    entries.delete(entry)
    entry.running = undefined
    if (!running) return () => {}
    const time = child.shutdown ?? (child.kind === 'supervisor' ? 'infinity' : workerShutdownMs)
    const reason = await shutDown(running, time, clock, owner())
    const { restart = 'permanent' } = child
    const asTold = reason.kind === (time === 'brutal_kill' ? 'killed' : 'shutdown')
    const expected = asTold || (time !== 'brutal_kill' && reason.kind === 'normal' && restart !== 'permanent')
    return () => {
      if (!expected && running.signal)
        report('child_shutdown_failed', 'a child did not end as it should', causeOf(reason), entry)
    }
  }

  return {
    start,
    find: (one: Supervised) => [...entries].find(({ running }) => running === one),
    async stopOne(entry: PoolEntry) {
      const reportFailure = await stopOne(entry)
      reportFailure()
    },
    /** All at the same time. */
    async stopAll() {
      for (const reportFailure of await Promise.all([...entries].map(stopOne))) reportFailure()
    },
    get size() {
      return entries.size
    },
    counts(): ChildCounts {
      const all = [...entries]
      const supervisors = all.filter(({ child: { kind } }) => kind === 'supervisor').length
      return {
        specs: all.length,
        active: all.filter(({ running }) => running).length,
        supervisors,
        workers: all.length - supervisors,
      }
    },
    /** A child without a label has the name of what runs. */
    children: (): SupervisedChild[] =>
      [...entries].map(({ child: { label }, running }) => ({
        name: label ?? running?.name ?? 'child',
        child: running,
        restarting: !running,
      })),
    running: () => [...entries].flatMap(({ running }) => running ?? []),
  }
}
