import { atMostOnce, joinedTopics, type ScenarioContext, scenariosFor } from '../../harness/index.ts'
import { hears, isListener } from '../stalls.ts'
import { listenEverywhere, publishFrom, received, succeeded } from '../support.ts'

const { scenario, step, after, afterIfPromised } = scenariosFor()

const nodes = ['n1', 'n2', 'n3']
const published = 10

/** How many frames a node has made for its clients so far, answers aside. */
async function encodedOn(context: ScenarioContext, node: string) {
  if (!context.cluster.promises.encodesBroadcastsOnce) return 0
  const { counters } = await context.cluster.node(node).control.state()
  return counters.encodes! + counters.pushes!
}

export default scenario({
  id: 'cluster/broadcast',
  title: 'a broadcast on any node reaches the clients of every node, once',
  invariant:
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
    'DP-4',
    'DP-5',
    'DF-8',
    'DF-109',
    'CH-79',
    'DF-127',
  ],
  withoutBackground: 'it counts every frame that n1 encodes',
  steps: [
    step('a client listens on every node, and three more on the first', async (context) => {
      await listenEverywhere(context)
      for (let n = 1; n <= 3; n += 1) await (await context.client(`more-${n}`, 'n1')).join('ping')
    }),
    step('n1 asks everybody for a ping', async (context) => {
      await context.cluster.node('n1').control.broadcast('ping', 'request_ping', { from: 'n1' })
    }),
    step('every node publishes ten messages', async (context) => {
      const encodedBefore = await encodedOn(context, 'n1')
      await publishFrom(context, nodes, published)
      const heard = () => received(context, 'more-3', 'ledger').length
      await context
        .until('the last listener has heard all', 15_000, () => heard() === nodes.length * published)
        .catch(() => {})
      context.scratch.set('heard', heard()).set('encoded', (await encodedOn(context, 'n1')) - encodedBefore)
    }),
  ],
  expectations: [
    after(2, 'everybody was asked by their own node', async (context) => {
      await hears(context, 'all are asked', isListener, () => {
        const asked = context.recorder.events.filter(({ type, event }) => type === 'receive' && event === 'send_ping')
        return (
          asked.length === context.clients().length &&
          asked.every(
            ({ node, value }) => (value as { from_node: string }).from_node === context.cluster.node(node!).ownName,
          )
        )
      })
    }),
    afterIfPromised('encodesBroadcastsOnce', 3, 'each message was encoded once for all who listen', async (context) => {
      const [encoded, messages] = [Number(context.scratch.get('encoded')), nodes.length * published]
      if (encoded > messages) throw new Error(`n1 encoded ${encoded} frames for ${messages} messages`)
      // A counter that stands still would prove nothing.
      const heard = Number(context.scratch.get('heard'))
      if (encoded < heard)
        throw new Error(`n1 counted ${encoded} frames, and one of its clients heard ${heard} messages`)
    }),
    after(3, 'a push is answered on every node', async (context) => {
      for (const client of context.clients()) {
        const reply = (await client.push('ping', 'ping', {})) as { ping: string }
        succeeded({ kind: reply.ping === 'pong' ? 'ok' : 'wrong' }, `ping of ${client.name}`)
      }
    }),
  ],
  checkers: [atMostOnce, joinedTopics],
})
