import type { Clock } from '../platform/clock.ts'
import { afterExact, afterFull } from '../platform/never-early.ts'
import type { Attributes, Chunk, Stage, Toxic } from './toxics/toxic.ts'

/** A place that a stream flows into: a toxic, or the socket at the end. */
export interface Step {
  /** A promise when it is full: it settles when there is room again. */
  accept(chunk: Chunk): Promise<void> | undefined
  end(): void
}

/** A toxic as it is set on a proxy, with the luck of one connection. */
export interface ActiveToxic {
  name: string
  kind: Toxic
  attributes: Attributes
  /** Whether chance let it sit in this connection; drawn once for each connection. */
  applies: boolean
}

export interface StageOptions {
  toxic: ActiveToxic
  clock: Clock
  random(): number
  next(): Step
  /** Called before the toxic, and not the source, ends the stream. */
  closing(): void
  reset(): void
  /** Takes the stage out of the chain; called when it holds nothing any more. */
  unlink(): void
}

const aheadBytesMax = 65_536

export type ToxicStage = ReturnType<typeof openStage>

/** One toxic in one direction of one connection. Takes chunks in order, one at a time, and holds its sender back when it is full. */
export function openStage({ clock, random, next, closing, reset, unlink, ...options }: StageOptions) {
  let { toxic } = options
  const queue: Chunk[] = []
  const memory = { passedBytes: 0, owedMs: 0 }
  let heldBytes = 0
  let state: 'open' | 'ending' | 'over' = 'open'
  let working = false
  let retired = false
  /** Counts the changes of the toxic: what began before the last one has no say any more. */
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
    /** Other attributes or other luck: waits end, what was taken is passed on, and the toxic begins anew. */
    change(fresh: ActiveToxic) {
      toxic = fresh
      interrupt()
      if (!isOver()) begin()
    },
    /** The toxic is removed: its stage lets everything through and goes when it is empty. */
    retire() {
      retired = true
      const endsHere = toxic.applies && toxic.kind.closesOnRemoval && !isOver()
      if (endsHere) close()
      toxic = { ...toxic, applies: false }
      interrupt()
      if (!working) unlink()
    },
    /** The connection is gone. */
    abandon,
  }
}
