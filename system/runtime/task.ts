import type { Clock } from '../platform/clock.ts'
import type { ActorRef, AnyActorRef } from './actor.ts'
import { ActorExited, type ExitReason } from './exit-reason.ts'
import { link } from './link.ts'
import type { Runtime } from './runtime.ts'
import { type Shutdown, shutDown } from './supervised.ts'

/** One piece of work in an actor of its own, which ends with it. */
export interface Task<T> {
  readonly actor: AnyActorRef
  /** Rejects with ActorExited when the actor ends without a result. */
  readonly result: Promise<T>
  /** From now on, the end of either side is nothing to the other. */
  unlink(): void
}

export interface TaskOptions {
  name?: string
  /** Linked: a failure of either side ends the other, unless that one traps exits. */
  linkedTo?: AnyActorRef
  /** Who supervises it. */
  parent?: AnyActorRef
  trapsExits?: boolean
}

export class TaskTimeout extends Error {
  override name = 'TaskTimeout'
}

/** How a task went: with a value, or with the reason of its end. */
export type Outcome<T> = { ok: T } | { exit: ExitReason | 'timeout' }

const awaitTimeoutMs = 5_000

/** Starts the work in the task's turn; its result is kept until somebody awaits it. */
export function startTask<T>(runtime: Runtime, work: () => T | Promise<T>, options: TaskOptions = {}): Task<T> {
  const { name, linkedTo, parent, trapsExits } = options
  const { promise: result, resolve, reject } = Promise.withResolvers<T>()
  const actor: ActorRef<() => T | Promise<T>> = runtime.spawn<() => T | Promise<T>>(
    {
      ...(name !== undefined && { name }),
      role: 'task',
      takesTurns: true,
      ...(trapsExits && { trapsExits }),
      ...(parent && { parent }),
      async handle(run, self) {
        resolve(await run())
        self.exit()
      },
    },
    { unique: false },
  )
  actor.onExit((reason) => reject(new ActorExited(`${name ?? 'a task'} ended without a result`, reason)))
  // Whether anybody awaits it or not: the end of the actor is reported by the runtime.
  result.catch(() => {})
  const unlink = linkedTo ? link(linkedTo, actor) : () => {}
  actor.send(work)
  return { actor, result, unlink }
}

/** Rejects with TaskTimeout when the time is over; the task goes on, and its result is dropped. */
export const awaitTask = <T>(clock: Clock, task: Task<T>, timeoutMs = awaitTimeoutMs): Promise<T> =>
  within(clock, task.result, timeoutMs)

/** The results in the order of the list; one time limit for all. */
export const awaitTasks = <T>(clock: Clock, tasks: readonly Task<T>[], timeoutMs = awaitTimeoutMs): Promise<T[]> =>
  within(clock, Promise.all(tasks.map(({ result }) => result)), timeoutMs)

/** Nothing when the task is not over within the time; it goes on. */
export async function yieldTask<T>(
  clock: Clock,
  task: Task<T>,
  timeoutMs = awaitTimeoutMs,
): Promise<Outcome<T> | undefined> {
  try {
    return await within(clock, outcomeOf(task), timeoutMs)
  } catch (error) {
    if (error instanceof TaskTimeout) return undefined
    throw error
  }
}

/** Ends the task and returns how it went, if it was over already or did not end as it was told to. */
export async function shutDownTask<T>(
  clock: Clock,
  task: Task<T>,
  by: AnyActorRef,
  time: Shutdown = awaitTimeoutMs,
): Promise<Outcome<T> | undefined> {
  task.unlink()
  const reason = await shutDown(task.actor, time, clock, by)
  if (reason.kind === 'normal') return outcomeOf(task)
  const asTold = reason.kind === (time === 'brutal_kill' ? 'killed' : 'shutdown')
  return asTold ? undefined : { exit: reason }
}

export interface StreamOptions {
  concurrencyMax: number
  timeoutMs?: number
  /** Results in the order of the items, or of completion. */
  ordered?: boolean
  /** The whole stream fails with TaskTimeout, or the one task is killed. */
  onTimeout?: 'exit' | 'kill_task'
}

/** Runs a task for each item, at most `concurrencyMax` at once, and returns how each went. */
export async function streamTasks<I, T>(
  clock: Clock,
  items: readonly I[],
  start: (item: I) => Task<T> | Promise<Task<T>>,
  { concurrencyMax, timeoutMs = awaitTimeoutMs, ordered = true, onTimeout = 'exit' }: StreamOptions,
): Promise<Outcome<T>[]> {
  const inOrder: Outcome<T>[] = []
  const byCompletion: Outcome<T>[] = []
  const running = new Set<Task<T>>()
  let next = 0

  async function runOne(index: number) {
    const task = await start(items[index]!)
    running.add(task)
    const outcome = await within(clock, outcomeOf(task), timeoutMs).catch((error) => timedOut(task, error))
    running.delete(task)
    inOrder[index] = outcome
    byCompletion.push(outcome)
  }

  function timedOut(task: Task<T>, error: unknown): Outcome<T> {
    if (onTimeout === 'exit') throw error
    kill(task)
    return { exit: 'timeout' }
  }

  /** Takes the next item as soon as it is done with one. */
  async function lane() {
    while (next < items.length) {
      const index = next
      next += 1
      await runOne(index)
    }
  }

  try {
    await Promise.all(Array.from({ length: Math.min(concurrencyMax, items.length) }, lane))
  } catch (error) {
    next = items.length
    for (const task of running) kill(task)
    throw error
  }
  return ordered ? inOrder : byCompletion
}

function kill({ actor, unlink }: Task<unknown>) {
  unlink()
  actor.kill()
}

const outcomeOf = <T>({ result }: Task<T>): Promise<Outcome<T>> =>
  result.then(
    (ok) => ({ ok }),
    (error: ActorExited) => ({ exit: error.reason ?? { kind: 'crash', error } }),
  )

function within<T>(clock: Clock, result: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = Number.isFinite(timeoutMs)
      ? clock.after(timeoutMs, () => reject(new TaskTimeout(`no result within ${timeoutMs} ms`)))
      : () => {}
    result.then(resolve, reject).finally(cancel)
  })
}
