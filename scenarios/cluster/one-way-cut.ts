import { after, atMostOnce, joinedTopics, scenario, step } from '../../harness/index.ts'
import { listenEverywhere, publishFrom } from '../support.ts'

export default scenario({
  id: 'cluster/one-way-cut',
  title: 'a link that fails in one direction comes back clean',
  define:
    'Answers from n2 to n1 are lost until n1 drops the connection; after healing, messages flow again, each once.',
  covers: ['FI-7', 'DP-11', 'DP-14', 'AM-1', 'AM-4', 'AM-6', 'DF-144'],
  given: { pubsub: 'mesh' },
  steps: [
    step('a client listens on every node', async (cast) => {
      await listenEverywhere(cast)
      await publishFrom(cast, ['n1', 'n2', 'n3'], 3)
    }),
    step('cut n1->n2 one way until n1 drops n2', async (cast) => {
      await using _cut = await cast.nemesis.inject('link.cut-one-way', 'n1->n2')
      await cast.until(
        'n1 has dropped n2',
        6_000,
        async () => !(await cast.cluster.node('n1').control.state()).peers.n2?.connected,
      )
    }),
    step('publish again once they see each other', async (cast) => {
      await cast.until(
        'n1 sees n2',
        8_000,
        async () => (await cast.cluster.node('n1').control.state()).peers.n2?.connected,
      )
      await publishFrom(cast, ['n1', 'n2', 'n3'], 5)
    }),
  ],
  expectations: [
    after(3, 'the client of n2 hears n1 again', async (cast) => {
      await cast.until('message 8 of n1 is there', 4_000, () =>
        cast.recorder.events.some(
          ({ type, who, value }) =>
            type === 'receive' &&
            who === 'listener-n2' &&
            (value as { publisher?: string; seq?: number }).publisher === 'n1' &&
            (value as { seq?: number }).seq === 8,
        ),
      )
    }),
  ],
  laws: [atMostOnce, joinedTopics],
})
