import { joinedTopics, presenceMatchesReality, scenariosFor, viewsMatchFreshRender } from '../../harness/index.ts'
import { enterBeside, listings, openPage, openShop, sees, succeeded, theTab } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

export default scenario({
  id: 'store/start-without-database',
  title: 'a node that starts without its database shows an error, and then recovers by itself',
  invariant:
    'A server that is restarted while the database is down serves an error and no wrong page, and serves the shop once the database is back.',
  covers: ['AT-22', 'DF-70', 'ST-21', 'NF-5', 'DF-69'],
  tags: ['browser'],
  steps: [
    step('load the shop', async (context) => {
      await openShop(context, 'alice', 'n1')
      // Not loaded again later: it has to follow by itself.
      await openPage(context, 'livia', 'n1', '/drops')
      await enterBeside(context, 'n1')
    }),
    step(
      'kill the database',
      async (context) => void context.scratch.set('outage', await context.nemesis.inject('db.kill', 'db')),
    ),
    step('restart the server', async (context) => {
      const restart = await context.nemesis.inject('node.stop', 'n1')
      context.scratch.set('restart', restart)
      await context.cluster.node('n1').start()
    }),
    step('look at the page for a second', async (context) => {
      const seen = new Set<number>()
      for (let n = 0; n < 10; n += 1) {
        seen.add((await fetch(`${context.cluster.node('n1').directUrl}/`)).status)
        await context.clock.sleep(100)
      }
      context.scratch.set('statuses', [...seen])
    }),
    step('start the database', async (context) => {
      await (context.scratch.get('outage') as { heal(): Promise<void> }).heal()
      const { ready } = context.cluster.node('n1')
      context.scratch.set(
        'recovered',
        await ready(20_000).then(
          () => true,
          () => false,
        ),
      )
    }),
    step('reload and release product 1', async (context) => {
      await context.nemesis.healEverything()
      await theTab(context, 'alice').reload()
      succeeded(await context.release('n1', 1), 'release')
    }),
  ],
  expectations: [
    after(4, 'every answer was an error', async (context) => {
      const statuses = context.scratch.get('statuses') as number[]
      if (statuses.some((status) => status < 500)) throw new Error(`the page answered ${statuses.join(', ')}`)
    }),
    after(5, 'the server is well again', async (context) => {
      if (context.scratch.get('recovered') !== true) throw new Error('the server does not serve the shop by itself')
    }),
    ...['alice', 'livia'].map((who) =>
      after(6, `${who} sees the sizes of product 1`, (context) =>
        sees(context, who, listings({ 1: 'sizes', 2: 'soon' })),
      ),
    ),
  ],
  checkers: [viewsMatchFreshRender, joinedTopics, presenceMatchesReality],
})
