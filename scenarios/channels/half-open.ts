import { joinedTopics, recoveryTime, scenariosFor } from '../../harness/index.ts'

const { scenario, step, after } = scenariosFor()

const topic = 'ping:half-open'
const silentMs = 2_500

export default scenario({
  id: 'channels/half-open',
  title: 'a black hole between client and server',
  invariant:
    'While nothing gets through and nothing is closed, both ends notice by themselves: the server lets go of the connection, the client gives it up and comes back when it can.',
  covers: ['CH-24', 'CH-25', 'CH-27', 'CH-28', 'CH-106', 'FI-3', 'NF-2', 'DF-5'],
  given: { env: { SOCKET_IDLE_TIMEOUT_MS: String(silentMs) } },
  steps: [
    step('a client listens', async (context) => {
      await (await context.client('dora', 'n1')).join(topic)
    }),
    step('cut its link for longer than both may take to notice', async (context) => {
      await using _cut = await context.nemesis.inject('link.cut', 'dora->n1')
      const longEnough = context.clock.sleep(silentMs + 100)
      const { control } = context.cluster.node('n1')
      const held = async () => (await control.state()).connections.filter(({ topics }) => topics.includes(topic)).length
      const client = await context.client('dora', 'n1')
      await context.until('the client notices', 6_000, () => !client.joins().connected)
      context.scratch.set(
        'letGo',
        await context
          .until('the server lets go', 15_000, async () => (await held()) === 0)
          .then(
            () => true,
            () => false,
          ),
      )
      await longEnough
    }),
    step('wait until it is back', async (context) => {
      const client = await context.client('dora', 'n1')
      await context.until('the client is joined again', 10_000, () => client.joins().joined.length === 1)
    }),
  ],
  outlasts: { 'link.cut': silentMs },
  expectations: [
    after(2, 'the server has let go of the connection', async (context) => {
      if (context.scratch.get('letGo') !== true)
        throw new Error('the server still counts a connection with nobody behind it')
    }),
  ],
  checkers: [recoveryTime(10_000), joinedTopics],
})
