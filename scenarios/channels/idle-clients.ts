import { after, type Cast, scenario, step, type WireClient } from '../../harness/index.ts'

const size = 60
const keptMaxKb = 10
const bigText = 'x'.repeat(50_000)

export default scenario({
  id: 'channels/idle-clients',
  title: 'clients that have said much and are silent now',
  define: `Each of ${size} clients sends one big message and nothing more: when it is answered, the node holds nothing of it any more.`,
  covers: ['CH-18', 'RT-66', 'DF-54'],
  given: { nodes: 1 },
  steps: [
    step('they join and send something small', async (cast) => {
      const clients: WireClient[] = []
      for (let n = 1; n <= size; n += 1) clients.push(await cast.wire(`idle-${n}`, 'n1', { over: 'crowd' }))
      for (const client of clients) client.send(['1', '1', 'ping', 'phx_join', {}])
      for (const client of clients) await push(client, '2', 'small')
      cast.notes.set('clients', clients).set('before', await heapBytes(cast))
    }),
    step('each sends something big', async (cast) => {
      for (const client of cast.notes.get('clients') as WireClient[]) await push(client, '3', bigText)
      cast.notes.set('after', await heapBytes(cast))
    }),
  ],
  expectations: [
    after(2, 'nothing of it is held', async (cast) => {
      const grownBytes = Number(cast.notes.get('after')) - Number(cast.notes.get('before'))
      const keptKb = Math.round(grownBytes / size / 1_000)
      if (keptKb > keptMaxKb) throw new Error(`for each idle client the node holds ${keptKb} KB of what it once sent`)
    }),
  ],
})

async function push(client: WireClient, ref: string, text: string) {
  client.send(['1', ref, 'ping', 'ping', { text }])
  await client.receive('an answer', (frame) => frame[1] === ref)
}

const heapBytes = ({ cluster }: Cast) => cluster.node('n1').control.heapBytes()
