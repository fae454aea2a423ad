import {
  joinedTopics,
  neverOversold,
  presenceMatchesReality,
  scenariosFor,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { enterAllKinds, succeeded } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

export default scenario({
  id: 'store/database-paused',
  title: 'a database that hangs costs no sale twice',
  invariant:
    'While the database hangs, pages are served and sales end unsure; afterwards every unit that was sold existed, and sales work.',
  covers: ['NF-5', 'FI-6', 'ST-15', 'ST-19'],
  tags: ['browser'],
  given: { stock: { 1: 5 } },
  steps: [
    step('sell one pair', async (context) => {
      succeeded(await context.sell('n1', 1), 'sale')
      await enterAllKinds(context, 'n2')
    }),
    step('pause the database and try to sell', async (context) => {
      await using _pause = await context.nemesis.inject('db.pause', 'db')
      const [attempt, page] = await Promise.all([
        context.sell('n2', 1),
        fetch(`${context.cluster.node('n1').directUrl}/`),
      ])
      context.scratch.set('attempt', attempt).set('page', page.status)
    }),
    step('sell one more', async (context) => {
      await context.until(
        'n1 reaches the database',
        10_000,
        async () => (await context.cluster.node('n1').control.ready()).ready,
      )
      succeeded(await context.sell('n1', 1), 'sale')
    }),
  ],
  expectations: [
    after(2, 'the page was served all the same', async (context) => {
      if (context.scratch.get('page') !== 200) throw new Error(`GET / answered ${context.scratch.get('page')}`)
    }),
  ],
  checkers: [neverOversold, presenceMatchesReality, viewsMatchFreshRender, joinedTopics],
})
