import type { Clock } from '../platform/clock.ts'
import { afterExact, afterFull } from '../platform/never-early.ts'
import type { AnyToxic, Attributes, Chunk, Stage } from './toxics/toxic.ts'

/** The next step of a stream: a toxic, or the socket at the end. */
export interface Step {
  /** Returns a promise when the stage is full; it resolves when there is room again. */
  accept(chunk: Chunk): Promise<void> | undefined
  end(): void
}

/** A toxic of a proxy, with the random decisions of one connection. */
export interface ActiveToxic {
  name: string
  kind: AnyToxic
  attributes: Attributes
  /** Whether the toxic is active in this connection; drawn once per connection, according to the toxicity. */
  applies: boolean
  /** True for the first caller among all connections of the link. */
  claim(): boolean
}

export interface StageOptions {
  toxic: ActiveToxic
  clock: Clock
  random(): number
  next(): Step
  /** Called before the toxic, rather than the source, ends the stream. */
  closing(): void
  reset(): void
  /** Removes the stage from the chain; called when the stage is empty. */
  unlink(): void
}

const aheadBytesMax = 65_536

export type ToxicStage = ReturnType<typeof openStage>

/** One toxic in one direction of one connection. Processes chunks in order, one at a time, and applies backpressure when it is full. */
export function openStage({ clock, random, next, closing, reset, unlink, ...options }: StageOptions) {
  let { toxic } = options
  const queue: Chunk[] = []
  const memory = { passedBytes: 0, owedMs: 0 }
  let heldBytes = 0
  let state: 'open' | 'ending' | 'over' = 'open'
  let working = false
  let retired = false
  /** Counts the changes of the toxic: work that started before the last change is ignored. */
  let generation = 0
  let room: PromiseWithResolvers<void> | undefined
  let stopWaiting: (() => void) | undefined
  let stopTimer: (() => void) | undefined

  const holdsTooMuch = () => heldBytes >= (toxic.kind.aheadBytesMax ?? aheadBytesMax)
  const isOver = () => state === 'over'

  function interrupt() {
    generation += 1
    stopTimer?.()
    stopWaiting?.()
  }

  function wait(delayMs: number, after: typeof afterFull): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (passed: boolean) => {
        stopWaiting = undefined
        resolve(passed)
      }
      const cancel = after(clock, delayMs, () => settle(true))
      stopWaiting = () => {
        cancel()
        settle(false)
      }
    })
  }

  function timer(delayMs: number, run: () => void) {
    stopTimer?.()
    stopTimer = afterFull(clock, delayMs, run)
  }

  const pass = async (chunk: Chunk) => {
    if (!isOver()) await next().accept(chunk)
  }

  function handed(readMs: number): Stage {
    const born = generation
    const isCurrent = () => generation === born && !isOver()
    const waitBy = (after: typeof afterFull) => async (delayMs: number) =>
      isCurrent() && (delayMs <= 0 || (await wait(delayMs, after)))
    return {
      wait: waitBy(afterFull),
      waitExactly: waitBy(afterExact),
      timer: (delayMs, run) => isCurrent() && timer(delayMs, run),
      pass: (data, movedMs = readMs) => pass({ data, readMs: movedMs }),
      close: () => isCurrent() && close(),
      reset: () => isCurrent() && reset(),
      monotonicMs: clock.monotonicMs,
      random,
      claim: () => isCurrent() && toxic.claim(),
      memory,
    }
  }

  function begin() {
    if (toxic.applies) toxic.kind.begin?.(toxic.attributes, handed(clock.monotonicMs()))
  }

  async function work() {
    if (working) return
    working = true
    while (queue.length > 0) await handle(queue.shift()!)
    if (state === 'ending') await endOfStream()
    working = false
    if (retired) unlink()
  }

  async function handle(chunk: Chunk) {
    const pipe = toxic.applies ? toxic.kind.pipe : undefined
    await (pipe ? pipe(chunk, toxic.attributes, handed(chunk.readMs)) : pass(chunk))
    heldBytes -= chunk.data.length
    if (room && !holdsTooMuch()) giveRoom()
  }

  function giveRoom() {
    room?.resolve()
    room = undefined
  }

  async function endOfStream() {
    if (toxic.applies) await toxic.kind.beforeEnd?.(toxic.attributes, handed(clock.monotonicMs()))
    if (isOver()) return
    abandon()
    next().end()
  }

  function abandon() {
    state = 'over'
    queue.length = 0
    interrupt()
    giveRoom()
  }

  function close() {
    closing()
    abandon()
    next().end()
  }

  begin()

  return {
    accept(chunk: Chunk) {
      if (isOver()) return undefined
      queue.push(chunk)
      heldBytes += chunk.data.length
      void work()
      if (!holdsTooMuch()) return undefined
      room ??= Promise.withResolvers<void>()
      return room.promise
    },
    end() {
      if (state !== 'open') return
      state = 'ending'
      void work()
    },
    /** Applies new attributes or a new random decision: ends waits, passes on the current chunk and restarts the toxic. */
    change(fresh: ActiveToxic) {
      toxic = fresh
      interrupt()
      if (!isOver()) begin()
    },
    /** The toxic was removed: the stage passes everything through and leaves the chain when it is empty. */
    retire() {
      retired = true
      const endsHere = toxic.applies && toxic.kind.closesOnRemoval && !isOver()
      if (endsHere) close()
      toxic = { ...toxic, applies: false }
      interrupt()
      if (!working) unlink()
    },
    /** The connection was closed. */
    abandon,
  }
}
