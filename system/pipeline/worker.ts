import { type Metrics, metricNames } from '../metrics/index.ts'
import { type Clock, sleepUntil } from '../platform/clock.ts'
import type { PipelineItem } from './item.ts'

export interface WorkerOptions {
  /** To everybody who listens to the topic, on every node (PM-24). */
  broadcast(topic: string, event: string, payload: unknown): void
  clock: Clock
  metrics: Pick<Metrics, 'measure'>
  /** How long a plain item takes (PM-46). */
  workMs?: number
  /** Adds to the data of an item from somewhere slow; as many at once as there are workers (PM-59). */
  enrich?(data: unknown, userId: unknown): Promise<unknown>
  /** Where it says no, nothing is done for the user (PM-61). */
  isOnline?(userId: unknown): boolean
}

const workMsDefault = 1_000

/** What is done with one item: a push to the user whom it is for. */
export function createWorker({ broadcast, clock, metrics, workMs = workMsDefault, enrich, isOnline }: WorkerOptions) {
  async function deliver({ item, enqueued_at }: PipelineItem, signal: AbortSignal) {
    const { data, user_id: userId } = item
    if (userId === undefined) throw new Error('an item of the pipeline names no user_id, so nobody can get it')
    if (isOnline && !isOnline(userId)) return
    const enriched = enrich ? await enrich(data, userId) : data
    if (signal.aborted) return
    // A timed item is told by its time, and does not wait (PM-49).
    if (enqueued_at !== undefined) return broadcast(`user:${userId}`, 'push_timed', { data: enriched, at: enqueued_at })
    await sleepUntil(clock, workMs, signal)
    if (!signal.aborted) broadcast(`user:${userId}`, 'push', enriched)
  }

  /** Rejects for an item that cannot be handled. Once the signal is aborted, nothing is broadcast any more. */
  return (item: PipelineItem, signal: AbortSignal): Promise<void> =>
    metrics.measure(metricNames.workerProcessTime, () => deliver(item, signal))
}

export type Worker = ReturnType<typeof createWorker>

/** ms since a timed item was pushed; may be negative when clocks differ, so that nothing may depend on it (PM-13, PM-48). */
export const recordDelivery = (metrics: Pick<Metrics, 'histogram'>, clock: Pick<Clock, 'now'>, at: number): void =>
  metrics.histogram(metricNames.pushDelivered, clock.now() - at)
