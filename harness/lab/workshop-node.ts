import { type Endpoint, pathOf } from '../apps/workshop/burst.ts'
import { type WorkshopRun, workshopControl } from '../apps/workshop/control.ts'
import { sendRequests } from '../clients/request-load.ts'
import type { LabTools } from './lab.ts'
import { type LoadLimits, type LoadSummary, limitsOf, summaryOf } from './load-summary.ts'

export interface WorkshopSettings {
  useMs: number
  limit?: number
  demand?: number
  workers?: number
}

export interface Load {
  endpoint: Endpoint
  count: number
  concurrency: number
}

/** A load, and what the node did until all of its work was over. */
export interface LoadRun extends LoadSummary {
  load: Load
  useMs: number
  run: WorkshopRun
  /** From the last answer until nothing was left to do; read from samples that are 50 ms apart. */
  drainMs: number
  /** Of the pipeline, since the node started. */
  refused: number
  dropped: number
  limits: LoadLimits
}

/** A node that runs the workshop alone. */
export interface WorkshopNode {
  /** Runs a load and waits until its work is over; `meanwhile` is done between the last answer and the end of the work. */
  load(load: Load, meanwhile?: () => Promise<unknown>): Promise<LoadRun>
  setConsumers(count: number): Promise<unknown>
  stop(): Promise<void>
}

const idleWithinMs = 120_000

/** As environment variables. */
const envOf = ({ useMs, limit = 0, demand = 1, workers = 0 }: WorkshopSettings): Record<string, string> => ({
  APPS: 'workshop',
  WORKSHOP_RESOURCE_MS: String(useMs),
  WORKSHOP_LIMIT: String(limit),
  WORKSHOP_DEMAND: String(demand),
  WORKSHOP_WORKERS: String(workers),
})

/** Starts a node that runs the workshop alone. */
export async function startWorkshop(
  { node: startNode, clock, goOn, until }: LabTools,
  settings: WorkshopSettings,
): Promise<WorkshopNode> {
  const node = await startNode(envOf(settings))
  const { panel, run, clear, setConsumers } = workshopControl(node.control)

  async function isIdle() {
    const { inside, unprocessed } = (await panel()).counts
    return inside === 0 && unprocessed === 0
  }

  return {
    async load(load, meanwhile = async () => {}) {
      await clear()
      const beganMs = clock.monotonicMs()
      const result = await sendRequests({ ...load, url: `${node.directUrl}${pathOf[load.endpoint]}`, goOn })
      const answeredMs = clock.monotonicMs() - beganMs
      await meanwhile()
      await until(isIdle, { what: 'the work of the load is over', withinMs: idleWithinMs, everyMs: 100 })
      const history = await run()
      const { refused, dropped } = (await panel()).counts
      return {
        ...summaryOf(result),
        load,
        useMs: settings.useMs,
        run: history,
        drainMs: Math.max(0, lastBusyMs(history) - answeredMs),
        refused,
        dropped,
        limits: limitsOf(result, history),
      }
    },
    setConsumers,
    stop: () => node.kill(),
  }
}

const lastBusyMs = ({ samples }: WorkshopRun) =>
  samples.findLast(({ inside, unprocessed }) => inside + unprocessed > 0)?.atMs ?? 0
