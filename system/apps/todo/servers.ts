import type { Log } from '../../platform/log.ts'
import {
  ActorExited,
  type ActorRef,
  type Child,
  type DynamicSupervisor,
  dynamicSupervisor,
  type Runtime,
} from '../../runtime/index.ts'
import type { Database } from './database.ts'
import type { ProcessRegistry } from './process-registry.ts'
import type { Supervision } from './supervision.ts'
import { type Entry, emptyList, entriesOf, type NewEntry, withEntry } from './todo-list.ts'

export type ServerMail = { do: 'add'; entry: NewEntry } | { do: 'entries'; date?: string | undefined }

/** The reply to `add`. An entry whose write failed is not in the list of the server, though it may be in the file. */
export type Added = { entry: Entry } | { problem: string }

/** The servers of the lists, one for each list that somebody has opened (RT-17). */
export interface Servers {
  readonly child: Child
  /** Rejects with KeyTaken where the list has a server, with ChildRefused where too many lists are open, or with what kept the server from reading its file. */
  start(name: string): Promise<void>
  /** How often a server was started for each list, since the node started. */
  starts(): Record<string, number>
}

interface ServersOptions {
  runtime: Runtime
  log: Log
  registry: ProcessRegistry
  database: Database
  supervision: Supervision
}

/** Every open list has an actor, so a limit protects the memory of the node. */
const listsMax = 10_000

const supervisorName = 'todo_server_supervisor'
export const serverRole = 'todo_server'
const serverNamed = (list: string) => `todo_server:${list}`
/** The list of a server, by the name of its actor. */
export const listOf = (server: string): string => server.slice(serverNamed('').length)

export function createServers({ runtime, log, registry, database, supervision }: ServersOptions): Servers {
  const starts = new Map<string, number>()
  let current: DynamicSupervisor<[string]> | undefined

  /** Counts and logs a start before the registry can refuse the name, so that every attempt is seen (RT-18). */
  function noteStart(name: string) {
    starts.set(name, (starts.get(name) ?? 0) + 1)
    log.info({ event: 'todo_server_starts', list: name }, `Starting to-do server for ${name}`)
  }

  function startServer(name: string): Promise<ActorRef<ServerMail>> {
    let list = emptyList
    noteStart(name)
    return runtime.start<ServerMail>(
      {
        name: serverNamed(name),
        role: serverRole,
        async init(self) {
          await registry.register(['todo_server', name], self.ref)
          list = (await database.read(name)) ?? emptyList
        },
        async handle(mail): Promise<Added | readonly Entry[]> {
          if (mail.do === 'entries') return entriesOf(list, mail.date)
          const { list: next, entry } = withEntry(list, mail.entry)
          try {
            await database.write(name, next)
          } catch (error) {
            return { problem: (error as Error).message }
          }
          list = next
          return { entry }
        },
      },
      { unique: false },
    )
  }

  return {
    child: supervision.child(supervisorName, (options) => {
      const child = (name: string) => ({ label: serverNamed(name), start: () => startServer(name) })
      current = dynamicSupervisor<[string]>(runtime, supervisorName, { ...options, child, childrenMax: listsMax })
      return current
    }),
    async start(name) {
      if (!current?.alive) throw new ActorExited(`${supervisorName} is not running`)
      await current.startChild(name)
    },
    starts: () => Object.fromEntries(starts),
  }
}
