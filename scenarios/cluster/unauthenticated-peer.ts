import { createHmac, randomBytes } from 'node:crypto'
import { scenariosFor } from '../../harness/index.ts'
import { mustBe, received } from '../support.ts'

const { scenario, step, after } = scenariosFor()

const nonce = randomBytes(16).toString('hex')
const words = 'mesh: refused a peer with another secret'

export default scenario({
  id: 'cluster/unauthenticated-peer',
  title: 'a stranger at the port where nodes talk',
  invariant:
    'Who does not know the secret of the cluster is refused at its port, though it names itself like a node; no client hears what it says, and the log tells.',
  covers: ['DP-10', 'FI-16', 'DF-34'],
  given: { nodes: 2, pubsub: 'mesh', promised: ['mesh'] },
  steps: [
    step('a client listens', async (context) => (await context.client('listener', 'n2')).join('ping')),
    step('a stranger comes as if it were the first node', async (context) => {
      const proof = createHmac('sha256', 'another secret').update(`mesh:n1:${nonce}`).digest('hex')
      const headers = { 'x-node': 'n1', 'x-nonce': nonce, 'x-proof': proof }
      const stranger = await context.wire('stranger', 'n2', { over: 'n1', path: '/mesh', headers })
      context.scratch.set('status', stranger.status)
      if (stranger.status === 101) stranger.send(JSON.stringify({ topic: 'ping', event: 'lie', payload: {} }))
    }),
    step('the first node speaks', async (context) => {
      await context.cluster.node('n1').control.broadcast('ping', 'truth', {})
      await context.until('the client hears it', 3_000, () => received(context, 'listener', 'truth').length === 1)
    }),
  ],
  expectations: [
    after(2, 'it is refused', async (context) =>
      mustBe(context.scratch.get('status'), 401, 'the handshake of a stranger'),
    ),
    after(2, 'the log tells', async (context) => {
      const { log } = context.cluster.node('n2')
      await context.until(`the log says "${words}"`, 15_000, () => log().includes(words))
    }),
    after(3, 'nobody heard the stranger', async (context) =>
      mustBe(received(context, 'listener', 'lie').length, 0, 'what the stranger said arrived'),
    ),
  ],
})
