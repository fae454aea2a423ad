import { describeValue, scenariosFor } from '../../harness/index.ts'
import { mustBeRight, watchingStalls } from '../stalls.ts'

const { scenario, step, after } = scenariosFor()

const idleMs = 1_500
const beatEveryMs = 500
/** Many times longer than a node may wait. */
const beatsMax = 30

export default scenario({
  id: 'channels/naive-clients',
  title: 'clients that do not do their part',
  invariant:
    'A client without heartbeats is let go; one that only sends WebSocket pings is kept; one that does not join again after a crash stays connected and hears nothing.',
  covers: ['FI-17', 'CH-25', 'CH-26', 'CH-50', 'CH-59', 'CH-111', 'AT-42'],
  given: { nodes: 1, env: { SOCKET_IDLE_TIMEOUT_MS: String(idleMs) } },
  steps: [
    step('one is silent, one beats', async (context) => {
      const silent = await context.wire('silent', 'n1')
      const beating = await context.wire('beating', 'n1')
      for (const client of [silent, beating]) client.send(['1', '1', 'ping', 'phx_join', {}])
      await watchingStalls(context, 'n1', async () => {
        for (let beat = 0; beat < beatsMax && silent.closedWith() === undefined; beat += 1) {
          beating.send([null, `h${beat}`, 'phoenix', 'heartbeat', {}])
          await beating.receive(`the answer to beat ${beat}`, ([, ref]) => ref === `h${beat}`)
          await context.clock.sleep(beatEveryMs)
        }
      })
      context.scratch.set('codes', [silent.closedWith(), beating.closedWith()])
    }),
    step('one crashes its channel and goes on as if nothing had happened', async (context) => {
      const naive = await context.wire('naive', 'n1')
      naive.send(['1', '1', 'ping', 'phx_join', {}])
      context.provoke('an event that nobody handles crashes the channel', ['naive'])
      naive.send(['1', '2', 'ping', 'ping2', {}])
      await naive.receive('phx_error', ([, , , event]) => event === 'phx_error')
      naive.send(['1', '3', 'ping', 'ping', {}])
      context.scratch.set('answer', await naive.receive('an answer to its push', ([, ref]) => ref === '3'))
      await context.publish('n1')
      naive.send([null, 'last', 'phoenix', 'heartbeat', {}])
      await naive.receive('the last heartbeat', ([, ref]) => ref === 'last')
      context.scratch.set('heard', naive.frames().filter(([, , , event]) => event === 'ledger').length)
    }),
  ],
  expectations: [
    after(1, 'the silent one was let go, the other was not', async (context) => {
      const codes = JSON.stringify(context.scratch.get('codes'))
      mustBeRight(context, codes === '[1002,null]', `closed with ${codes}`, (idleMs - beatEveryMs) / 2)
    }),
    after(2, 'its push is answered by nobody', async (context) => {
      const [, , , , payload] = context.scratch.get('answer') as unknown[]
      if (JSON.stringify(payload) !== '{"status":"error","response":{"reason":"unmatched topic"}}')
        throw new Error(`it was answered ${describeValue(payload)}`)
    }),
    after(2, 'connected but not joined, it hears nothing', async (context) => {
      if (context.scratch.get('heard') !== 0) throw new Error(`it heard ${context.scratch.get('heard')} messages`)
    }),
  ],
})
