import { workshopConfig } from '../../../../system/apps/workshop/config.ts'
import { createWorkshop } from '../../../../system/apps/workshop/workshop.ts'
import { noMetrics } from '../../../../system/metrics/index.ts'
import { readConfig } from '../../../../system/platform/config.ts'
import { createRuntime, supervisor } from '../../../../system/runtime/index.ts'
import { createFakeClock, keptLog } from '../../../support/channel-case.ts'

export type Case = Awaited<ReturnType<typeof startWorkshop>>

/** The workshop under a supervisor, with these settings and a clock that the test moves. */
export async function startWorkshop(env: Record<string, number> = {}) {
  const clock = createFakeClock()
  const { log, lines } = keptLog()
  const runtime = createRuntime({ clock, log })
  const texts = Object.entries(env).map(([name, value]) => [`WORKSHOP_${name}`, String(value)])
  const measured: [name: string, durationMs: number][] = []
  const workshop = createWorkshop({
    config: readConfig(Object.fromEntries(texts), [workshopConfig]),
    runtime,
    clock,
    log,
    metrics: { ...noMetrics, timing: (name, durationMs) => void measured.push([name, durationMs]) },
    usage: () => ({ cpuMs: 1, rssBytes: 2, heapBytes: 3 }),
  })
  const budget = { strategy: 'one_for_one', restartsMax: 20 } as const
  const top = await supervisor({ clock, log }, 'node', budget, workshop.children).start()
  await clock.advance(0)

  return {
    clock,
    runtime,
    workshop,
    lines,
    measured,
    counts: () => workshop.panel().counts,
    /** So many events at once. */
    async enqueue(count: number) {
      for (let n = 0; n < count; n += 1) workshop.enqueue()
      await clock.advance(0)
    },
    async kill(name: string) {
      runtime.registry.whereis(name)!.kill()
      await clock.advance(0)
    },
    async stop() {
      workshop.stop()
      await top.stop()
    },
  }
}
