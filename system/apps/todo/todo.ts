import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import { type AnyActorRef, type Child, type Runtime, supervisor } from '../../runtime/index.ts'
import { createCache, type Server } from './cache.ts'
import type { TodoConfig } from './config.ts'
import { createDatabase, DatabaseFailed } from './database.ts'
import { createFiles } from './files.ts'
import { createLazyTree } from './lazy-tree.ts'
import { createProcessRegistry } from './process-registry.ts'
import { runProfile } from './profiler.ts'
import { type Added, createServers, listOf, serverRole } from './servers.ts'
import { createStack } from './stack.ts'
import { createSupervision, type TreePart } from './supervision.ts'
import type { Entry, NewEntry } from './todo-list.ts'

interface TodoOptions {
  config: Pick<TodoConfig, 'TODO_FOLDER' | 'TODO_LAYOUT' | 'TODO_CACHE' | 'TODO_DATABASE_WORKERS'>
  runtime: Runtime
  clock: Clock
  log: Log
}

export type Todo = ReturnType<typeof createTodo>

/** The to-do system: lists in actors, found by their names, kept in files (RT-14..RT-35). Its actors start with the first request. */
export function createTodo({ config, runtime, clock, log }: TodoOptions) {
  const { TODO_LAYOUT: layout, TODO_CACHE: cacheKind } = config
  const supervision = createSupervision()
  const reader = () => tree.top()
  const tablesIf = (kind: TodoConfig['TODO_CACHE']) => (cacheKind === kind ? runtime.tables : undefined)
  const registry = createProcessRegistry({ runtime, tables: tablesIf('registry-table'), reader })
  const files = createFiles(config.TODO_FOLDER)
  const database = createDatabase({ runtime, registry, supervision, files, workers: config.TODO_DATABASE_WORKERS })
  const servers = createServers({ runtime, log, registry, database, supervision })
  const cache = createCache({ runtime, registry, servers, tables: tablesIf('table'), reader })
  const stack = createStack(runtime)
  const tree = createLazyTree({ clock, log, supervision }, treeOf(layout))
  const stackTree = createLazyTree(
    { clock, log, supervision },
    { name: 'todo_stack_supervisor', strategy: 'one_for_one', children: [stack.child] },
  )

  /** The registry starts first. In the final layout its end restarts everything that is registered in it, and no other end restarts it (RT-22, RT-23). */
  function treeOf(kind: TodoConfig['TODO_LAYOUT']) {
    const parts = [database.child, servers.child, cache.child]
    if (kind === 'flat') return { name: 'todo', strategy: 'one_for_one', children: [registry.child, ...parts] } as const
    const system: Child = supervision.child('todo_system', (options) =>
      supervisor(runtime, 'todo_system', { strategy: 'one_for_one', ...options }, parts).start(),
    )
    return { name: 'todo', strategy: 'rest_for_one', children: [registry.child, system] } as const
  }

  async function serverOf(name: string): Promise<Server> {
    await tree.open()
    return cache.serverOf(name)
  }

  return {
    children: [tree.child, stackTree.child],
    supervisors: (): AnyActorRef[] => (tree.isOpen() || stackTree.isOpen() ? supervision.actors() : []),
    /** Resolves when the entry is in its file. Rejects with DatabaseFailed when it could not be written there. */
    async add(name: string, entry: NewEntry): Promise<Entry> {
      const server = await serverOf(name)
      const added = await server.call<Added>({ do: 'add', entry })
      if ('problem' in added) throw new DatabaseFailed(added.problem)
      return added.entry
    },
    async entries(name: string, date?: string): Promise<readonly Entry[]> {
      return (await serverOf(name)).call({ do: 'entries', date })
    },
    /** The id of the actor that serves the list, which is started if need be. */
    serverId: async (name: string): Promise<string> => (await serverOf(name)).id,
    /** The names of the lists that have a file. */
    async names(): Promise<string[]> {
      await tree.open()
      return database.names()
    },
    async push(item: string) {
      await stackTree.open()
      return stack.push(item)
    },
    async pop(): Promise<string> {
      await stackTree.open()
      return stack.pop()
    },
    /** Returns how many lookups per second these clients do, over 100 lists (RT-26, RT-27). */
    async profile(load: { clients: number; operations: number }): Promise<number> {
      const lists = Array.from({ length: 100 }, (_, index) => `list ${index + 1}`)
      for (const name of lists) await serverOf(name)
      return runProfile({ ...load, clock, run: (index) => cache.serverOf(lists[index % lists.length]!) })
    },
    /** The lists whose server runs, and which actor that is. */
    running(): ReadonlyMap<string, string> {
      const servers = runtime.actors().filter(({ role }) => role === serverRole)
      return new Map(servers.map(({ name = '', id }) => [listOf(name), id]))
    },
    /** The tree as it is now; the servers of the lists are below their supervisor. */
    tree: (): TreePart => supervision.treeOf('todo'),
    state: () => ({ layout, cache: cacheKind, isOpen: tree.isOpen(), starts: servers.starts() }),
  }
}
