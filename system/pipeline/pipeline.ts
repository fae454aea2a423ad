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
  /** How many of them share the items. Default: 1. */
  consumers?: number
  /** 10 and 5, as in the catalogue (PM-33). */
  demand?: DemandOptions
  subscribeTo?: string
}

const consumerName = {
  consumer: 'Pipeline.Consumer',
  consumer_supervisor: 'Pipeline.ConsumerSupervisor',
} as const

/**
 * The stages of a pipeline, in the order in which they must be started: the producer, then whoever consumes, and the web endpoint after
 * both, so that no request finds no process (PM-38). A supervisor with `rest_for_one` keeps that order after a failure.
 */
export function pipelineStages(runtime: Runtime, options: PipelineOptions): Child[] {
  const { producer, consumer = 'consumer_supervisor', consumers = 1 } = options
  const startOne = consumer === 'consumer' ? startConsumer : startWorkers
  const nameOf = (index: number) => (index === 0 ? consumerName[consumer] : `${consumerName[consumer]} ${index + 1}`)
  const names = Array.from({ length: consumers }, (_, index) => nameOf(index))
  return [
    child('pipeline producer', () => producer.start()),
    ...names.map((name) => child(name, (parent) => startOne(runtime, options, name, parent))),
  ]
}

const subscriptionOf = ({ subscribeTo = producerName, demand = { max: 10, min: 5 } }: PipelineOptions) => [
  { to: subscribeTo, options: demand },
]

function startConsumer(runtime: Runtime, options: PipelineOptions, name: string): Stage {
  const { producer, work, metrics } = options
  const ended = new AbortController()

  async function handle(item: PipelineItem) {
    try {
      await work(item, ended.signal)
    } catch (error) {
      runtime.log.error({ event: 'item_dropped', err: error }, 'an item of the pipeline was dropped')
      metrics.increment('pipeline.item_dropped')
    }
    if (!ended.signal.aborted) await producer.done(item)
  }

  const stage = startStage<PipelineItem, never>(runtime, {
    kind: 'consumer',
    name,
    subscribeTo: subscriptionOf(options),
    async handleItems(items) {
      const [first, last] = [items[0], items.at(-1)]
      runtime.log.info({ event: 'batch', stage: name, size: items.length, first, last }, 'a batch of the pipeline')
      for (const item of items) if (!ended.signal.aborted) await handle(item)
    },
  })
  stage.onExit(() => ended.abort())
  return stage
}

/** Its workers give up by themselves, so that no item can end the stage. */
function startWorkers(runtime: Runtime, options: PipelineOptions, name: string, parent: AnyActorRef): Stage {
  return startConsumerSupervisor<PipelineItem>(runtime, {
    name,
    parent,
    restartsMax: Number.POSITIVE_INFINITY,
    subscribeTo: subscriptionOf(options),
    startWorker: createWorkerActors(runtime, options),
  })
}
