import type { AnyActorRef, WorkMeter } from '../runtime/index.ts'
import { memoryOf, workOf } from './actor-list.ts'

/** What an actor has done in one second. */
export interface Tick {
  workMs: number
  handled: number
  /** At its end. */
  queue: number
  memoryBytes: number
}

interface Watched {
  last: Tick
  ticks: Tick[]
  /** Samples since somebody looked. */
  unseen: number
}

const ticksKept = 10
/** Whoever looks asks again within a second or two. */
const unseenMax = 10

/** Follows the actors that somebody looks at, second by second (RT-72). Work and messages are those of that second alone. */
export function createTicks(meter: Pick<WorkMeter, 'workMs'>) {
  const watched = new Map<string, Watched>()

  const totalsOf = (actor: AnyActorRef): Tick => ({
    workMs: workOf(actor, meter),
    handled: actor.handled,
    queue: actor.mailboxLength,
    memoryBytes: memoryOf(actor),
  })

  function follow(one: Watched, actor: AnyActorRef) {
    const now = totalsOf(actor)
    const change = { ...now, workMs: now.workMs - one.last.workMs, handled: now.handled - one.last.handled }
    one.ticks = [...one.ticks.slice(1 - ticksKept), change]
    one.last = now
    one.unseen += 1
  }

  return {
    /** The ticks of this actor, the newest last; none when it is looked at for the first time. */
    of(actor: AnyActorRef): Tick[] {
      const one = watched.get(actor.id) ?? { last: totalsOf(actor), ticks: [], unseen: 0 }
      one.unseen = 0
      watched.set(actor.id, one)
      return one.ticks
    },
    sample(find: (id: string) => AnyActorRef | undefined) {
      for (const [id, one] of watched) {
        const actor = find(id)
        if (actor && one.unseen < unseenMax) follow(one, actor)
        else watched.delete(id)
      }
    },
    clear: () => watched.clear(),
  }
}
