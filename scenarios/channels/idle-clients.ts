import { type ScenarioContext, scenariosFor, type WireClient } from '../../harness/index.ts'

const { scenario, step, after } = scenariosFor()

const size = 60
const keptMaxKb = 10
const bigText = 'x'.repeat(50_000)

export default scenario({
  id: 'channels/idle-clients',
  title: 'clients that have said much and are silent now',
  invariant: `Each of ${size} clients sends one big message and nothing more: when it is answered, the node holds nothing of it any more.`,
  covers: ['CH-18', 'RT-66', 'DF-54'],
  given: { nodes: 1, promised: ['idleClientsHoldNothing'] },
  steps: [
    step('they join and send something small', async (context) => {
      const clients: WireClient[] = []
      for (let n = 1; n <= size; n += 1) clients.push(await context.wire(`idle-${n}`, 'n1', { over: 'crowd' }))
      for (const client of clients) client.send(['1', '1', 'ping', 'phx_join', {}])
      for (const client of clients) await push(client, '2', 'small')
      context.scratch.set('clients', clients).set('before', await heapBytes(context))
    }),
    step('each sends something big', async (context) => {
      for (const client of context.scratch.get('clients') as WireClient[]) await push(client, '3', bigText)
      context.scratch.set('after', await heapBytes(context))
    }),
  ],
  expectations: [
    after(2, 'nothing of it is held', async (context) => {
      const grownBytes = Number(context.scratch.get('after')) - Number(context.scratch.get('before'))
      const keptKb = Math.round(grownBytes / size / 1_000)
      if (keptKb > keptMaxKb) throw new Error(`for each idle client the node holds ${keptKb} KB of what it once sent`)
    }),
  ],
})

async function push(client: WireClient, ref: string, text: string) {
  client.send(['1', ref, 'ping', 'ping', { text }])
  await client.receive('an answer', (frame) => frame[1] === ref)
}

const heapBytes = ({ cluster }: ScenarioContext) => cluster.node('n1').control.heapBytes()
