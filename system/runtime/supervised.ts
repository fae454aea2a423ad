import type { Clock } from '../platform/clock.ts'
import type { AnyActorRef, ExitReason } from './actor.ts'

/** What a supervisor can hold: an actor, another supervisor, or anything that ends and can be stopped. */
export interface Supervised {
  readonly id?: string
  readonly name?: string | undefined
  readonly alive: boolean
  stop(): Promise<void>
  onExit(listener: (reason: ExitReason) => void): () => void
  /** Where it is missing, `stop` takes its place. */
  signal?(reason: ExitReason, from?: AnyActorRef): void
  kill?(): void
  /** Of a supervisor: whom it holds, in the order of their start. */
  children?(): SupervisedChild[]
}

/** One child as its supervisor has it; nothing runs while it is not wanted or is being restarted. */
export interface SupervisedChild {
  name: string
  child: Supervised | undefined
  restarting: boolean
}

/** How long a child may take to end: ms, as long as it likes, or no time at all. */
export type Shutdown = number | 'infinity' | 'brutal_kill'

const shutdown: ExitReason = { kind: 'shutdown' }

/** Asks the child to end, kills it when its time is over, and returns with which reason it ended. */
export function shutDown(one: Supervised, time: Shutdown, clock: Clock, by: AnyActorRef): Promise<ExitReason> {
  return new Promise((resolve) => {
    let forgetTimer = () => {}
    one.onExit((reason) => {
      forgetTimer()
      resolve(reason)
    })
    const kill = () => (one.kill ? one.kill() : void one.stop())
    if (!one.alive) return
    if (time === 'brutal_kill') return kill()
    if (time !== 'infinity') forgetTimer = clock.after(time, kill)
    if (one.signal) one.signal(shutdown, by)
    else void one.stop()
  })
}
