import { joinedTopics, type ScenarioContext, scenariosFor } from '../../harness/index.ts'
import { mustLoseOnce, watchingStalls } from '../stalls.ts'
import { tokenOf } from '../support.ts'

const { scenario, step, after } = scenariosFor()

export default scenario({
  id: 'channels/disconnect-by-id',
  title: 'a user is disconnected everywhere',
  invariant:
    "Every connection of one user is closed, on whatever node it is; the user comes back, and nobody else's connection is touched.",
  covers: ['CH-90', 'CH-91', 'CH-92', 'CH-124', 'CH-126', 'DF-25'],
  steps: [
    step('a user is there twice, another once', async (context) => {
      for (const [name, node, user] of people) {
        const token = await tokenOf(context, node, user)
        const client = await context.client(name, node, { socket: '/auth_socket', params: () => ({ token }) })
        await client.join(`user:${user}`)
      }
      const first = await context.client('one', 'n1')
      context.provoke('a join of the topic of somebody else is refused and logged', [])
      context.scratch.set(
        'stranger',
        await first.join('user:2').then(
          () => 'ok',
          (error: Error) => error.message,
        ),
      )
      await first.leave('user:2')
    }),
    step('disconnect the first, from a node where it is not', async (context) => {
      context.provoke('the user is disconnected', ['one', 'uno'], context.cluster.promises.disconnectCode)
      const { control } = context.cluster.node('n3')
      // Any other event on the id of a socket means nothing to it.
      await control.broadcast('auth_socket:2', 'connect', {})
      await control.broadcast('auth_socket:1', 'disconnect', {})
      await watchingStalls(context, 'n3', async () => {
        await context.until('both connections are closed', 5_000, () => areLost(context, ofUser))
        await context.until('the user is back', 10_000, async () => {
          const clients = await Promise.all(people.map(([name, node]) => context.client(name, node)))
          return clients.every((client) => client.joins().joined.length === 1)
        })
      })
    }),
  ],
  expectations: [
    after(1, 'nobody joins the topic of somebody else', async (context) => {
      const words = context.cluster.promises.refusalReasons ? 'unauthorized' : 'refused'
      if (!String(context.scratch.get('stranger')).includes(words))
        throw new Error(`the join of user:2 by user 1 ended ${context.scratch.get('stranger')}`)
    }),
    after(2, 'both connections of the user were closed, and no other', async (context) =>
      mustLoseOnce(context, ofUser),
    ),
  ],
  checkers: [joinedTopics],
})

const people = [
  ['one', 'n1', 1],
  ['uno', 'n2', 1],
  ['two', 'n3', 2],
] as const

const ofUser = ['one', 'uno']

const areLost = ({ recorder }: ScenarioContext, names: readonly string[]) =>
  names.every((name) => recorder.events.some(({ type, who }) => type === 'disconnect' && who === name))
