import { oneServerPerList, scenariosFor, todoEntriesKept } from '../../harness/index.ts'
import { nothingWasWrong } from '../support.ts'
import { lists, useAll } from './support.ts'

const { scenario, step, after } = scenariosFor('todo')

export default scenario({
  id: 'todo/node-killed',
  title: 'a node is killed while entries are added to its lists',
  invariant: 'What was confirmed is in its file: after a restart every list has it, whatever was being written.',
  covers: ['RT-12', 'RT-24', 'RT-14'],
  given: { nodes: 1 },
  nightlyBecause: 'it waits for a node to start again',
  steps: [
    step('open ten lists and fill them', async (context) => {
      for (const list of lists) await context.openTodo('n1', list, 10)
      for (const title of ['first', 'second', 'third']) await useAll(context, title)
    }),
    step('kill the node while it writes, and start it again', async (context) => {
      const titles = Array.from({ length: 100 }, (_, index) => `entry ${index + 1}`)
      const adding = lists.map((name) => context.addTodo('n1', { name, date: '2026-12-01', titles }))
      {
        await using _kill = await context.nemesis.inject('node.kill', 'n1')
        await Promise.all(adding)
      }
    }),
    step('use every list again', async (context) => {
      await context.until('n1 is ready', 10_000, async () => (await context.cluster.node('n1').control.ready()).ready)
      await useAll(context, 'after the restart')
    }),
  ],
  expectations: [
    after(1, 'every list accepted entries', nothingWasWrong),
    after(3, 'every list accepts entries again', nothingWasWrong),
    after(3, 'every list has an entry from before and one from after', async (context) => {
      for (const list of lists) {
        const titles = (await context.todoEntries('n1', list)).map(({ title }) => title)
        for (const title of ['third', 'after the restart'])
          if (!titles.includes(title)) throw new Error(`${list} has no entry "${title}"`)
      }
    }),
  ],
  checkers: [oneServerPerList, todoEntriesKept],
})
