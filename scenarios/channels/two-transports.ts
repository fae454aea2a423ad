import { type ScenarioContext, scenariosFor } from '../../harness/index.ts'
import { mustBe } from '../support.ts'

const { scenario, step, after } = scenariosFor()

const newsCount = 3

export default scenario({
  id: 'channels/two-transports',
  title: 'the same conversation over a WebSocket and over a long poll',
  invariant:
    'One client has a WebSocket, another one asks again and again: joins, pushes, broadcasts of another node and a leave look the same to both.',
  covers: ['CH-3', 'CH-19', 'CH-20', 'DF-129'],
  given: { nodes: 2, promised: ['longPolls'] },
  hasTooLongRequest: true,
  steps: [
    step('both join and push', async (context) => {
      for (const client of [await context.wire('socket', 'n1'), await context.poll('poll', 'n1')]) {
        client.send(['1', '1', 'ping', 'phx_join', {}])
        await client.receive('its join', ([, ref]) => ref === '1')
        client.send(['1', '2', 'ping', 'ping', {}])
        await client.receive('its answer', ([, ref]) => ref === '2')
        context.scratch.set(client.name, client)
      }
    }),
    step('another node broadcasts', async (context) => {
      for (let n = 1; n <= newsCount; n += 1) await context.cluster.node('n2').control.broadcast('ping', 'news', { n })
      await context.until('the socket has heard all', 3_000, () => newsOf(context, 'socket').length === newsCount)
    }),
    step('both leave', async (context) => {
      for (const client of [clientOf(context, 'socket'), clientOf(context, 'poll')]) {
        client.send(['1', '3', 'ping', 'phx_leave', {}])
        await client.receive('the end', ([, , , event]) => event === 'phx_close')
      }
    }),
  ],
  expectations: [
    after(2, 'both have heard all', async (context) => {
      await context
        .until('the poll has heard all', 8_000, () => newsOf(context, 'poll').length === newsCount)
        .catch(() => {
          throw new Error(`over a long poll: ${newsOf(context, 'poll').length} of ${newsCount} came`)
        })
    }),
    after(3, 'both conversations are the same', async (context) => {
      mustBe(clientOf(context, 'poll').frames(), clientOf(context, 'socket').frames(), 'the frames over a long poll')
    }),
  ],
})

type Client = Awaited<ReturnType<ScenarioContext['poll']>>

const clientOf = (context: ScenarioContext, name: string) => context.scratch.get(name) as Client

const newsOf = (context: ScenarioContext, name: string) =>
  clientOf(context, name)
    .frames()
    .filter(([, , , event]) => event === 'news')
