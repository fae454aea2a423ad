import { after, atMostOnce, type Cast, joinedTopics, scenario, step } from '../../harness/index.ts'
import { listenEverywhere, publishFrom, received, succeeded } from '../support.ts'

const nodes = ['n1', 'n2', 'n3']
const published = 10

/** How many frames a node has made for its clients so far, answers aside. */
async function encodedOn(cast: Cast, node: string) {
  const { counters } = await cast.cluster.node(node).control.state()
  return counters.encodes! + counters.pushes!
}

export default scenario({
  id: 'cluster/broadcast',
  title: 'a broadcast on any node reaches the clients of every node, once',
  define:
    'Every node broadcasts; a client on each node gets every message once and in order; an intercepted one names the client’s own node.',
  covers: [
    'DF-16',
    'AT-26',
    'CH-71',
    'CH-77',
    'CH-81',
    'CH-121',
    'AM-1',
    'AM-3',
    'AM-6',
    'DP-5',
    'DF-8',
    'DF-109',
    'CH-79',
    'DF-127',
  ],
  steps: [
    step('a client listens on every node, and three more on the first', async (cast) => {
      await listenEverywhere(cast)
      for (let n = 1; n <= 3; n += 1) await (await cast.client(`more-${n}`, 'n1')).join('ping')
    }),
    step('n1 asks everybody for a ping', async (cast) => {
      await cast.cluster.node('n1').control.broadcast('ping', 'request_ping', { from: 'n1' })
    }),
    step('every node publishes ten messages', async (cast) => {
      const encodedBefore = await encodedOn(cast, 'n1')
      await publishFrom(cast, nodes, published)
      const heard = () => received(cast, 'more-3', 'ledger').length
      await cast
        .until('the last listener has heard all', 3_000, () => heard() === nodes.length * published)
        .catch(() => {})
      cast.notes.set('encoded', (await encodedOn(cast, 'n1')) - encodedBefore)
    }),
  ],
  expectations: [
    after(2, 'everybody was asked by their own node', async (cast) => {
      await cast.until('all are asked', 3_000, () => {
        const asked = cast.recorder.events.filter(({ type, event }) => type === 'receive' && event === 'send_ping')
        return (
          asked.length === cast.clients().length &&
          asked.every(({ node, value }) => (value as { from_node: string }).from_node === node)
        )
      })
    }),
    after(3, 'each message was encoded once for all who listen', async (cast) => {
      const [encoded, messages] = [Number(cast.notes.get('encoded')), nodes.length * published]
      if (encoded > messages) throw new Error(`n1 encoded ${encoded} frames for ${messages} messages`)
    }),
    after(3, 'a push is answered on every node', async (cast) => {
      for (const client of cast.clients()) {
        const reply = (await client.push('ping', 'ping', {})) as { ping: string }
        succeeded({ kind: reply.ping === 'pong' ? 'ok' : 'wrong' }, `ping of ${client.name}`)
      }
    }),
  ],
  laws: [atMostOnce, joinedTopics],
})
