import { type ConsumerSupervisor, type Stage, startConsumerSupervisor } from '../../../system/pipeline/index.ts'
import type { AnyActorRef, Runtime } from '../../../system/runtime/index.ts'
import { Refused, readReason } from '../reasons.ts'
import type { Data } from '../recording.ts'
import { createGate, type Gate, type World } from '../world.ts'
import { readSubscriptions } from './subscriptions.ts'

export interface Workers {
  supervisor: ConsumerSupervisor<unknown>
  release(items: unknown[]): void
  /** The worker of this name that runs now. */
  running(name: string): AnyActorRef | undefined
}

/** A consumer supervisor whose workers do what the rules of the recording say of their items. */
export function createWorkers(world: World, spec: Data, parent: AnyActorRef, init: (stage: Stage) => void): Workers {
  const { name, restart, max_restarts, max_seconds, subscribe_to, worker = {} } = spec
  const gates = new Map<string, Gate>()
  const running = new Map<string, AnyActorRef>()
  const attempts = new Map<string, number>()

  function startWorker(item: unknown) {
    const label = `w${item}`
    const rule: Data = worker.rules?.[String(item)] ?? {}
    const attempt = (attempts.get(label) ?? 0) + 1
    attempts.set(label, attempt)
    if (attempt <= (rule.start_fail ?? 0) || rule.start_fail_on?.includes(attempt)) {
      world.record(label, 'start_refused', { attempt })
      throw new Refused('refused')
    }
    if (attempt <= (rule.start_raise ?? 0)) {
      world.record(label, 'start_raised', { attempt })
      throw new Error('factory broken')
    }
    if (attempt <= (rule.ignore === true ? Number.POSITIVE_INFINITY : (rule.ignore ?? 0))) {
      world.record(label, 'start_ignored', { attempt })
      return undefined
    }
    gates.set(label, createGate())
    const actor = spawnWorker(world.runtime, label)
    running.set(label, actor)
    const inc = world.started(label, actor)
    actor.send(() => work(label, inc, rule))
    return actor
  }

  async function work(label: string, inc: number, rule: Data) {
    await occupied(label)
    if (inc <= (rule.raise ?? 0)) throw new Error(`worker ${label}`)
    return rule.exit && inc <= (rule.times ?? Number.POSITIVE_INFINITY) ? readReason(rule.exit) : { kind: 'normal' }
  }

  function occupied(label: string): unknown {
    if (worker.work === 'gate') return gates.get(label)!.pass()
    if (worker.work === 'forever') return new Promise(() => {})
    return worker.work?.sleep ? world.clock.sleep(worker.work.sleep) : undefined
  }

  const supervisor = startConsumerSupervisor<unknown>(world.runtime, {
    name,
    parent,
    init,
    labelOf: (item) => `w${item}`,
    startWorker,
    subscribeTo: readSubscriptions(subscribe_to),
    ...(restart && { restart }),
    ...(max_restarts !== undefined && { restartsMax: max_restarts }),
    ...(max_seconds !== undefined && { withinMs: max_seconds * 1_000 }),
  })
  world.watchBusy(() => supervisor.alive && supervisor.actor.busy)

  return {
    supervisor,
    release(items) {
      for (const item of items) gates.get(`w${item}`)?.release(1)
    },
    running: (label) => running.get(label),
  }
}

/** Does one thing and ends with the reason that comes of it. */
function spawnWorker(runtime: Runtime, name: string) {
  return runtime.spawn<() => Promise<unknown>>(
    {
      name,
      takesTurns: true,
      async handle(work, self) {
        const reason = await work()
        self.exit(reason as Parameters<typeof self.exit>[0])
      },
    },
    { unique: false },
  )
}
