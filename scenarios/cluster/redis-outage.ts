import {
  atMostOnce,
  joinedTopics,
  presenceMatchesReality,
  type ScenarioContext,
  scenariosFor,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { hears, isListener } from '../stalls.ts'
import { enterAllKinds, listenEverywhere, publishFrom, received } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

const nodes = ['n1', 'n2', 'n3']
const publishedWhileAway = 4

/** Which numbers of one node's messages a listener has got. */
const got = (context: ScenarioContext, listener: string, publisher: string) =>
  received(context, listener, 'ledger')
    .map(({ value }) => value as { publisher: string; seq: number })
    .filter((entry) => entry.publisher === publisher)
    .map(({ seq }) => seq)

/** Everybody has got this number of every node. */
const crossed = (context: ScenarioContext, seq: number) =>
  hears(context, `number ${seq} of every node is everywhere`, isListener, () =>
    nodes.every((to) => nodes.every((from) => got(context, `listener-${to}`, from).includes(seq))),
  )

const seeEachOther = async (context: ScenarioContext, wanted: boolean) => {
  const states = await Promise.all(context.cluster.nodes.map(({ control }) => control.state()))
  return states.every(({ peers }) => Object.values(peers).every(({ connected }) => connected === wanted))
}

export default scenario({
  id: 'cluster/redis-outage',
  title: 'without Redis every node serves its own, and nothing comes late',
  invariant:
    'Redis is killed: clients get what their own node publishes, the rest is lost for good; once Redis is back, messages cross nodes again, each once.',
  covers: ['FI-14', 'NF-18', 'DP-7', 'DP-8', 'DP-9', 'AM-1', 'AM-4', 'DF-112'],
  tags: ['browser'],
  given: { nodes: nodes.length, pubsub: 'redis' },
  steps: [
    step('a client listens on every node', async (context) => {
      await listenEverywhere(context)
      await enterAllKinds(context, 'n1')
      await publishFrom(context, nodes, 3)
    }),
    step('kill Redis and publish on every node', async (context) => {
      await context.nemesis.inject('redis.kill', 'redis')
      await context.until('every node knows that it is alone', 5_000, () => seeEachOther(context, false))
      await publishFrom(context, nodes, publishedWhileAway)
    }),
    step('start Redis', async (context) => {
      await context.nemesis.healEverything()
      await context.until('all nodes see each other', 10_000, () => seeEachOther(context, true))
    }),
    step('publish on every node again', (context) => publishFrom(context, nodes, 3)),
  ],
  expectations: [
    after(1, 'every message crossed nodes', (context) => crossed(context, 3)),
    after(2, 'clients got what their own node published', async (context) => {
      await hears(context, 'number 7 of each node is there', isListener, () =>
        nodes.every((node) => got(context, `listener-${node}`, node).includes(3 + publishedWhileAway)),
      )
    }),
    after(4, 'messages cross nodes again', (context) => crossed(context, 3 + publishedWhileAway + 3)),
    after(4, 'what was lost did not come later', async (context) => {
      const late = nodes.flatMap((to) =>
        nodes
          .filter((from) => from !== to)
          .flatMap((from) =>
            got(context, `listener-${to}`, from)
              .filter((seq) => seq > 3 && seq <= 3 + publishedWhileAway)
              .map((seq) => `${from}/${seq} on ${to}`),
          ),
      )
      if (late.length > 0) throw new Error(`these came later: ${late.join(', ')}`)
    }),
  ],
  checkers: [atMostOnce, joinedTopics, presenceMatchesReality, viewsMatchFreshRender],
})
