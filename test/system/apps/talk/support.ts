import { createBackgroundTasks } from '../../../../system/apps/talk/background-tasks.ts'
import { createDashboard } from '../../../../system/apps/talk/dashboard.ts'
import { createStubs } from '../../../../system/apps/talk/stubs.ts'
import { type Child, createRuntime, supervisor } from '../../../../system/runtime/index.ts'
import { createFakeClock, keptLog } from '../../../support/channel-case.ts'

/** A runtime with a clock that the test moves, and a supervisor for the parts that it tries. */
export function createBench() {
  const clock = createFakeClock()
  const kept = keptLog()
  const { log } = kept
  const runtime = createRuntime({ clock, log })
  const stops: (() => Promise<unknown>)[] = []
  return {
    clock,
    log,
    runtime,
    entries: kept.entries,
    lines: kept.lines,
    async start(...children: Child[]) {
      const budget = { strategy: 'one_for_one', restartsMax: 20 } as const
      const top = await supervisor({ clock, log }, 'node', budget, children).start()
      stops.push(() => top.stop())
      await clock.advance(0)
    },
    async kill(name: string) {
      runtime.registry.whereis(name)!.kill()
      await clock.advance(0)
    },
    async stop() {
      for (const stop of stops.splice(0)) await stop()
    },
  }
}

export type Bench = ReturnType<typeof createBench>

/** How long something takes on a clock of the bench, and what comes of it. */
export async function timed<T>({ clock }: Bench, work: () => Promise<T>, advanceMs = 10_000) {
  const startedMs = clock.monotonicMs()
  let tookMs = Number.NaN
  const result = work()
    .then(
      (value) => ({ value }),
      (error: Error) => ({ error: error.message }),
    )
    .finally(() => {
      tookMs = clock.monotonicMs() - startedMs
    })
  await clock.advance(advanceMs)
  return { ...(await result), tookMs }
}

/** The dashboard with three parts of a second each, as in the talk. */
export async function startDashboard() {
  const bench = createBench()
  const { clock, log, runtime } = bench
  const delays = { lookup: 0, compute: 1_000, slow: 1_000, also_slow: 1_000, tracking: 200 }
  const stubs = createStubs(clock, delays)
  const background = createBackgroundTasks({ runtime, clock, log })
  await bench.start(background.child)
  const dashboard = createDashboard({ runtime, clock, stubs, partLimitMs: 5_000, inBackground: background.run })
  return { bench, stubs, background, dashboard }
}
