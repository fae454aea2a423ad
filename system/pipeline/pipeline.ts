import type { Metrics } from '../metrics/index.ts'
import { type AnyActorRef, type Child, child, type Runtime } from '../runtime/index.ts'
import { startConsumerSupervisor } from './consumer-supervisor.ts'
import type { Stage } from './contract.ts'
import type { DemandOptions } from './demand.ts'
import type { PipelineItem } from './item.ts'
import { type Producer, producerName } from './producer.ts'
import { startStage } from './stage.ts'
import type { Worker } from './worker.ts'
import { createWorkerActors } from './worker-actor.ts'

export interface PipelineOptions {
  producer: Producer
  work: Worker
  metrics: Pick<Metrics, 'increment'>
  /** One item after the other, or a worker for each: the same otherwise (PM-44). */
  consumer?: 'consumer' | 'consumer_supervisor'
  /** 10 and 5, as in the catalogue (PM-33). */
  demand?: DemandOptions
  subscribeTo?: string
}

export const consumerName = {
  consumer: 'Pipeline.Consumer',
  consumer_supervisor: 'Pipeline.ConsumerSupervisor',
} as const

/**
 * The stages of a pipeline, in the order in which they must be started: the producer, then whoever consumes, and the web endpoint after
 * both, so that no request finds no process (PM-38). A supervisor with `rest_for_one` keeps that order after a failure.
 */
export function pipelineStages(runtime: Runtime, options: PipelineOptions): Child[] {
  const { producer, consumer = 'consumer_supervisor' } = options
  return [
    child('pipeline producer', () => producer.start()),
    child('pipeline consumer', (parent) =>
      consumer === 'consumer' ? startConsumer(runtime, options) : startWorkers(runtime, options, parent),
    ),
  ]
}

const subscriptionOf = ({ subscribeTo = producerName, demand = { max: 10, min: 5 } }: PipelineOptions) => [
  { to: subscribeTo, options: demand },
]

function startConsumer(runtime: Runtime, options: PipelineOptions): Stage {
  const { producer, work, metrics } = options
  const name = consumerName.consumer

  async function handle(item: PipelineItem) {
    try {
      await work(item)
    } catch (error) {
      runtime.log.error({ event: 'item_dropped', err: error }, 'an item of the pipeline was dropped')
      metrics.increment('pipeline.item_dropped')
    }
    await producer.done(item)
  }

  return startStage<PipelineItem, never>(runtime, {
    kind: 'consumer',
    name,
    subscribeTo: subscriptionOf(options),
    async handleItems(items) {
      const [first, last] = [items[0], items.at(-1)]
      runtime.log.info({ event: 'batch', stage: name, size: items.length, first, last }, 'a batch of the pipeline')
      for (const item of items) await handle(item)
    },
  })
}

/** Its workers give up by themselves, so that no item can end the stage. */
function startWorkers(runtime: Runtime, options: PipelineOptions, parent: AnyActorRef): Stage {
  return startConsumerSupervisor<PipelineItem>(runtime, {
    name: consumerName.consumer_supervisor,
    parent,
    restartsMax: Number.POSITIVE_INFINITY,
    subscribeTo: subscriptionOf(options),
    startWorker: createWorkerActors(runtime, options),
  })
}
