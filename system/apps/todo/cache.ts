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
import type { ProcessRegistry } from './process-registry.ts'
import type { ServerMail, Servers } from './servers.ts'

export type Server = ActorRef<ServerMail>

type Mail = { name: string }
type Answer = { server: AnyActorRef } | { error: unknown }

/** Finds the server of a list, or starts one where there is none (RT-18, RT-33). */
export interface Cache {
  readonly child: Child
  /** Rejects when the server cannot be started, or with ActorExited while the cache is not there. */
  serverOf(name: string): Promise<Server>
}

interface CacheOptions {
  runtime: Runtime
  registry: ProcessRegistry
  servers: Servers
  /** With tables, callers look into one that the cache owns; without, they ask the registry. */
  tables?: Tables | undefined
  /** The actor as which callers read the table. */
  reader: () => AnyActorRef
}

export const cacheName = 'todo_cache'
export const tableName = 'ets_todo_cache'

export function createCache({ runtime, registry, servers, tables, reader }: CacheOptions): Cache {
  const inRegistry = (name: string) => registry.whereis(['todo_server', name])

  /** The row of a server that has ended is ignored: its list has another server by now, or gets one (RT-34). */
  function inTable(name: string): AnyActorRef | undefined {
    const [row] = tables?.named(tableName)?.lookup(reader(), name) ?? []
    const server = row?.[1] as AnyActorRef | undefined
    return server?.alive ? server : undefined
  }

  /** Runs in the cache actor, one message at a time, so that simultaneous callers get the same server. */
  async function lookAgainOrStart(name: string): Promise<AnyActorRef> {
    // A cache that was killed takes its table along, but the servers live on, and the registry knows them (RT-78).
    const living = inTable(name) ?? (await inRegistry(name))
    return living ?? startServer(name)
  }

  async function startServer(name: string): Promise<AnyActorRef> {
    try {
      await servers.start(name)
    } catch (error) {
      // Its supervisor restarted it meanwhile.
      if (!(error instanceof KeyTaken)) throw error
    }
    const server = await inRegistry(name)
    if (!server) throw new ActorExited(`the server of ${name} has ended`)
    return server
  }

  async function handle({ name }: Mail, self: AnyActorRef): Promise<Answer> {
    try {
      const server = await lookAgainOrStart(name)
      tables?.named(tableName)?.insert(self, [[name, server]])
      return { server }
    } catch (error) {
      return { error }
    }
  }

  const start = () =>
    runtime.spawn<Mail>({
      name: cacheName,
      role: 'todo_cache',
      init: ({ ref }) => void tables?.create(ref, { name: tableName }),
      handle: (mail, { ref }) => handle(mail, ref),
    })

  async function askCache(name: string): Promise<AnyActorRef> {
    const cache = runtime.registry.whereis(cacheName) as ActorRef<Mail> | undefined
    if (!cache) throw new ActorExited(`${cacheName} is not running`)
    const answer = await cache.call<Answer>({ name })
    if ('error' in answer) throw answer.error
    return answer.server
  }

  return {
    child: child(cacheName, start),
    async serverOf(name) {
      const found = tables ? inTable(name) : await inRegistry(name)
      return (found ?? (await askCache(name))) as Server
    },
  }
}
