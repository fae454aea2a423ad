import type { Metrics } from '../../metrics/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import type { ProcessUsage } from '../../platform/usage.ts'
import { child, type Runtime, startTask } from '../../runtime/index.ts'
import type { WorkshopConfig } from './config.ts'
import { type Counts, createTally, type Latency } from './counts.ts'
import { createEventPipeline } from './event-pipeline.ts'
import { createMockResource } from './mock-resource.ts'
import { createRunHistory } from './run-history.ts'

interface WorkshopOptions {
  config: WorkshopConfig
  runtime: Runtime
  clock: Clock
  log: Log
  metrics: Pick<Metrics, 'timing'>
  usage(): ProcessUsage
}

/** What is set, as the panels and GET /state say it. */
export interface Settings {
  useMs: number
  limit: number
  consumers: number
  demand: number
  workers: number
}

/** What both panels look at. */
export interface Panel {
  settings: Settings
  counts: Counts
  latency: Latency
  insideMax: number
}

export type Workshop = ReturnType<typeof createWorkshop>

/** MockResource and the three ways to use it (MR-1..24). */
export function createWorkshop({ config, runtime, clock, log, metrics, usage }: WorkshopOptions) {
  const tally = createTally()
  let refused = 0
  const history = createRunHistory({
    clock,
    look: () => ({ ...counts(), ...usage(), actors: runtime.actors().length }),
    isBusy: () => resource.currentRequests() > 0 || tally.unprocessed() > 0,
  })
  const resource = createMockResource({
    runtime,
    clock,
    useMs: config.WORKSHOP_RESOURCE_MS,
    limit: config.WORKSHOP_LIMIT,
    onChange: (inside) => (inside > 0 ? history.noteWork(inside) : undefined),
    onRefused() {
      refused += 1
    },
  })
  const pipeline = createEventPipeline({
    runtime,
    clock,
    log,
    metrics,
    resource,
    tally,
    onProcessed: history.noteEvent,
    consumers: config.WORKSHOP_CONSUMERS,
    demand: config.WORKSHOP_DEMAND,
    workers: config.WORKSHOP_WORKERS,
  })

  const counts = (): Counts => ({ inside: resource.currentRequests(), refused, ...tally.counts() })
  const settings = (): Settings => ({
    useMs: config.WORKSHOP_RESOURCE_MS,
    limit: config.WORKSHOP_LIMIT,
    consumers: pipeline.hasWorkers ? 0 : pipeline.consumers(),
    demand: config.WORKSHOP_DEMAND,
    workers: config.WORKSHOP_WORKERS,
  })

  return {
    children: [child('resource', resource.start), pipeline.child],
    /** Uses the resource within the request (MR-6). Returns false when it refused. */
    serial: resource.use,
    /** Is let in, and uses the resource in a task of its own that nobody waits for (MR-7). Returns false when it refused. */
    async async(): Promise<boolean> {
      const visit = await resource.enter()
      if (visit) startTask(runtime, visit.stay, { name: 'Workshop.AsyncUse' })
      return visit !== undefined
    },
    /** Puts an event into the queue of the pipeline (MR-15). Returns false when the queue is full. */
    enqueue(): boolean {
      history.noteWork(resource.currentRequests())
      return pipeline.enqueue()
    },
    setConsumers: pipeline.setConsumers,
    hasWorkers: pipeline.hasWorkers,
    panel: (): Panel => ({
      settings: settings(),
      counts: counts(),
      latency: tally.latency(),
      insideMax: history.run().insideMax,
    }),
    run: history.run,
    clearRun: history.clear,
    stop: history.stop,
  }
}
