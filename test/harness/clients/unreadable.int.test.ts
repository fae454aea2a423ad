import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { openPollClient } from '../../../harness/clients/poll-client.ts'
import { openWireClient } from '../../../harness/clients/wire-client.ts'
import type { Cluster } from '../../../harness/cluster/cluster.ts'
import { createRecorder } from '../../../harness/history/recorder.ts'

const good = JSON.stringify([null, null, 'ping', 'news', { n: 1 }])
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

/** A server that sends these to whoever connects or polls, well or ill. */
async function serverOf(
  frames: readonly (string | Buffer)[],
  answer = JSON.stringify({ status: 200, messages: frames }),
) {
  const server = createServer((request, response) => {
    const isFirst = request.url?.endsWith('token=')
    response.end(isFirst ? JSON.stringify({ status: 410, token: 't', messages: [] }) : answer)
  })
  new WebSocketServer({ server }).on('connection', (socket) => {
    for (const frame of frames) socket.send(frame)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const link = { host: '127.0.0.1', port, url: `http://127.0.0.1:${port}` }
  const recorder = createRecorder({ elapsedMs: () => performance.now(), sink: () => {}, isDefinite: () => true })
  const options = {
    name: 'ann',
    node: 'n1',
    recorder,
    cluster: { links: { link: async () => link } } as unknown as Cluster,
  }
  const seen = (type: string) => recorder.events.filter((event) => event.type === type)
  return { options, seen }
}

describe('a frame that cannot be read is recorded, and what comes after it is read', () => {
  it('at a WebSocket', async () => {
    const { options, seen } = await serverOf(['{', Buffer.from([7]), good])
    const client = await openWireClient(options)
    await client.receive('the last', ([, , , event]) => event === 'news')
    expect(seen('unreadable').map(({ value }) => (value as { why: string }).why)).toEqual([
      'it is not JSON',
      'a binary frame begins with 0, 1 or 2, and this one with 7',
    ])
    client.close()
  })

  it('at a WebSocket of version 1', async () => {
    const { options, seen } = await serverOf([good, '{"topic":"ping","event":"old","payload":{},"ref":null}'])
    const client = await openWireClient({ ...options, query: { vsn: '1.0.0' } })
    expect(await client.receive('the last', ([, , , event]) => event === 'old')).toEqual([
      null,
      null,
      'ping',
      'old',
      {},
    ])
    expect(seen('unreadable')).toHaveLength(1)
    client.close()
  })

  it('in the answer of a long poll', async () => {
    const { options, seen } = await serverOf(['{', good])
    const client = await openPollClient(options)
    await client.receive('the last', ([, , , event]) => event === 'news')
    client.close()
    expect(seen('unreadable').length).toBeGreaterThan(0)
  })

  it.each(['no JSON', '{"status":200,"messages":[1]}', '{"messages":[]}'])('as the answer %s', async (answer) => {
    const { options, seen } = await serverOf([], answer)
    const client = await openPollClient(options)
    await expect.poll(() => seen('unreadable').length).toBeGreaterThan(0)
    client.close()
  })
})
