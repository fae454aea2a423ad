import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import { type ActorRef, type ActorSpec, type AnyActorRef, startActor } from './actor.ts'
import { causeOf, type ExitReason } from './exit-reason.ts'
import { createHibernation } from './hibernation.ts'
import { createRegistry, type Registry } from './registry.ts'
import { createTables, type Tables } from './table.ts'
import { createTurns, type Turns } from './turns.ts'
import { WorkMeter } from './work-meter.ts'

export interface Runtime {
  readonly registry: Registry
  readonly clock: Clock
  readonly log: Log
  readonly turns: Turns
  readonly meter: WorkMeter
  /** Rows in memory that the actors of this node share. */
  readonly tables: Tables
  /** Starts an actor; a name is registered unless `unique` is false (channels share names). Rejects when its init throws. */
  start<M>(spec: ActorSpec<M>, options?: { unique?: boolean }): Promise<ActorRef<M>>
  /** Like `start` but synchronous, for actors without an init that could fail. */
  spawn<M>(spec: ActorSpec<M>, options?: { unique?: boolean }): ActorRef<M>
  actors(): AnyActorRef[]
}

/** The actors of one node: assigns ids, lists them, logs their crashes (RT-5). */
export function createRuntime({ clock, log }: { clock: Clock; log: Log }): Runtime {
  const living = new Map<string, AnyActorRef>()
  const registry = createRegistry()
  let lastId = 0
  const turns = createTurns()
  const hibernation = createHibernation(clock)
  const meter = new WorkMeter(clock)
  const deps = { clock, turns, hibernation, meter, onCrash, onEnd: ({ id }: AnyActorRef) => void living.delete(id) }

  function launch<M>(spec: ActorSpec<M>, unique: boolean) {
    // Before there is an actor: one whose name is taken would live on without it.
    if (unique && spec.name) registry.checkFree(spec.name)
    lastId += 1
    const ref = startActor(spec, String(lastId), deps)
    if (!ref.alive) return ref
    if (unique && spec.name) registry.register(spec.name, ref)
    living.set(ref.id, ref)
    return ref
  }

  function onCrash(ref: AnyActorRef, reason: ExitReason) {
    log.error({ event: 'actor_failed', actor: ref.name ?? ref.id, ...causeOf(reason) }, 'an actor crashed')
  }

  return {
    registry,
    clock,
    log,
    turns,
    meter,
    tables: createTables(),
    spawn: (spec, { unique = true } = {}) => launch(spec, unique),
    async start(spec, { unique = true } = {}) {
      const ref = launch(spec, unique)
      await ref.started
      return ref
    },
    actors: () => [...living.values()],
  }
}
