import {
  type ActorRef,
  type AnyActorRef,
  createRuntime,
  type ExitReason,
  type Runtime,
} from '../../system/runtime/index.ts'
import { createTracingLog } from './log-entries.ts'
import { writeReason } from './reasons.ts'
import type { Data, Replayed, TraceEvent } from './recording.ts'
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts'

/** A reply that never comes is an error of the replay, not a reason to wait for ever. */
const stepsMax = 100_000

/** Where a replay takes place: virtual time, one runtime, a driver, and a record of what happens. */
export interface World {
  clock: VirtualClock
  runtime: Runtime
  /** Who carries out the steps; parent of whatever no supervisor started. */
  driver: ActorRef<never>
  trace: TraceEvent[]
  record(at: string, ev: string, fields?: Data): void
  /** As `record`, with the current incarnation. */
  recordLive(at: string, ev: string, fields?: Data): void
  /** A name starts: counts its incarnations, records start and exit. */
  started(at: string, one: { onExit: AnyActorRef['onExit'] }): number
  /** As `started`, where the start is recorded elsewhere. */
  countOnly(at: string, one: { onExit: AnyActorRef['onExit'] }): void
  incarnation(at: string): number
  isAlive(at: string): boolean
  /** Waits for virtual time within a handler: `settle` waits for it too. */
  work(forMs: number): Promise<void>
  /** Whatever runs here keeps `settle` waiting. */
  busyWhile<T>(running: Promise<T>): Promise<T>
  watchBusy(isBusy: () => boolean): void
  /** Until nobody has anything to do without being let. */
  settle(): Promise<void>
  sleep(forMs: number): Promise<void>
  /** Lets time pass until the result is there. */
  until<T>(result: Promise<T>): Promise<T>
  result(): Replayed
}

export interface WorldOptions {
  phaseMs?: number
  adaptLog?: (event: TraceEvent) => TraceEvent | undefined
}

export function createWorld({ phaseMs = 0, adaptLog = (event) => event }: WorldOptions = {}): World {
  const clock = createVirtualClock(1_000_000 + phaseMs)
  const trace: TraceEvent[] = []
  const incarnations = new Map<string, number>()
  const living = new Map<string, number>()
  const busyChecks: (() => boolean)[] = []
  let working = 0

  const log = createTracingLog((event) => void trace.push(event), adaptLog)
  const runtime = createRuntime({ clock, log })
  const driver: ActorRef<never> = runtime.spawn({ name: 'driver', trapsExits: true, handle: () => {} })

  const record: World['record'] = (at, ev, fields = {}) => void trace.push({ at, ev, ...fields })
  const incarnation = (at: string) => incarnations.get(at) ?? 1

  /** Everything that needs no time. */
  async function drain() {
    let before = -1
    for (let quiet = 0; quiet < 3; quiet = before === trace.length && runtime.turns.waiting === 0 ? quiet + 1 : 0) {
      before = trace.length
      await new Promise(setImmediate)
    }
  }

  async function settle() {
    await drain()
    for (let steps = 0; (working > 0 || busyChecks.some((isBusy) => isBusy())) && steps < stepsMax; steps += 1) {
      if (!clock.step()) return
      await drain()
    }
  }

  return {
    clock,
    runtime,
    driver,
    trace,
    record,
    recordLive: (at, ev, fields = {}) => record(at, ev, { inc: incarnation(at), ...fields }),
    started(at, one) {
      const inc = (incarnations.get(at) ?? 0) + 1
      record(at, 'start', { inc })
      this.countOnly(at, one)
      return inc
    },
    countOnly(at, one) {
      const inc = (incarnations.get(at) ?? 0) + 1
      incarnations.set(at, inc)
      living.set(at, inc)
      one.onExit((reason: ExitReason) => {
        if (living.get(at) === inc) living.delete(at)
        record(at, 'exit', { inc, reason: writeReason(reason) })
      })
    },
    incarnation,
    isAlive: (at) => living.has(at),
    async work(forMs) {
      working += 1
      await clock.sleep(forMs)
      working -= 1
    },
    async busyWhile(running) {
      working += 1
      try {
        return await running
      } finally {
        working -= 1
      }
    },
    watchBusy: (isBusy) => void busyChecks.push(isBusy),
    settle,
    async sleep(forMs) {
      await drain()
      const endMs = clock.monotonicMs() + forMs
      while (clock.step(endMs)) await drain()
      clock.skipTo(endMs)
    },
    async until(result) {
      let over = false
      const outcome = result.finally(() => {
        over = true
      })
      outcome.catch(() => {})
      await drain()
      for (let steps = 0; !over && steps < stepsMax && clock.step(); steps += 1) await drain()
      if (!over) throw new Error('the step never ended: nothing is left that could end it')
      return outcome
    },
    result: () => ({ trace, alive: [...living].map(([at, inc]) => (inc > 1 ? `${at}#${inc}` : at)) }),
  }
}

/** Numbers in a row as spans; everything else as it is. */
export function spansOf(items: readonly unknown[]): unknown[] {
  const spans: unknown[] = []
  for (const item of items) {
    const last = spans.at(-1)
    if (typeof item !== 'number') spans.push(item)
    else if (Array.isArray(last) && last[1] + 1 === item) last[1] = item
    else spans.push([item, item])
  }
  return spans
}

/** Stops whoever passes until it is let through: a number of times, or for good. */
export function createGate() {
  let tokens = 0
  const waiting: (() => void)[] = []
  function pass() {
    while (tokens > 0 && waiting.length > 0) {
      tokens -= 1
      waiting.shift()!()
    }
  }
  return {
    release(n: number) {
      tokens += n
      pass()
    },
    pass: () =>
      new Promise<void>((resolve) => {
        waiting.push(resolve)
        pass()
      }),
  }
}
export type Gate = ReturnType<typeof createGate>
