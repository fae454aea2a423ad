import type { Clock } from '../../platform/clock.ts'
import type { ActorRef, Runtime } from '../../runtime/index.ts'

type Message = 'enter' | 'leave'

interface MockResourceOptions {
  runtime: Runtime
  clock: Pick<Clock, 'sleep'>
  /** How long one use takes. */
  useMs: number
  /** More are refused; 0 for no limit. */
  limit: number
  /** Called after every change of how many are inside. */
  onChange(inside: number): void
  onRefused(): void
}

/** One use that was let in. */
export interface Visit {
  /** Takes the fixed time, without the processor, and ends the use. */
  stay(): Promise<void>
}

export type MockResource = ReturnType<typeof createMockResource>

export const mockResourceName = 'Workshop.MockResource'

/** Something slow that is not the processor, such as a database or an HTTP API: a singleton under its supervisor (MR-2, MR-4). */
export function createMockResource({ runtime, clock, useMs, limit, onChange, onRefused }: MockResourceOptions) {
  let inside = 0
  let actor: ActorRef<Message> | undefined

  function setInside(count: number) {
    inside = count
    onChange(inside)
  }

  /** Checks and enters in one step, so that two uses never take the same place (MR-13). */
  function enterIfFree(): boolean {
    const isFull = limit > 0 && inside >= limit
    if (isFull) onRefused()
    else setInside(inside + 1)
    return !isFull
  }

  function visitOf(entered: ActorRef<Message>): Visit {
    return {
      async stay() {
        await clock.sleep(useMs)
        // Not to the present actor: one that was restarted meanwhile does not count this use.
        entered.send('leave')
      },
    }
  }

  /** Returns a visit, or undefined when the limit is reached. Rejects with ActorExited while the resource is not running. */
  async function enter(): Promise<Visit | undefined> {
    const asked = running()
    return (await asked.call<boolean>('enter')) ? visitOf(asked) : undefined
  }

  function running(): ActorRef<Message> {
    if (actor) return actor
    throw new Error(`${mockResourceName} has not been started yet`)
  }

  return {
    async start() {
      setInside(0)
      actor = await runtime.start<Message>({
        name: mockResourceName,
        role: 'mock-resource',
        inspect: () => ({ inside, limit }),
        handle: (message) => (message === 'enter' ? enterIfFree() : setInside(inside - 1)),
      })
      return actor
    },
    enter,
    /** Uses the resource once. Returns false when it refused. */
    async use(): Promise<boolean> {
      const visit = await enter()
      await visit?.stay()
      return visit !== undefined
    },
    /** How many are inside now. */
    currentRequests: () => inside,
  }
}
