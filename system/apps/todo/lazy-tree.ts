import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import { ActorExited, type AnyActorRef, type Child, type Supervisor, supervisor } from '../../runtime/index.ts'
import type { Supervision } from './supervision.ts'

export interface LazyTree {
  readonly child: Child
  /** Starts the children on the first call. Rejects when one of them cannot be started; the next call tries again. */
  open(): Promise<void>
  /** The supervisor on top. Throws ActorExited where there is none. */
  top(): AnyActorRef
  isOpen(): boolean
}

interface TreeOptions {
  name: string
  strategy: 'one_for_one' | 'one_for_all' | 'rest_for_one'
  children: readonly Child[]
}

/** A supervisor whose children start on first use, so that a node that does not use them has only this one actor more. */
export function createLazyTree(
  parts: { clock: Clock; log: Log; supervision: Supervision },
  { name, strategy, children }: TreeOptions,
): LazyTree {
  let top: Supervisor | undefined
  let opening: Promise<void> | undefined

  function living(): Supervisor {
    if (!top?.alive) throw new ActorExited(`${name} is not running`)
    return top
  }

  async function startChildren() {
    const known = new Set(
      living()
        .children()
        .map((one) => one.name),
    )
    for (const child of children) if (!known.has(child.name)) await living().startChild(child)
  }

  return {
    child: parts.supervision.child(name, (options) => {
      top = supervisor(parts, name, { strategy, ...options }, opening ? children : [])
      return top.start()
    }),
    open() {
      opening ??= startChildren().catch((error) => {
        opening = undefined
        throw error
      })
      return opening
    },
    top: () => living().actor,
    isOpen: () => opening !== undefined,
  }
}
