import { Worker } from 'node:worker_threads'
import { z } from 'zod'
import { controlAction } from '../../control/action.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import {
  type ActorRef,
  type AnyActorRef,
  type Child,
  child,
  type DynamicChild,
  type DynamicSupervisor,
  dynamicSupervisor,
  type Runtime,
  type ThreadUsage,
} from '../../runtime/index.ts'

/** Without an end, on a core of its own. As text, because the bundle of a node is one file. */
const endlessLoop = 'setImmediate(() => { for (;;); })'
const sampleEveryMs = 500
const loopsMax = 16
const nothingYet: ThreadUsage = { workMs: 0, heapBytes: 0, utilization: 0 }

interface LoopingActorsOptions {
  runtime: Runtime
  clock: Clock
  log: Log
}

/**
 * Actors that compute for ever, each in a thread of its own: what an inspector should find at the top of its list, and what must not stop the
 * event loop (RT-55, RT-74). None until `POST /workloads/looping-actors` says how many.
 */
export function createLoopingActors({ runtime, clock, log }: LoopingActorsOptions) {
  let running: DynamicChild[] = []
  let lastNumber = 0

  let loops: DynamicSupervisor<[name: string]> | undefined

  /** A restarted supervisor begins without any. */
  function start(parent: AnyActorRef) {
    running = []
    loops = dynamicSupervisor({ clock, log }, 'Workloads.Loops', {
      parent,
      child: (name) => ({ start: () => startLoop(runtime, name) }),
    })
    return loops
  }

  async function set(count: number) {
    if (!loops?.alive) throw new Error('the supervisor of the loops is restarting')
    for (const one of running.splice(count)) await one.stop()
    while (running.length < count) {
      lastNumber += 1
      const started = await loops.startChild(`Workloads.Loop.${lastNumber}`)
      if (started) running.push(started)
    }
  }

  return {
    child: { ...child('looping actors', start), kind: 'supervisor' } satisfies Child,
    action: controlAction(
      ['/workloads/looping-actors', 'Sets how many actors compute for ever, each in a thread of its own; 0 ends them.'],
      z.strictObject({ count: z.number().int().min(0).max(loopsMax) }),
      async ({ count }) => {
        await set(count)
        return { loops: count }
      },
    ),
  }
}

function startLoop(runtime: Runtime, name: string): ActorRef<'sample'> {
  const worker = new Worker(endlessLoop, { eval: true })
  let usage = nothingYet

  async function sample() {
    const [{ user, system }, heap] = await Promise.all([worker.cpuUsage(), worker.getHeapStatistics()])
    const { utilization } = worker.performance.eventLoopUtilization()
    usage = { workMs: (user + system) / 1_000, heapBytes: heap.used_heap_size, utilization }
  }

  const actor = runtime.spawn<'sample'>({
    name,
    role: 'loop',
    threadUsage: () => usage,
    async handle(_message, self) {
      await sample()
      self.sendAfter(sampleEveryMs, 'sample')
    },
    terminate: () => void worker.terminate(),
  })
  worker.once('error', () => actor.kill())
  worker.once('online', () => actor.send('sample'))
  return actor
}
