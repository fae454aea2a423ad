import { oneServerPerList, scenariosFor } from '../../harness/index.ts'
import { mustBe } from '../support.ts'
import { lists, servers } from './support.ts'

const { scenario, step, after } = scenariosFor('todo')

const registry = 'todo_process_registry'

export default scenario({
  id: 'todo/flat-tree',
  title: 'the registry of a to-do system whose parts are all under one supervisor is killed',
  invariant:
    'A registry that is restarted alone is empty, and stays so: nobody registers again. No list can be opened any more, although every server lives.',
  covers: ['RT-21', 'AT-49'],
  given: { nodes: 1, env: { TODO_LAYOUT: 'flat', TODO_CACHE: 'registry' } },
  nightlyBecause: 'it shows a mistake of the text, in a layout that no node has by default',
  steps: [
    step('open ten lists', async (context) => {
      for (const list of lists) await context.openTodo('n1', list, 10)
      context.scratch.set('before', await context.todoActors('n1'))
    }),
    step('kill the registry', async (context) => void (await context.nemesis.inject('actor.kill', `n1/${registry}`))),
    step('read every list three times', async (context) => {
      for (let round = 0; round < 3; round += 1) {
        const read = await Promise.allSettled(lists.map((list) => context.todoEntries('n1', list)))
        context.scratch.set(`read ${round}`, read.filter(({ status }) => status === 'fulfilled').length)
      }
      context.scratch.set('after', await context.todoActors('n1'))
    }),
  ],
  expectations: [
    after(3, 'no list could be read', async ({ scratch }) =>
      mustBe(
        [0, 1, 2].map((round) => scratch.get(`read ${round}`)),
        [0, 0, 0],
        'lists that were read',
      ),
    ),
    after(3, 'only the registry is another one, and every server lives', async ({ scratch }) => {
      const [before, now] = [scratch.get('before'), scratch.get('after')] as [Map<string, string>, Map<string, string>]
      const changed = [...before].filter(([name, id]) => now.get(name) !== id).map(([name]) => name)
      mustBe(changed, [registry], 'actors that are others')
      mustBe(
        servers.every((name) => now.has(name)),
        true,
        'every server lives',
      )
    }),
  ],
  checkers: [oneServerPerList],
})
