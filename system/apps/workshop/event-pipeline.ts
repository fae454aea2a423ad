import type { Metrics } from '../../metrics/index.ts'
import { memoryProducer, type PipelineItem, startConsumerSupervisor, startStage } from '../../pipeline/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import { type AnyActorRef, child, type Runtime, type Supervisor, startTask, supervisor } from '../../runtime/index.ts'
import type { Tally } from './counts.ts'
import type { MockResource } from './mock-resource.ts'
import type { TimedEvent } from './run-history.ts'

interface EventPipelineOptions {
  runtime: Runtime
  clock: Clock
  log: Log
  metrics: Pick<Metrics, 'timing'>
  resource: Pick<MockResource, 'use'>
  tally: Tally
  /** Called for each event that was processed. */
  onProcessed(event: TimedEvent): void
  consumers: number
  /** The max demand of each consumer. */
  demand: number
  /** Above 0, a consumer supervisor with this many workers takes the place of the consumers. */
  workers: number
}

/** ms from enqueued to processed, one for each event (MR-20). */
export const eventLatencyName = 'part2.event.latency'

const producerName = 'Workshop.Producer'
/** More events are refused: a full buffer would discard them, and their sender would not learn of it. */
export const waitingMax = 100_000
const restartBudget = { restartsMax: 20, withinMs: 5_000 } as const

/** A producer and its consumers under a supervisor of their own (MR-15, MR-16): when one of them fails, all begin anew. */
export function createEventPipeline(options: EventPipelineOptions) {
  const { runtime, clock, log, metrics, resource, tally, onProcessed, demand, workers } = options
  const producer = memoryProducer(runtime, { name: producerName, clock, buffer: { sizeMax: waitingMax } })
  let consumers = options.consumers
  let stages: Supervisor | undefined

  async function process({ item }: PipelineItem) {
    const { depth, enqueuedMs, generation } = item as unknown as QueuedEvent
    const isDone = await use()
    if (generation !== tally.generation()) return
    if (!isDone) return tally.dropped()
    const latencyMs = Math.round(clock.monotonicMs() - enqueuedMs)
    tally.processed(latencyMs)
    metrics.timing(eventLatencyName, latencyMs)
    onProcessed({ depth, latencyMs })
  }

  async function use(): Promise<boolean> {
    try {
      return await resource.use()
    } catch (error) {
      log.warn({ event: 'event_dropped', err: error }, 'an event of the workshop was dropped')
      return false
    }
  }

  const subscribeTo = (max: number) => [{ to: producerName, options: { max } }]

  const consumerChild = (number: number) =>
    child(`consumer ${number}`, () => {
      const generation = tally.generation()
      return startStage<PipelineItem, never>(runtime, {
        kind: 'consumer',
        name: `Workshop.Consumer.${number}`,
        subscribeTo: subscribeTo(demand),
        async handleItems(items) {
          // A consumer that has ended skips the rest of its batch: those events count as lost.
          for (const item of items) if (generation === tally.generation()) await process(item)
        },
      })
    })

  const workersChild = child('consumer supervisor', (parent) =>
    startConsumerSupervisor<PipelineItem>(runtime, {
      name: 'Workshop.ConsumerSupervisor',
      parent,
      restart: 'temporary',
      // It asks again after each event that ends, so that all workers stay busy.
      subscribeTo: [{ to: producerName, options: { max: workers, min: 0 } }],
      startWorker: (item, self) =>
        startTask(runtime, () => process(item), { name: 'Workshop.Worker', parent: self }).actor,
    }),
  )

  function stagesUnder(parent: AnyActorRef): Supervisor {
    const consuming = Array.from({ length: consumers }, (_, index) => consumerChild(index + 1))
    const children = [
      child('producer', () => {
        tally.pipelineStarted()
        return producer.start()
      }),
      ...(workers > 0 ? [workersChild] : consuming),
    ]
    return supervisor(
      { clock, log },
      'Workshop.Pipeline',
      { strategy: 'one_for_all', ...restartBudget, parent },
      children,
    )
  }

  async function start(parent: AnyActorRef) {
    stages = stagesUnder(parent)
    return stages.start()
  }

  /** Starts more consumers, also while events wait (MR-19), or stops some, which the caller does only while no event waits. */
  async function setConsumers(wanted: number) {
    for (; consumers < wanted; consumers += 1) await stages!.startChild(consumerChild(consumers + 1))
    for (; consumers > wanted; consumers -= 1) {
      await stages!.terminateChild(`consumer ${consumers}`)
      await stages!.deleteChild(`consumer ${consumers}`)
    }
  }

  return {
    child: { ...child('pipeline', start), kind: 'supervisor' as const },
    /** Puts an event into the queue and returns at once; false when the queue is full. Throws ActorExited while the producer is not running. */
    enqueue(): boolean {
      const depth = tally.unprocessed() + 1
      if (depth > waitingMax) return false
      const event: QueuedEvent = { depth, enqueuedMs: clock.monotonicMs(), generation: tally.generation() }
      void producer.push(event)
      tally.enqueued()
      return true
    },
    consumers: () => consumers,
    setConsumers,
    hasWorkers: workers > 0,
  }
}

interface QueuedEvent {
  /** How many waited when it came, itself included. */
  depth: number
  enqueuedMs: number
  generation: number
}
