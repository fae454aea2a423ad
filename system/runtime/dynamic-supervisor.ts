import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import type { ExitReason } from './actor.ts'
import { type Supervised, supervisor } from './supervisor.ts'

export interface DynamicSupervisorOptions<A extends unknown[]> {
  /** Starts one child with the arguments of `startChild`. */
  start(...args: A): Supervised | Promise<Supervised>
  restartsMax?: number
  withinMs?: number
}

export interface DynamicSupervisor<A extends unknown[]> extends Supervised {
  /** Starts a child and returns a handle that stays valid when the child is restarted. */
  startChild(...args: A): Promise<{ child(): Supervised | undefined; stop(): Promise<void> }>
  count(): number
}

/**
 * Starts children on demand and restarts each on its own, with a budget of its own (RT-4). A child that exceeds its budget is removed,
 * without effect on the others.
 */
export function dynamicSupervisor<A extends unknown[]>(
  deps: { clock: Clock; log: Log },
  name: string,
  { start, ...budget }: DynamicSupervisorOptions<A>,
): DynamicSupervisor<A> {
  const children = new Set<Awaited<ReturnType<typeof launch>>>()
  const exitListeners = new Set<(reason: ExitReason) => void>()
  let ended: ExitReason | undefined

  async function launch(args: A) {
    const only = { name: `${name} child`, start: () => start(...args) }
    return supervisor(deps, name, { strategy: 'one_for_one', ...budget }, [only]).start()
  }

  return {
    get alive() {
      return ended === undefined
    },
    count: () => children.size,
    async startChild(...args) {
      if (ended) throw new Error(`${name} has ended and starts no child`)
      const one = await launch(args)
      children.add(one)
      one.onExit(() => children.delete(one))
      return { child: () => one.children()[0]?.child, stop: one.stop }
    },
    async stop() {
      if (ended) return
      ended = { kind: 'normal' }
      await Promise.all([...children].map((one) => one.stop()))
      for (const listener of exitListeners) listener(ended)
    },
    onExit(listener) {
      if (ended) listener(ended)
      else exitListeners.add(listener)
      return () => exitListeners.delete(listener)
    },
  }
}
