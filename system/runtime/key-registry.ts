import type { ActorRef, AnyActorRef } from './actor.ts'
import { ActorExited } from './exit-reason.ts'
import { link } from './link.ts'
import type { Runtime } from './runtime.ts'

export interface RegistryEntry<V> {
  holder: AnyActorRef
  value: V
}

interface KeyedEntry<V> extends RegistryEntry<V> {
  key: unknown
}

export class KeyTaken extends Error {
  override name = 'KeyTaken'
  readonly holder: AnyActorRef

  constructor(key: unknown, holder: AnyActorRef) {
    super(`the key ${key} is taken by actor ${holder.name ?? holder.id}`)
    this.holder = holder
  }
}

/** An operation that only makes sense where a key has one holder. */
export class NeedsUniqueKeys extends Error {
  override name = 'NeedsUniqueKeys'
}

export interface KeyRegistryOptions {
  name: string
  /** A unique key has one living holder, a duplicate one any number of entries. */
  keys: 'unique' | 'duplicate'
}

/** Everything throws ActorExited once the registry has ended. */
export interface KeyRegistry<V> {
  readonly actor: AnyActorRef
  /** Throws KeyTaken where a unique key has a living holder, be it the same one. */
  register(key: unknown, holder: AnyActorRef, value: V): void
  lookup(key: unknown): RegistryEntry<V>[]
  /** Throws NeedsUniqueKeys. */
  whereis(key: unknown): AnyActorRef | undefined
  /** Only a holder changes its entries: these do nothing to those of others. */
  unregister(key: unknown, holder: AnyActorRef, matches?: (value: V) => boolean): void
  /** Returns the old and the new value, or nothing for an actor that does not hold the key. Throws NeedsUniqueKeys. */
  update(key: unknown, holder: AnyActorRef, change: (value: V) => V): { before: V; after: V } | undefined
  keysOf(holder: AnyActorRef): unknown[]
  valuesOf(key: unknown, holder: AnyActorRef): V[]
  dispatch(key: unknown, send: (entry: RegistryEntry<V>) => void): void
  count(): number
  meta: Map<unknown, unknown>
}

/**
 * Any key -> living actors (RT-15). The registry is an actor of its own, linked to all holders: an entry goes with its holder, and a
 * registry that fails takes its holders along, so that nobody lives on who cannot be found (RT-22).
 */
export function startKeyRegistry<V>(runtime: Runtime, { name, keys }: KeyRegistryOptions): KeyRegistry<V> {
  /** In the order of registration. */
  let kept: KeyedEntry<V>[] = []
  const linked = new Set<AnyActorRef>()
  const actor: ActorRef<never> = runtime.spawn<never>({
    name,
    role: 'registry',
    takesTurns: true,
    trapsExits: true,
    handle() {},
    handleExit: ({ from }) => void (from && forget(from)),
  })

  function forget(holder: AnyActorRef) {
    kept = kept.filter((entry) => entry.holder !== holder)
    linked.delete(holder)
  }

  /** Nobody is answered from what a registry knew that has ended. */
  function entries(): KeyedEntry<V>[] {
    if (!actor.alive) throw new ActorExited(`${name} is not running`)
    return kept
  }

  /** A holder that has died is hidden even before its entries are removed. */
  const living = (key: unknown) => entries().filter((entry) => entry.key === key && entry.holder.alive)

  function demandUnique(what: string) {
    if (keys !== 'unique') throw new NeedsUniqueKeys(`${name} has duplicate keys, so that ${what} has no one answer`)
  }

  return {
    actor,
    meta: new Map(),
    register(key, holder, value) {
      const [taken] = keys === 'unique' ? living(key) : []
      if (taken) throw new KeyTaken(key, taken.holder)
      entries().push({ key, holder, value })
      if (linked.has(holder)) return
      linked.add(holder)
      link(holder, actor)
    },
    lookup: (key) => living(key).map(({ holder, value }) => ({ holder, value })),
    whereis(key) {
      demandUnique('whereis')
      return living(key)[0]?.holder
    },
    unregister(key, holder, matches = () => true) {
      kept = entries().filter((entry) => !(entry.key === key && entry.holder === holder && matches(entry.value)))
    },
    update(key, holder, change) {
      demandUnique('update')
      const entry = living(key).find((one) => one.holder === holder)
      if (!entry) return undefined
      const before = entry.value
      entry.value = change(before)
      return { before, after: entry.value }
    },
    keysOf: (holder) =>
      entries()
        .filter((entry) => entry.holder === holder)
        .map(({ key }) => key),
    valuesOf: (key, holder) =>
      living(key)
        .filter((entry) => entry.holder === holder)
        .map(({ value }) => value),
    dispatch(key, send) {
      for (const entry of living(key)) send(entry)
    },
    count: () => entries().filter(({ holder }) => holder.alive).length,
  }
}
