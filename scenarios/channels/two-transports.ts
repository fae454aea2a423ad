import { after, type Cast, scenario, step } from '../../harness/index.ts'
import { mustBe } from '../support.ts'

const newsCount = 3

export default scenario({
  id: 'channels/two-transports',
  title: 'the same conversation over a WebSocket and over a long poll',
  define:
    'One client has a WebSocket, another one asks again and again: joins, pushes, broadcasts of another node and a leave look the same to both.',
  covers: ['CH-3', 'CH-19', 'CH-20', 'DF-129'],
  given: { nodes: 2 },
  steps: [
    step('both join and push', async (cast) => {
      for (const client of [await cast.wire('socket', 'n1'), await cast.poll('poll', 'n1')]) {
        client.send(['1', '1', 'ping', 'phx_join', {}])
        await client.receive('its join', ([, ref]) => ref === '1')
        client.send(['1', '2', 'ping', 'ping', {}])
        await client.receive('its answer', ([, ref]) => ref === '2')
        cast.notes.set(client.name, client)
      }
    }),
    step('another node broadcasts', async (cast) => {
      for (let n = 1; n <= newsCount; n += 1) await cast.cluster.node('n2').control.broadcast('ping', 'news', { n })
      await cast.until('the socket has heard all', 3_000, () => newsOf(cast, 'socket').length === newsCount)
    }),
    step('both leave', async (cast) => {
      for (const client of [clientOf(cast, 'socket'), clientOf(cast, 'poll')]) {
        client.send(['1', '3', 'ping', 'phx_leave', {}])
        await client.receive('the end', ([, , , event]) => event === 'phx_close')
      }
    }),
  ],
  expectations: [
    after(2, 'both have heard all', async (cast) => {
      await cast
        .until('the poll has heard all', 3_000, () => newsOf(cast, 'poll').length === newsCount)
        .catch(() => {
          throw new Error(`over a long poll: ${newsOf(cast, 'poll').length} of ${newsCount} came`)
        })
    }),
    after(3, 'both conversations are the same', async (cast) => {
      mustBe(clientOf(cast, 'poll').frames(), clientOf(cast, 'socket').frames(), 'the frames over a long poll')
    }),
  ],
})

type Client = Awaited<ReturnType<Cast['poll']>>

const clientOf = (cast: Cast, name: string) => cast.notes.get(name) as Client

const newsOf = (cast: Cast, name: string) =>
  clientOf(cast, name)
    .frames()
    .filter(([, , , event]) => event === 'news')
