import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import type { ExitReason } from './actor.ts'

/** What can be supervised: an actor, another supervisor, or anything else that ends and can be stopped. */
export interface Supervised {
  readonly id?: string
  readonly alive: boolean
  stop(): Promise<void>
  onExit(listener: (reason: ExitReason) => void): () => void
}

export interface Child {
  name: string
  start(): Supervised | Promise<Supervised>
}

export const child = (name: string, start: Child['start']): Child => ({ name, start })

export interface SupervisorOptions {
  strategy: 'one_for_one' | 'rest_for_one'
  /** After more restarts than this `withinMs`, the supervisor gives up: it stops its children and ends (RT-6). */
  restartsMax?: number
  withinMs?: number
}

export interface Supervisor extends Supervised {
  start(): Promise<Supervisor>
  children(): { name: string; child: Supervised | undefined }[]
}

/** Starts children in order, restarts those that die, stops them in reverse order (RT-1, RT-2, RT-3, RT-6). */
export function supervisor(
  { clock, log }: { clock: Clock; log: Log },
  name: string,
  { strategy, restartsMax = 3, withinMs = 5_000 }: SupervisorOptions,
  children: readonly Child[],
): Supervisor {
  const running: (Supervised | undefined)[] = children.map(() => undefined)
  const exitListeners = new Set<(reason: ExitReason) => void>()
  let restartTimesMs: number[] = []
  let ended: ExitReason | undefined
  let stopping = false
  let work: Promise<void> = Promise.resolve()

  async function startFrom(first: number, last = children.length - 1) {
    for (let index = first; index <= last && !stopping; index += 1) await startOne(index)
  }

  async function startOne(index: number) {
    const started = await children[index]!.start()
    running[index] = started
    started.onExit((reason) => {
      if (stopping || running[index] !== started) return
      running[index] = undefined
      work = work.then(() => restart(index, reason)).catch((error) => giveUp(error))
    })
  }

  async function restart(index: number, reason: ExitReason) {
    if (stopping || running[index]) return
    log.warn({ supervisor: name, child: children[index]!.name, reason: reason.kind }, 'restarting a child')
    noteRestart()
    if (strategy === 'one_for_one') return startOne(index)
    await stopDownTo(index + 1)
    await startFrom(index)
  }

  function noteRestart() {
    const nowMs = clock.monotonicMs()
    restartTimesMs = [...restartTimesMs.filter((atMs) => nowMs - atMs < withinMs), nowMs]
    if (restartTimesMs.length > restartsMax)
      throw new Error(`${name} restarted more than ${restartsMax} times within ${withinMs} ms`)
  }

  async function giveUp(error: unknown) {
    log.error({ supervisor: name, err: error }, 'a supervisor gives up')
    await stopAll({ kind: 'crash', error })
  }

  async function stopDownTo(first: number) {
    for (let index = children.length - 1; index >= first; index -= 1) {
      const one = running[index]
      running[index] = undefined
      await one?.stop()
    }
  }

  async function stopAll(reason: ExitReason) {
    if (ended) return
    stopping = true
    await stopDownTo(0)
    ended = reason
    for (const listener of exitListeners) listener(reason)
    exitListeners.clear()
  }

  const self: Supervisor = {
    get alive() {
      return ended === undefined
    },
    async start() {
      try {
        await startFrom(0)
      } catch (error) {
        await stopAll({ kind: 'crash', error })
        throw error
      }
      return self
    },
    stop: () => stopAll({ kind: 'normal' }),
    onExit(listener) {
      if (ended) listener(ended)
      else exitListeners.add(listener)
      return () => exitListeners.delete(listener)
    },
    children: () => children.map(({ name: childName }, index) => ({ name: childName, child: running[index] })),
  }
  return self
}
