import { after, atMostOnce, joinedTopics, scenario, step } from '../../harness/index.ts'
import { listenEverywhere, publishFrom, succeeded } from '../support.ts'

export default scenario({
  id: 'cluster/broadcast',
  title: 'a broadcast on any node reaches the clients of every node, once',
  define:
    'Every node broadcasts; a client on each node gets every message once and in order; an intercepted one names the client’s own node.',
  covers: ['DF-16', 'AT-26', 'CH-71', 'CH-77', 'CH-81', 'CH-121', 'AM-1', 'AM-3', 'AM-6', 'DP-5', 'DF-8', 'DF-109'],
  steps: [
    step('a client listens on every node', listenEverywhere),
    step('n1 asks everybody for a ping', async (cast) => {
      await cast.cluster.node('n1').control.broadcast('ping', 'request_ping', { from: 'n1' })
    }),
    step('every node publishes ten messages', (cast) => publishFrom(cast, ['n1', 'n2', 'n3'], 10)),
  ],
  expectations: [
    after(2, 'everybody was asked by their own node', async (cast) => {
      await cast.until('all three are asked', 3_000, () => {
        const asked = cast.recorder.events.filter(({ type, event }) => type === 'receive' && event === 'send_ping')
        return (
          asked.length === 3 && asked.every(({ node, value }) => (value as { from_node: string }).from_node === node)
        )
      })
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
