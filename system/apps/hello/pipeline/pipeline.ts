import { Pool } from 'pg'
import type { AppContext } from '../../../node/module.ts'
import {
  createWorker,
  durableProducer,
  fairDispatcher,
  type MemoryProducerOptions,
  memoryProducer,
  type PipelineItem,
  type PipelineOptions,
  type Producer,
  pipelineStages,
  type Subscription,
  type Worker,
} from '../../../pipeline/index.ts'
import { type Child, supervisor } from '../../../runtime/index.ts'
import type { PipelineConfig } from './config.ts'
import type { OnlineUsers } from './online-users.ts'

type Surroundings = Pick<AppContext, 'pubsub' | 'runtime' | 'clock' | 'log' | 'metrics' | 'beforeHandle'> & {
  config: PipelineConfig
  online: Pick<OnlineUsers, 'has'>
}

/** Kills come in bursts when somebody breaks a node on purpose. */
const restartBudget = { restartsMax: 20, withinMs: 5_000 } as const
const connectionsMax = 4

/** Pushes to users, made one after the other or by workers, as the configuration says (PM-24, PM-26, PM-44, PM-58, PM-60, PM-61). */
export function createPipeline(around: Surroundings) {
  const { config, pubsub, runtime, clock, log, metrics, online } = around
  const counters = { pushed: 0, handled: 0, dropped: 0, discarded: 0, lost: 0, skipped: 0, running: 0, runningMax: 0 }
  const pool = config.PIPELINE_PRODUCER === 'durable' ? openPool(around) : undefined
  const counting = (what: 'discarded' | 'lost') => (count: number) => {
    counters[what] += count
    metrics.increment(`pipeline.item_${what}`, count)
  }
  const source = createProducer(around, pool, { onDiscard: counting('discarded'), onLost: counting('lost') })

  const producer: Producer = {
    ...source,
    push: (item) => afterPush(source.push(item)),
    pushTimed: (item) => afterPush(source.pushTimed(item)),
    done(item) {
      counters.handled += 1
      return source.done(item)
    },
  }

  function afterPush(pushed: void | Promise<void>) {
    const count = () => {
      counters.pushed += 1
    }
    return pushed instanceof Promise ? pushed.then(count) : count()
  }

  function isOnline(userId: unknown) {
    if (online.has(userId)) return true
    counters.skipped += 1
    return false
  }

  const work = createWorker({
    broadcast: pubsub.broadcast,
    clock,
    metrics,
    workMs: config.PIPELINE_WORK_MS,
    ...(config.PIPELINE_SKIP_OFFLINE && { isOnline }),
  })

  const counted: Worker = async (item, signal) => {
    counters.running += 1
    counters.runningMax = Math.max(counters.runningMax, counters.running)
    let isOver = false
    const end = () => {
      if (!isOver) counters.running -= 1
      isOver = true
    }
    // At once: a worker that was killed has ended before the next one of its item begins.
    signal.addEventListener('abort', end, { once: true })
    await work(item, signal).finally(end)
  }

  const dropped: PipelineOptions['metrics'] = {
    increment(name, by, tags) {
      counters.dropped += 1
      metrics.increment(name, by, tags)
    },
  }

  const stages = pipelineStages(runtime, {
    producer,
    work: counted,
    metrics: dropped,
    consumer: config.PIPELINE_CONSUMER,
    consumers: config.PIPELINE_CONSUMERS,
    demand: { max: config.PIPELINE_MAX_DEMAND, min: config.PIPELINE_MIN_DEMAND },
  })

  return {
    producer,
    child: { ...childOf(stages, { clock, log }), kind: 'supervisor' } satisfies Child,
    parts: pool ? [{ name: 'database of the pipeline', stop: () => pool.end() }] : [],
    state: () => ({
      producer: config.PIPELINE_PRODUCER,
      consumer: config.PIPELINE_CONSUMER,
      dispatch: config.PIPELINE_DISPATCH,
      inOrder: config.PIPELINE_CONSUMERS === 1,
      demandMax: config.PIPELINE_MAX_DEMAND * config.PIPELINE_CONSUMERS,
      ...counters,
    }),
  }
}

/** The later ones depend on the earlier ones, so that a restart keeps the order of the start (PM-38). */
const childOf = (stages: Child[], around: Pick<AppContext, 'clock' | 'log'>): Child => ({
  name: 'pipeline',
  start: (parent) =>
    supervisor(around, 'Pipeline.Supervisor', { strategy: 'rest_for_one', parent, ...restartBudget }, stages).start(),
})

type Losses = Required<Pick<MemoryProducerOptions, 'onDiscard' | 'onLost'>>

function createProducer(around: Surroundings, pool: Pool | undefined, losses: Losses): Producer {
  const { config, runtime, clock, log, pubsub, beforeHandle } = around
  const fair = config.PIPELINE_DISPATCH === 'fair'
  const byUser = () => fairDispatcher<Subscription, PipelineItem>({ ownerOf: ({ item }) => item.user_id })
  const dispatcher = fair && { dispatcher: byUser }
  if (pool) return durableProducer(runtime, { database: pool, owner: pubsub.nodeName, clock, log, ...dispatcher })
  const buffer = { sizeMax: config.PIPELINE_BUFFER_MAX }
  const beforePush = () => beforeHandle('Pipeline.Producer')
  return memoryProducer(runtime, { clock, buffer, beforePush, ...losses, ...dispatcher })
}

function openPool({ config, log }: Surroundings): Pool {
  const pool = new Pool({ connectionString: config.DATABASE_URL, max: connectionsMax })
  // The pool replaces an idle connection that breaks; without a listener the error would end the process.
  pool.on('error', ({ message }) => log.warn({ reason: message }, 'pipeline: a database connection broke'))
  return pool
}
