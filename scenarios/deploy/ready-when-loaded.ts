import { joinedTopics, nodesAgreeWithDatabase, scenariosFor } from '../../harness/index.ts'
import { mustBe, releaseBoth } from '../support.ts'
import { door } from './support.ts'

const { scenario, step, after } = scenariosFor('store')

const startsWithinMs = 10_000

export default scenario({
  id: 'deploy/ready-when-loaded',
  title: 'a new node gets clients when its inventory is loaded, and not before',
  invariant:
    'A node that starts while its database does not answer says that it is not ready and gets no clients; when the inventory is loaded it says so, and serves what the others serve.',
  nightlyBecause: 'it starts a second node while the database is paused',
  covers: ['DP-40', 'DP-38', 'DP-33', 'FI-13'],
  given: { nodes: 1, standby: ['n2'], balancer: 'round-robin', stock: { 1: 500, 2: 500, 9: 500 } },
  steps: [
    step('somebody shops', async (context) => {
      await releaseBoth(context, 'n1')
      mustBe(await (await context.wireShopper('ann', door)).add(1), 'ok', 'ann adds an item')
    }),
    step('start a second node while the database is paused', async (context) => {
      const { control } = context.cluster.node('n2')
      const paused = await context.nemesis.inject('db.pause', 'db')
      const startedMs = context.clock.monotonicMs()
      const out = context.nemesis.inject('scale.out', 'n2')
      await context.until('n2 answers', startsWithinMs, () => control.health().catch(() => undefined))
      context.scratch.set('early', await control.ready())
      context.scratch.set('listed', context.cluster.balancer!.nodes())
      await paused.heal()
      await out
      const tookMs = Math.round(context.clock.monotonicMs() - startedMs)
      context.reached(`n2 was ready ${tookMs} ms after its start, with a database that was paused for a part of that`)
    }),
    step('look at its page', async (context) => {
      context.scratch.set('late', await context.cluster.node('n2').control.ready())
      const { directUrl } = context.cluster.node('n2')
      context.scratch.set('page', (await fetch(`${directUrl}/`)).status)
      await context.nemesis.healEverything()
    }),
  ],
  expectations: [
    after(2, 'it was not ready at first, and got no clients', async ({ scratch }) => {
      const { ready, inventory } = scratch.get('early') as { ready: boolean; inventory: boolean }
      mustBe({ ready, inventory }, { ready: false, inventory: false }, 'what n2 said while the database was paused')
      mustBe(scratch.get('listed'), ['n1'], 'nodes with clients')
    }),
    after(3, 'it is ready, and serves the shop', async ({ scratch }) => {
      mustBe((scratch.get('late') as { ready: boolean }).ready, true, 'whether n2 is ready')
      mustBe(scratch.get('page'), 200, 'the status of its page')
    }),
  ],
  checkers: [joinedTopics, nodesAgreeWithDatabase],
})
