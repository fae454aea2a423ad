import type { Metrics } from '../metrics/index.ts'
import type { ActorRef, ActorSpec, AnyActorRef, Runtime } from '../runtime/index.ts'
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

/** All workers of a node have this name. */
const workerName = 'Pipeline.Worker'
const retriesMaxDefault = 3

/**
 * Starts the actor of one item, which ends with it. A failure ends the actor too, and its supervisor starts it again with the item; an item
 * that failed too often is dropped and counted, so that it cannot end the whole stage.
 */
export function createWorkerActors(
  runtime: Runtime,
  { producer, work, metrics, retriesMax = retriesMaxDefault }: WorkerActorOptions,
) {
  const failures = new WeakMap<PipelineItem, number>()

  async function handle(item: PipelineItem, signal: AbortSignal) {
    try {
      await work(item, signal)
    } catch (error) {
      if (!giveUp(item, error)) throw error
    }
    // One that was killed is started again with its item, or was stopped: either way the item is not handled yet.
    if (!signal.aborted) await producer.done(item)
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
    const ended = new AbortController()
    const spec: ActorSpec<PipelineItem> = {
      name: workerName,
      role: 'pipeline-worker',
      takesTurns: true,
      parent: supervisor,
      async handle(message, self) {
        await handle(message, ended.signal)
        self.exit()
      },
    }
    const actor = runtime.spawn(spec, { unique: false })
    actor.onExit(() => ended.abort())
    actor.send(item)
    return actor
  }
}
