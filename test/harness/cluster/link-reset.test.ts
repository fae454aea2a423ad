import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLinks, steered, type ToxicSpec } from '../../../harness/cluster/links.ts'
import { seededRandom } from '../../../harness/platform/random.ts'
import { type LinkServer, startLinkServer } from '../../../harness/toxiproxy/index.ts'

const reset: ToxicSpec = { name: 'reset', type: 'reset_peer', stream: 'downstream', attributes: { timeout: 0 } }
const late: ToxicSpec = { name: 'late', type: 'latency', stream: 'downstream', attributes: { latency: 1 } }

let echo: Server
let server: LinkServer
beforeEach(async () => {
  echo = createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1')
  await once(echo, 'listening')
  server = await startLinkServer({ random: seededRandom(1).next })
})
afterEach(async () => {
  await server.close()
  echo.close()
})

const dial = (port: number): Socket => connect(port, '127.0.0.1').on('error', () => {})
const ended = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve).resume())

describe('a reset of a link (FI-3)', () => {
  it.each([true, false])('ends idle connections, and lets new ones through when it is healed', async (countsAtOnce) => {
    const upstream = `127.0.0.1:${(echo.address() as AddressInfo).port}`
    const route = () => ({ listen: '127.0.0.1:0', upstream })
    const link = await createLinks({ apiUrl: server.apiUrl, route, countsAtOnce }).link('alice', 'n1')
    const idle = dial(link.port)
    idle.write('hello')
    await once(idle, 'data')
    await Promise.all([ended(idle), link.addToxic(reset)])
    const fresh = dial(link.port)
    fresh.write('hello')
    await ended(fresh)
    await link.removeToxic('reset')
    const healed = dial(link.port)
    healed.write('hello')
    expect(String(await once(healed, 'data'))).toBe('hello')
    healed.destroy()
  })

  /** What is asked of a proxy for one toxic. */
  async function callsFor(spec: ToxicSpec, kind: 'embedded' | 'real') {
    const calls: unknown[] = []
    const proxy = {
      addToxic: async ({ type }: { type: string }) => void calls.push(type),
      getToxic: async () => {},
      update: async (body: unknown) => void calls.push(body),
    }
    await steered({ name: 'a->b', from: 'a', to: 'b', port: 1 }, proxy as never, kind).addToxic(spec)
    return calls
  }

  it('turns a real Toxiproxy off and on, whose toxic leaves idle connections alone', async () => {
    expect(await callsFor(reset, 'real')).toEqual(['reset_peer', { enabled: false }, { enabled: true }])
    expect(await callsFor(late, 'real')).toEqual(['latency'])
    expect(await callsFor(reset, 'embedded')).toEqual(['reset_peer'])
  })
})
