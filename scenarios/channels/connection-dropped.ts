import { atMostOnce, joinedTopics, recoveryTime, scenariosFor } from '../../harness/index.ts'
import { mustLoseOnce, watchingStalls } from '../stalls.ts'
import { listenEverywhere, publishFrom } from '../support.ts'

const { scenario, step, after } = scenariosFor()

export default scenario({
  id: 'channels/connection-dropped',
  title: 'the server side of a connection dies',
  invariant:
    'A connection ends without a word on the server; its client comes back with all its topics, nobody else notices.',
  covers: ['NF-2', 'FI-3', 'CH-61', 'CH-106', 'CH-108', 'CH-112', 'AM-5'],
  steps: [
    step('clients listen on every node', async (context) => {
      await listenEverywhere(context)
      await publishFrom(context, ['n1', 'n2'], 3)
    }),
    step('drop the connection of one of them, publish meanwhile', async (context) => {
      await watchingStalls(context, 'n2', async () => {
        await using _drop = await context.nemesis.inject('connection.drop', 'n1/ping')
        await publishFrom(context, ['n2'], 3)
      })
    }),
    step('publish when it is back', (context) => publishFrom(context, ['n1', 'n2'], 3)),
  ],
  expectations: [
    after(3, 'only that one lost its connection', async (context) => mustLoseOnce(context, ['listener-n1'])),
  ],
  checkers: [atMostOnce, recoveryTime(10_000), joinedTopics],
})
