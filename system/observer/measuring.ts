import type { Clock } from '../platform/clock.ts'
import type { LoadMeter } from '../platform/load.ts'
import type { AnyActorRef, Runtime } from '../runtime/index.ts'
import { shownNameOf } from './actor-list.ts'
import { createLoadHistory } from './load-history.ts'
import { createTicks } from './ticks.ts'

interface MeasuringParts {
  runtime: Pick<Runtime, 'actors' | 'meter'>
  clock: Pick<Clock, 'monotonicMs' | 'after'>
  startMeter(): LoadMeter
}

export const sampleEveryMs = 1_000
/** Somebody who looks asks again within a second or two. */
const measureForMs = 10_000

/** The load of the node and the work of its actors, measured only while somebody looks, because it costs time (RT-72). */
export function createMeasuring({ runtime, clock, startMeter }: MeasuringParts) {
  const history = createLoadHistory()
  const ticks = createTicks(runtime.meter)
  let meter: LoadMeter | undefined
  let cancelSample = () => {}
  let askedMs = 0

  function sampleLater() {
    cancelSample = clock.after(sampleEveryMs, () => {
      sampleLater()
      sample()
    })
  }

  function sample() {
    if (clock.monotonicMs() - askedMs > measureForMs) return stop()
    const actors = runtime.actors()
    if (meter) history.add(meter.read(), threadsOf(actors))
    ticks.sample((id) => actors.find((actor) => actor.id === id))
  }

  function stop() {
    cancelSample()
    runtime.meter.turn(false)
    meter?.stop()
    meter = undefined
    history.clear()
    ticks.clear()
  }

  return {
    /** Begins to measure, or goes on with it. */
    attend() {
      askedMs = clock.monotonicMs()
      if (meter) return
      meter = startMeter()
      runtime.meter.turn(true)
      sampleLater()
    },
    /** Forgets what was measured, too. */
    stop,
    collections: () => meter?.collections() ?? { count: 0, totalMs: 0 },
    lag: history.lag,
    lines: history.lines,
    ticksOf: ticks.of,
  }
}

const threadsOf = (actors: readonly AnyActorRef[]) =>
  actors.flatMap((actor) => {
    const { thread } = actor
    return thread ? { name: shownNameOf(actor), utilization: thread.utilization } : []
  })
