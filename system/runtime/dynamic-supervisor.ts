import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import type { ExitReason } from './actor.ts'
import { type Supervised, supervisor } from './supervisor.ts'

export interface DynamicSupervisorOptions<A extends unknown[]> {
  /** All children are of this kind: the arguments of `startChild` follow the preset ones. */
  start(...args: A): Supervised | Promise<Supervised>
  restartsMax?: number
  withinMs?: number
}

export interface DynamicSupervisor<A extends unknown[]> extends Supervised {
  /** Adds a child and answers a handle that stays the same when the child is restarted. */
  startChild(...args: A): Promise<{ child(): Supervised | undefined; stop(): Promise<void> }>
  count(): number
}

/**
 * None at the start, any number on demand, each restarted on its own and with a budget of its own (RT-4). A child that dies too often is
 * given up and forgotten; the others do not notice.
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
