import {
  ActorExited,
  type ActorRef,
  type AnyActorRef,
  type Child,
  child,
  KeyTaken,
  type Runtime,
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

export const registryName = 'todo_process_registry'

/**
 * The registry of the to-do system: an actor that is asked by messages, and watches its holders without being linked to them. When it is
 * killed its holders live on, and the one that takes its place knows none of them (RT-21).
 */
export function createProcessRegistry(runtime: Runtime): ProcessRegistry {
  const start = () => {
    const holders = new Map<string, AnyActorRef>()
    return runtime.spawn<Mail>({
      name: registryName,
      role: 'todo_registry',
      handle(mail, self) {
        const living = holders.get(mail.key)?.alive ? holders.get(mail.key) : undefined
        if (mail.do === 'whereis') return living
        if (mail.do === 'forget') return void (holders.get(mail.key) === mail.holder && holders.delete(mail.key))
        const { key, holder } = mail
        if (living) return living
        holders.set(key, holder)
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
    whereis: async (key) => actor().call({ do: 'whereis', key: textOf(key) }),
  }
}

const textOf = (key: Key) => JSON.stringify(key)
