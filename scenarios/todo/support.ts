import type { ScenarioContext } from '../../harness/index.ts'
import { look, mustBe } from '../support.ts'

export type TodoContext = ScenarioContext<'todo'>

/** Which actor each part of the to-do system is, by name. */
export type Actors = Map<string, string>

export const lists = Array.from({ length: 10 }, (_, index) => `list ${index + 1}`)
export const serverOf = (list: string) => `todo_server:${list}`

const registry = 'todo_process_registry'
export const servers = lists.map(serverOf)
const workers = [1, 2, 3].map((number) => `todo_database_worker_${number}`)
export const systemParts = ['todo_system', 'todo_database', 'todo_server_supervisor', 'todo_cache', ...workers]
export const allParts = ['todo', registry, ...systemParts]

const date = '2026-11-30'
const backWithinMs = 15_000
/** As a request says that had no answer in time. */
const notInTime = 'no answer within'

/** Adds an entry to every list; all of them must accept it. */
export async function useAll(context: TodoContext, title: string) {
  const outcomes = await Promise.all(lists.map((name) => context.addTodo('n1', { name, date, titles: [title] })))
  const failed = outcomes.flatMap((one) => (one.kind === 'ok' ? [] : one.error))
  const late = failed.find((error) => error?.startsWith(notInTime))
  if (late !== undefined) context.notReached(`an entry was not added in time (${title}): ${late}`)
  await look(context, () => mustBe(failed, [], `entries refused (${title})`))
}

/** Looks every list up. */
export async function openAll(context: TodoContext) {
  for (const list of lists) await context.openTodo('n1', list, 10)
}

/** Kills an actor, waits until all parts are there, uses every list, and keeps which actors were there before and after. */
export async function killAndUse(context: TodoContext, victim: string) {
  const before = await context.todoActors('n1')
  await context.nemesis.inject('actor.kill', `n1/${victim}`)
  await context.until(`all parts are there after ${victim} was killed`, backWithinMs, async () => {
    const now = await context.todoActors('n1')
    return allParts.every((name) => now.has(name)) && now.get(victim) !== before.get(victim)
  })
  await useAll(context, `after ${victim} was killed`)
  const after = await context.todoActors('n1')
  const changed = [...before].filter(([name, id]) => after.get(name) !== id).map(([name]) => name)
  context.scratch.set(victim, changed.sort())
}

/** The kill of an actor must have changed these and no others. */
export const mustHaveChanged = ({ scratch }: TodoContext, victim: string, names: readonly string[]) =>
  mustBe(scratch.get(victim), [...names].sort(), `actors that are others after ${victim} was killed`)
