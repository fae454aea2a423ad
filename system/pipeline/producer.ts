import type { Clock } from '../platform/clock.ts'
import { ActorExited, type Runtime } from '../runtime/index.ts'
import type { BufferOptions } from './buffer.ts'
import type { Stage, Subscription } from './contract.ts'
import type { Dispatcher } from './dispatchers/dispatcher.ts'
import { type PipelineItem, readItem } from './item.ts'
import { stageNamed, startStage } from './stage.ts'

export const producerName = 'Pipeline.Producer'

/** Where items enter the pipeline. Another source, such as a durable one, takes its place behind the same interface (PM-26, PM-58). */
export interface Producer {
  /** Starts or restarts the stage, for a supervisor. */
  start(): Stage<PipelineItem> | Promise<Stage<PipelineItem>>
  /**
   * From anywhere, at any rate; where the source stores items, the promise resolves once the item is stored. Throws InvalidItem for what
   * is no object, and ActorExited while the stage is not running.
   */
  push(item: unknown): void | Promise<void>
  /** As `push`, and remembers when: the time in the queue is measured too (PM-47). */
  pushTimed(item: unknown): void | Promise<void>
  /** The item is handled, or given up: the source may forget it. */
  done(item: PipelineItem): void | Promise<void>
  /** How many nobody asked for yet. */
  queued(): Promise<number>
}

export interface ProducerOptions {
  name?: string
  clock: Pick<Clock, 'now'>
  dispatcher?: () => Dispatcher<Subscription, PipelineItem>
}

export interface MemoryProducerOptions extends ProducerOptions {
  buffer?: BufferOptions
  onDiscard?(count: number): void
  /** The stage has ended, and `count` items that nobody had asked for are lost. */
  onLost?(count: number): void
  /** Called at each push; the stage takes no item until it resolves: the control port may slow it down. */
  beforePush?(): Promise<void> | undefined
}

/** Keeps what nobody asked for in memory: fast, bounded, and lost with its actor (PM-30). */
export function memoryProducer(runtime: Runtime, options: MemoryProducerOptions): Producer {
  const {
    name = producerName,
    clock,
    buffer = {},
    dispatcher,
    onDiscard,
    onLost,
    beforePush = () => undefined,
  } = options
  /** Pushed, and not yet taken by the stage. */
  let inMailbox = 0

  function stage(): Stage<PipelineItem> {
    const current = stageNamed(runtime, name)
    if (!current?.alive)
      throw new ActorExited(`${name} is not running: start the pipeline before whoever pushes (PM-38)`)
    return current
  }

  function add(item: PipelineItem) {
    const current = stage()
    const slow = beforePush()
    if (slow) current.run('slow push', () => slow)
    inMailbox += 1
    current.perform('push', () => {
      inMailbox -= 1
      return [item]
    })
  }

  function lose(count: number) {
    inMailbox = 0
    if (count === 0) return
    onLost?.(count)
    runtime.log.warn(
      { event: 'queue_lost', stage: name, count },
      'the producer has ended: the items that waited are lost',
    )
  }

  return {
    start: () =>
      startStage<never, PipelineItem>(runtime, {
        kind: 'producer',
        name,
        buffer,
        ...(dispatcher && { dispatcher }),
        ...(onDiscard && { onDiscard }),
        onEnd: (bufferedCount) => lose(bufferedCount + inMailbox),
      }),
    push: (item) => add(readItem(item)),
    pushTimed: (item) => add({ ...readItem(item), enqueued_at: clock.now() }),
    done() {},
    queued: async () => stage().buffered(),
  }
}
