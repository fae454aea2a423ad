import { type AppTools, defineApp } from '../../app.ts'
import type { ActorInfo } from '../../cluster/control-client.ts'
import type { Present } from '../../history/inventory.ts'
import type { NewEvent, OperationEnd } from '../../history/operation.ts'
import { HttpTimeout } from '../../platform/http.ts'
import { oneServerPerList } from './checkers/one-server-per-list.ts'
import { todoEntriesKept } from './checkers/todo-entries-kept.ts'
import { addEntries, type NewEntries, type Opened, openList, readEntries, type TodoEntry } from './lists.ts'
import { addOperation, type FinalList, listFinal, openedRead, serversFinal } from './records.ts'

/** The parts that a to-do system has at any time, by the roles of their actors. */
const workersDefault = 3
const serverRole = 'todo_server'

/** The to-do system: lists that are opened, filled and read, and the actors that keep them. */
export const todoApp = defineApp({
  name: 'todo',
  needs: ['control'],
  folderVariable: 'TODO_FOLDER',
  checkers: [oneServerPerList, todoEntriesKept],
  open(tools) {
    const { cluster } = tools.context
    const used = createUsed()
    return {
      members: {
        /** Adds entries of one list at the same time, over the web. */
        addTodo(node: string, entries: NewEntries): Promise<OperationEnd<TodoEntry[]>> {
          used.add(node, entries.name)
          return tools.operation(node, addOperation, entries, () => addEntries(cluster.node(node), entries))
        },
        /** Rejects when the list cannot be read. */
        todoEntries(node: string, name: string): Promise<TodoEntry[]> {
          used.add(node, name)
          return readEntries(cluster.node(node), name)
        },
        /** Opens a list for this many callers at the same moment; nothing may be broken meanwhile. */
        async openTodo(node: string, name: string, callers: number): Promise<Opened> {
          used.add(node, name)
          return openRecorded(tools, node, name, callers)
        },
        /** Which actor every part of the to-do system is now, by its name. */
        todoActors: async (node: string): Promise<Map<string, string>> =>
          new Map((await todoActors(tools, node)).map(({ name = '', id }) => [name, id])),
        /** Pops the stack of the demo, or pushes on it. Rejects with ControlError when its worker crashes. */
        todoStack(node: string, mail: { do: 'pop' } | { do: 'push'; item: string }) {
          used.touch(node)
          return cluster.node(node).control.post<{ item?: string }>('/todo/stack', mail)
        },
      },
      present: async () => used.nodes().map(([node, names]) => presentOf(node, names.size)),
      hasSettled: async () => (await Promise.all(used.nodes().map(([node]) => isComplete(tools, node)))).every(Boolean),
      async finalReads() {
        const events = used
          .nodes()
          .map(async ([node, names]) => [
            await serversOf(tools, node),
            ...(await Promise.all([...names].map((name) => finalOf(tools, node, name)))),
          ])
        return (await Promise.all(events)).flat()
      },
    }
  },
})

/** The lists that were used on each node. */
function createUsed() {
  const lists = new Map<string, Set<string>>()

  /** A node of which something else than a list was used. */
  function touch(node: string): Set<string> {
    const names = lists.get(node) ?? new Set()
    lists.set(node, names)
    return names
  }

  return {
    touch,
    add: (node: string, name: string) => void touch(node).add(name),
    nodes: () => [...lists],
  }
}

async function openRecorded({ context: { cluster, recorder } }: AppTools, node: string, name: string, callers: number) {
  const value = await openList(cluster.node(node), name, callers)
  recorder.record({ who: node, node, type: 'read', operation: openedRead, value: { name, ...value } })
  return value
}

async function todoActors({ context: { cluster } }: AppTools, node: string): Promise<ActorInfo[]> {
  return (await cluster.node(node).control.actors()).filter(({ name }) => name?.startsWith('todo'))
}

/** What it may hold on a node; the actors of the lists go on until the node stops. */
const presentOf = (node: string, lists: number): Present => ({
  who: 'to-do system',
  node,
  connections: 0,
  polls: 0,
  channels: 0,
  actors: { todo_registry: 1, todo_database_worker: workersDefault, todo_cache: 1, todo_stack: 1, [serverRole]: lists },
})

/** All of its parts run, or none of them: they start with the first request. */
async function isComplete(tools: AppTools, node: string): Promise<boolean> {
  const names = new Set((await todoActors(tools, node)).map(({ name }) => name))
  const workers = Array.from({ length: workersDefault }, (_, index) => `todo_database_worker_${index + 1}`)
  const parts = ['todo_process_registry', 'todo_cache', ...workers].map((name) => names.has(name))
  return parts.every(Boolean) || !parts.some(Boolean)
}

async function serversOf(tools: AppTools, node: string): Promise<NewEvent> {
  const servers = (await todoActors(tools, node)).filter(({ role }) => role === serverRole)
  const value: Record<string, number> = {}
  for (const { name = '' } of servers) value[name] = (value[name] ?? 0) + 1
  return { who: node, node, type: 'final', operation: serversFinal, value }
}

async function finalOf({ context: { cluster } }: AppTools, node: string, name: string): Promise<NewEvent> {
  const value: FinalList = await readEntries(cluster.node(node), name).then(
    (entries) => ({ name, entries }),
    (error: Error) => ({ name, problem: error.message, ...(error instanceof HttpTimeout && { isLate: true }) }),
  )
  return { who: node, node, type: 'final', operation: listFinal, value }
}
