import type { Metrics } from '../metrics/index.ts'
import type { ActorRef, AnyActorRef, Runtime } from '../runtime/index.ts'
import type { PipelineItem } from './item.ts'
import type { Producer } from './producer.ts'
import type { Worker } from './worker.ts'

export interface WorkerActorOptions {
  producer: Pick<Producer, 'done'>
  work: Worker
  metrics: Pick<Metrics, 'increment'>
  /** How often an item is tried again after a failure (PM-42). */
  retriesMax?: number
}

export const retriesMaxDefault = 3

/**
 * Starts the actor of one item, which ends with it. A failure ends the actor too, and its supervisor starts it again with the item; an item
 * that failed too often is dropped and counted, so that it cannot end the whole stage.
 */
export function createWorkerActors(
  runtime: Runtime,
  { producer, work, metrics, retriesMax = retriesMaxDefault }: WorkerActorOptions,
) {
  const failures = new WeakMap<PipelineItem, number>()

  async function handle(item: PipelineItem) {
    try {
      await work(item)
    } catch (error) {
      if (!giveUp(item, error)) throw error
    }
    await producer.done(item)
  }

  function giveUp(item: PipelineItem, error: unknown): boolean {
    const failed = (failures.get(item) ?? 0) + 1
    failures.set(item, failed)
    if (failed <= retriesMax) return false
    runtime.log.error({ event: 'item_dropped', err: error, attempts: failed }, 'an item of the pipeline was dropped')
    metrics.increment('pipeline.item_dropped')
    return true
  }

  return (item: PipelineItem, supervisor: AnyActorRef): ActorRef<PipelineItem> => {
    const actor = runtime.spawn<PipelineItem>({
      role: 'pipeline-worker',
      takesTurns: true,
      parent: supervisor,
      async handle(message, self) {
        await handle(message)
        self.exit()
      },
    })
    actor.send(item)
    return actor
  }
}
