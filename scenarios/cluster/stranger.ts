import { createHmac, randomBytes } from 'node:crypto'
import { after, scenario, step } from '../../harness/index.ts'
import { mustBe, received } from '../support.ts'

const nonce = randomBytes(16).toString('hex')
const words = 'mesh: refused a peer with another secret'

export default scenario({
  id: 'cluster/stranger',
  title: 'a stranger at the port where nodes talk',
  define:
    'Who does not know the secret of the cluster is refused at its port, though it names itself like a node; no client hears what it says, and the log tells.',
  covers: ['DP-10', 'FI-16', 'DF-34'],
  given: { nodes: 2, pubsub: 'mesh' },
  steps: [
    step('a client listens', async (cast) => (await cast.client('listener', 'n2')).join('ping')),
    step('a stranger comes as if it were the first node', async (cast) => {
      const proof = createHmac('sha256', 'another secret').update(`mesh:n1:${nonce}`).digest('hex')
      const headers = { 'x-node': 'n1', 'x-nonce': nonce, 'x-proof': proof }
      const stranger = await cast.wire('stranger', 'n2', { over: 'n1', path: '/mesh', headers })
      cast.notes.set('status', stranger.status)
      if (stranger.status === 101) stranger.send(JSON.stringify({ topic: 'ping', event: 'lie', payload: {} }))
    }),
    step('the first node speaks', async (cast) => {
      await cast.cluster.node('n1').control.broadcast('ping', 'truth', {})
      await cast.until('the client hears it', 3_000, () => received(cast, 'listener', 'truth').length === 1)
    }),
  ],
  expectations: [
    after(2, 'it is refused', async (cast) => mustBe(cast.notes.get('status'), 401, 'the handshake of a stranger')),
    after(2, 'the log tells', async (cast) => {
      const { log } = cast.cluster.node('n2')
      await cast.until(`the log says "${words}"`, 2_000, () => log().includes(words))
    }),
    after(3, 'nobody heard the stranger', async (cast) =>
      mustBe(received(cast, 'listener', 'lie').length, 0, 'what the stranger said arrived'),
    ),
  ],
})
