import {
  ActorExited,
  type ActorRef,
  type AnyActorRef,
  type Child,
  child,
  KeyTaken,
  type Runtime,
  type Tables,
} from '../../runtime/index.ts'

/** What an actor is found by: the name of a list, or the number of a database worker (RT-15, RT-16). */
export type Key = readonly ['todo_server', string] | readonly ['database_worker', number]

type Mail =
  | { do: 'register'; key: string; holder: AnyActorRef }
  | { do: 'forget'; key: string; holder: AnyActorRef }
  | { do: 'whereis'; key: string }

export interface ProcessRegistry {
  readonly child: Child
  /** Rejects with KeyTaken where a living actor has the key. */
  register(key: Key, holder: AnyActorRef): Promise<void>
  /** Undefined where no living actor has the key. */
  whereis(key: Key): Promise<AnyActorRef | undefined>
}

interface ProcessRegistryOptions {
  runtime: Runtime
  /** With tables, callers look into one that the registry owns; without, they ask it by messages (RT-35). */
  tables?: Tables | undefined
  /** The actor as which callers read the table. */
  reader: () => AnyActorRef
}

export const registryName = 'todo_process_registry'

/**
 * The registry of the to-do system: an actor that watches its holders without being linked to them. When it is killed its holders live on,
 * and the one that takes its place knows none of them (RT-21).
 */
export function createProcessRegistry({ runtime, tables, reader }: ProcessRegistryOptions): ProcessRegistry {
  const table = () => tables?.named(registryName)

  const start = () => {
    const holders = new Map<string, AnyActorRef>()
    return runtime.spawn<Mail>({
      name: registryName,
      role: 'todo_registry',
      init: ({ ref }) => void tables?.create(ref, { name: registryName }),
      handle(mail, self) {
        const living = holders.get(mail.key)?.alive ? holders.get(mail.key) : undefined
        if (mail.do === 'whereis') return living
        const { key, holder } = mail
        if (mail.do === 'forget') {
          if (holders.get(key) !== holder) return
          holders.delete(key)
          return table()?.delete(self.ref, key)
        }
        if (living) return living
        holders.set(key, holder)
        table()?.insert(self.ref, [[key, holder]])
        holder.onExit(() => self.send({ do: 'forget', key, holder }))
        return undefined
      },
    })
  }

  function actor(): ActorRef<Mail> {
    const found = runtime.registry.whereis(registryName)
    if (!found) throw new ActorExited(`${registryName} is not running`)
    return found as ActorRef<Mail>
  }

  return {
    child: child(registryName, start),
    async register(key, holder) {
      const taken = await actor().call<AnyActorRef | undefined>({ do: 'register', key: textOf(key), holder })
      if (taken) throw new KeyTaken(key, taken)
    },
    async whereis(key) {
      const registry = actor()
      if (!tables) return registry.call({ do: 'whereis', key: textOf(key) })
      const [row] = table()?.lookup(reader(), textOf(key)) ?? []
      const holder = row?.[1] as AnyActorRef | undefined
      return holder?.alive ? holder : undefined
    },
  }
}

const textOf = (key: Key) => JSON.stringify(key)
