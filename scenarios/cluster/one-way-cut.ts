import {
  atMostOnce,
  joinedTopics,
  presenceMatchesReality,
  scenariosFor,
  viewsMatchFreshRender,
} from '../../harness/index.ts'
import { hears, isListener } from '../stalls.ts'
import { enterAllKinds, listenEverywhere, publishFrom, received } from '../support.ts'

const { scenario, step, after } = scenariosFor('store')

export default scenario({
  id: 'cluster/one-way-cut',
  title: 'a link that fails in one direction comes back clean',
  invariant:
    'Answers from n2 to n1 are lost until n1 drops the connection; after healing, messages flow again, each once.',
  covers: ['FI-7', 'DP-11', 'DP-14', 'AM-1', 'AM-4', 'AM-6', 'DF-144'],
  tags: ['browser'],
  given: { pubsub: 'mesh' },
  steps: [
    step('a client listens on every node', async (context) => {
      await listenEverywhere(context)
      await enterAllKinds(context, 'n1')
      await publishFrom(context, ['n1', 'n2', 'n3'], 3)
    }),
    step('cut n1->n2 one way until n1 drops n2', async (context) => {
      await using _cut = await context.nemesis.inject('link.cut-one-way', 'n1->n2')
      await context.until(
        'n1 has dropped n2',
        6_000,
        async () => !(await context.cluster.node('n1').control.state()).peers.n2?.connected,
      )
    }),
    step('publish again once they see each other', async (context) => {
      await context.until(
        'n1 sees n2',
        8_000,
        async () => (await context.cluster.node('n1').control.state()).peers.n2?.connected,
      )
      await publishFrom(context, ['n1', 'n2', 'n3'], 5)
    }),
  ],
  expectations: [
    after(3, 'the client of n2 hears n1 again', async (context) => {
      const isThere = ({ value }: { value?: unknown }) => {
        const { publisher, seq } = value as { publisher?: string; seq?: number }
        return publisher === 'n1' && seq === 8
      }
      await hears(context, 'message 8 of n1 is there', isListener, () =>
        received(context, 'listener-n2', 'ledger').some(isThere),
      )
    }),
  ],
  checkers: [atMostOnce, joinedTopics, presenceMatchesReality, viewsMatchFreshRender],
})
