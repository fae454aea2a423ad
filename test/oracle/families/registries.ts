import {
  ActorExited,
  type KeyRegistry,
  KeyTaken,
  NeedsUniqueKeys,
  startKeyRegistry,
} from '../../../system/runtime/index.ts'
import { writeError } from '../reasons.ts'
import type { Data, Recording, Replayed, Step } from '../recording.ts'
import { createWorld, type World } from '../world.ts'
import { type Clients, clientActs, createClients, signalExit } from './clients.ts'

interface Scene {
  world: World
  clients: Clients
  registry: KeyRegistry<unknown>
}

const atom = (name: string) => ({ atom: name })
const tuple = (...items: unknown[]) => ({ tuple: items })
const ok = atom('ok')

/** Replays recordings of a registry on `system/runtime`. How many parts it is made of makes no difference to who uses it. */
export async function replayRegistries({ setup, steps }: Recording): Promise<Replayed> {
  const world = createWorld({ adaptLog: () => undefined })
  const registry = startKeyRegistry<unknown>(world.runtime, { name: 'other', keys: setup.registry.keys })
  const scene: Scene = { world, clients: createClients(world, setup.actors ?? []), registry }
  for (const { do: what, ...step } of steps as Step[]) {
    const act = acts[what]
    if (!act) throw new Error(`no replay of registries knows the step ${what}`)
    await act(scene, step)
  }
  return world.result()
}

const acts: Record<string, (scene: Scene, step: Data) => unknown> = {
  ...clientActs,

  registry(scene, { by, op, ...step }) {
    const operation = operations[op]
    if (!operation) throw new Error(`no replay of registries knows the operation ${op}`)
    const label = { of: op, ...(step.key !== undefined && { key: step.key }) }
    return scene.clients.perform(by, label, () => attempt(() => operation(scene, by, step)))
  },

  exit({ clients, registry, world }, { who, reason }) {
    const victim = who === 'registry' ? registry.actor : clients.get(who)?.actor
    signalExit(victim, reason, world.driver)
  },
}

function attempt(operation: () => unknown): unknown {
  try {
    return operation()
  } catch (error) {
    if (error instanceof NeedsUniqueKeys || error instanceof ActorExited) return { error: 'ArgumentError' }
    if (error instanceof KeyTaken)
      return tuple(atom('error'), tuple(atom('already_registered'), { pid: error.holder.name }))
    return { error: writeError(error) }
  }
}

const sorted = (list: unknown[]) => list.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

const operations: Record<string, (scene: Scene, by: string, step: Data) => unknown> = {
  register({ clients, registry }, by, { key, value }) {
    registry.register(key, clients.get(by)!.actor, value)
    return tuple(ok, { pid: 'other' })
  },
  lookup({ registry }, _by, { key, sorted: isSorted }) {
    const rows = registry.lookup(key).map(({ holder, value }) => tuple({ pid: holder.name }, value))
    return isSorted ? sorted(rows) : rows
  },
  whereis_name({ registry }, _by, { key }) {
    const holder = registry.whereis(key)
    return holder ? { pid: holder.name } : atom('undefined')
  },
  unregister({ clients, registry }, by, { key }) {
    registry.unregister(key, clients.get(by)!.actor)
    return ok
  },
  unregister_match({ clients, registry }, by, { key, value }) {
    registry.unregister(key, clients.get(by)!.actor, (own) => own === value)
    return ok
  },
  update_value({ clients, registry }, by, { key, add }) {
    const updated = registry.update(key, clients.get(by)!.actor, (value) => Number(value) + add)
    return updated ? tuple(updated.after, updated.before) : atom('error')
  },
  keys: ({ clients, registry }, by) => sorted(registry.keysOf(clients.get(by)!.actor)),
  values: ({ clients, registry }, by, { key }) => registry.valuesOf(key, clients.get(by)!.actor),
  dispatch({ clients, registry }, _by, { key, value }) {
    registry.dispatch(key, ({ holder }) => void clients.get(holder.name!)?.inbox.push(`dispatched:${value}`))
    return ok
  },
  count: ({ registry }) => registry.count(),
  meta: ({ registry }, _by, { key = 'meta' }) =>
    registry.meta.has(key) ? tuple(ok, registry.meta.get(key)) : atom('error'),
  put_meta({ registry }, _by, { key = 'meta', value }) {
    registry.meta.set(key, value)
    return ok
  },
}
