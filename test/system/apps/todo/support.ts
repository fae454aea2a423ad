import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { todoConfig } from '../../../../system/apps/todo/config.ts'
import { createTodo, type Todo } from '../../../../system/apps/todo/todo.ts'
import { systemClock } from '../../../../system/platform/clock.ts'
import { readConfig } from '../../../../system/platform/config.ts'
import { createRuntime, supervisor } from '../../../../system/runtime/index.ts'
import { keptLog } from '../../../support/channel-case.ts'

export type Case = Awaited<ReturnType<typeof startTodo>>

/** A to-do system under a supervisor, with a folder of its own. */
export async function startTodo(env: Record<string, string> = {}, folder = mkdtempSync(join(tmpdir(), 'todo-'))) {
  const clock = systemClock
  const { log, lines } = keptLog()
  const runtime = createRuntime({ clock, log })
  const config = readConfig({ TODO_FOLDER: folder, ...env }, [todoConfig])
  const todo = createTodo({ config, runtime, clock, log })
  const node = await supervisor(
    { clock, log },
    'node',
    { strategy: 'one_for_one', restartsMax: 20 },
    todo.children,
  ).start()
  const actors = () => [...runtime.actors(), ...todo.supervisors()]
  const find = (name: string) => actors().find((actor) => actor.name === name)

  return {
    todo,
    runtime,
    folder,
    /** How often this list was said to be started. */
    startsOf: (list: string) => lines.filter((line) => line === `Starting to-do server for ${list}`).length,
    lines,
    actors,
    idOf: (name: string) => find(name)?.id,
    mailboxOf: (name: string) => find(name)?.mailboxLength,
    handledBy: (name: string) => find(name)?.handled,
    kill: (name: string) => find(name)!.kill(),
    /** Stops the tree and keeps its files, as a node that is started again. */
    stop: () => node.stop(),
    async end() {
      await node.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The ids of the actors of these names. */
export const idsOf = ({ idOf }: Case, names: readonly string[]) => names.map((name) => idOf(name))

export const parts = [
  'todo_process_registry',
  'todo_system',
  'todo_database',
  'todo_database_worker_1',
  'todo_server_supervisor',
  'todo_cache',
] as const

export const namesIn = (part: ReturnType<Todo['tree']>): unknown => [part.name, ...part.parts.map(namesIn)]
