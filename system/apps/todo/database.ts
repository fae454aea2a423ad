import { ActorExited, type ActorRef, type Child, child, type Runtime, supervisor } from '../../runtime/index.ts'
import type { Files } from './files.ts'
import type { ProcessRegistry } from './process-registry.ts'
import type { Supervision } from './supervision.ts'
import type { TodoList } from './todo-list.ts'

type Mail = { do: 'read'; name: string } | { do: 'write'; name: string; list: TodoList } | { do: 'names' }

/** The reply of a worker. A file that cannot be used does not crash the worker. */
type Answer = { value: unknown } | { problem: string }

/** A list could not be read or written. */
export class DatabaseFailed extends Error {
  override name = 'DatabaseFailed'
}

/** Everything rejects with DatabaseFailed, or with ActorExited while the worker of the list is not there. */
export interface Database {
  readonly child: Child
  read(name: string): Promise<TodoList | undefined>
  write(name: string, list: TodoList): Promise<void>
  names(): Promise<string[]>
}

interface DatabaseOptions {
  runtime: Runtime
  registry: ProcessRegistry
  supervision: Supervision
  files: Files
  workers: number
}

/** A pool of workers, each registered under its number. One of them does everything for one list, in order (RT-14, RT-16). */
export function createDatabase({ runtime, registry, supervision, files, workers }: DatabaseOptions): Database {
  const startWorker = (number: number) =>
    runtime.start<Mail>({
      name: workerNamed(number),
      role: 'todo_database_worker',
      async init(self) {
        await registry.register(['database_worker', number], self.ref)
        await files.prepare()
      },
      handle: (mail) => work(mail).then(asValue, asProblem),
    })

  async function work(mail: Mail): Promise<unknown> {
    if (mail.do === 'read') return files.read(mail.name)
    if (mail.do === 'write') return files.write(mail.name, mail.list)
    return files.names()
  }

  async function ask<T>(number: number, mail: Mail): Promise<T> {
    const worker = await registry.whereis(['database_worker', number])
    if (!worker) throw new ActorExited(`the database worker ${number} is not registered`)
    const answer = await (worker as ActorRef<Mail>).call<Answer>(mail)
    if ('problem' in answer) throw new DatabaseFailed(answer.problem)
    return answer.value as T
  }

  const askFor = <T>(mail: Mail & { name: string }) => ask<T>(workerOf(mail.name, workers), mail)

  return {
    child: supervision.child('todo_database', (options) => {
      const numbers = Array.from({ length: workers }, (_, index) => index + 1)
      const children = numbers.map((number) => child(workerNamed(number), () => startWorker(number)))
      return supervisor(runtime, 'todo_database', { strategy: 'one_for_one', ...options }, children).start()
    }),
    read: (name) => askFor({ do: 'read', name }),
    write: (name, list) => askFor({ do: 'write', name, list }),
    names: () => ask(1, { do: 'names' }),
  }
}

const workerNamed = (number: number) => `todo_database_worker_${number}`

const asValue = (value: unknown): Answer => ({ value })
const asProblem = (error: Error): Answer => ({ problem: error.message })

/** The same worker for the same list, from 1. Pure. */
export function workerOf(name: string, workers: number): number {
  let hash = 0
  for (const letter of name) hash = (hash * 31 + letter.codePointAt(0)!) % 1_000_003
  return (hash % workers) + 1
}
