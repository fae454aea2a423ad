import { oneServerPerList, scenariosFor, todoEntriesKept } from '../../harness/index.ts'
import { nothingWasWrong } from '../support.ts'
import { killAndUse, lists, mustHaveChanged, openAll, serverOf, servers, systemParts, useAll } from './support.ts'

const { scenario, step, after } = scenariosFor('todo')

const worker = 'todo_database_worker_2'
const registry = 'todo_process_registry'
const [firstList] = lists as [string]
const server = serverOf(firstList)

/** Every part of the to-do system is killed in turn, each time every list is used, and only what should have is another actor then. */
export const killEachPart = (
  own: Pick<Parameters<typeof scenario>[0], 'id' | 'title' | 'covers' | 'given' | 'nightlyBecause'>,
) =>
  scenario({
    invariant:
      'A part that is killed comes back alone, or with all that depends on it: the registry takes the system along, and nothing else touches the registry. Every list is usable at once, with all of its entries.',
    ...own,
    steps: [
      step('open ten lists, one for a thousand at the same moment, the others for ten', async (context) => {
        await context.openTodo('n1', firstList, 1_000)
        await openAll(context)
        await useAll(context, 'first')
      }),
      step('kill the server of a list', (context) => killAndUse(context, server)),
      step('kill the cache, and look every list up', async (context) => {
        await killAndUse(context, 'todo_cache')
        await openAll(context)
      }),
      step('kill a database worker', (context) => killAndUse(context, worker)),
      step('kill the supervisor of the servers', (context) => killAndUse(context, 'todo_server_supervisor')),
      step('kill the supervisor of the system', (context) => killAndUse(context, 'todo_system')),
      step('kill the registry', (context) => killAndUse(context, registry)),
    ],
    expectations: [
      ...[1, 2, 3, 4, 5, 6, 7].map((number) => after(number, 'every list accepted an entry', nothingWasWrong)),
      after(2, 'the list has another server, and nothing else has changed', async (context) =>
        mustHaveChanged(context, server, [server]),
      ),
      after(3, 'every list has the server that it had', async (context) =>
        mustHaveChanged(context, 'todo_cache', ['todo_cache']),
      ),
      after(4, 'only the worker is another one', async (context) => mustHaveChanged(context, worker, [worker])),
      after(5, 'only the servers are others', async (context) =>
        mustHaveChanged(context, 'todo_server_supervisor', ['todo_server_supervisor', ...servers]),
      ),
      after(6, 'the registry is the same', async (context) =>
        mustHaveChanged(context, 'todo_system', [...systemParts, ...servers]),
      ),
      after(7, 'everything below the top is another one', async (context) =>
        mustHaveChanged(context, registry, [registry, ...systemParts, ...servers]),
      ),
    ],
    checkers: [oneServerPerList, todoEntriesKept],
  })
