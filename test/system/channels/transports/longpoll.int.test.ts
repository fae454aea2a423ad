import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { userSocket } from '../../../../system/apps/hello/user-socket.ts'
import { createEndpoint } from '../../../../system/channels/index.ts'
import { systemClock as clock } from '../../../../system/platform/clock.ts'
import { silentLog as log } from '../../../../system/platform/log.ts'
import type { PubSubAdapter, RemoteMessage } from '../../../../system/pubsub/adapter.ts'
import { createPubSub } from '../../../../system/pubsub/index.ts'
import { createRuntime } from '../../../../system/runtime/index.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

/** Two nodes behind one balancer: in one process, joined by an adapter that hands messages over. */
async function twoNodes({ windowMs = 2_000 } = {}) {
  const receivers = new Map<string, (message: RemoteMessage) => void>()
  const adapterOf = (name: string) =>
    ({
      start: async (onRemote: (message: RemoteMessage) => void) => void receivers.set(name, onRemote),
      stop: async () => {},
      broadcast(message: RemoteMessage) {
        for (const [other, receive] of receivers) if (other !== name) receive(message)
      },
      directBroadcast: (to: string, message: RemoteMessage) => receivers.get(to)?.(message),
      peers: () => ({}),
      onPeerUp: () => {},
      counters: {},
    }) as unknown as PubSubAdapter
  return Promise.all(['n1', 'n2'].map((name) => startNode(name, adapterOf(name), windowMs)))
}

async function startNode(nodeName: string, adapter: PubSubAdapter, windowMs: number) {
  const pubsub = createPubSub({ nodeName, adapter, log })
  await pubsub.start()
  const runtime = createRuntime({ clock, log })
  const definition = { ...userSocket, options: { longpoll: { windowMs } } }
  const endpoint = createEndpoint({
    runtime,
    pubsub,
    clock,
    log,
    secret: 'the same on all nodes',
    sockets: [definition],
  })
  let openRequests = 0
  const server = createServer((request, response) => {
    openRequests += 1
    response.once('close', () => {
      openRequests -= 1
    })
    if (!endpoint.handle(request, response)) response.writeHead(404).end()
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/socket/longpoll?vsn=2.0.0`
  return { url, pubsub, endpoint, openRequests: () => openRequests }
}

type Answer = { status: number; token: string; messages: string[] }
const get = async (url: string, token = '') => (await (await fetch(`${url}&token=${token}`)).json()) as Answer
const post = async (url: string, token: string, ...messages: unknown[]) =>
  (await (
    await fetch(`${url}&token=${token}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: messages.map((message) => JSON.stringify(message)).join('\n'),
    })
  ).json()) as Answer

describe('a long poll behind a balancer (CH-19, CH-20, CH-23)', () => {
  it('reaches its session from every node', async () => {
    const [n1, n2] = await twoNodes()
    const { token } = await get(n1!.url)
    expect(await post(n2!.url, token, ['1', '1', 'ping', 'phx_join', {}], ['1', '2', 'ping', 'ping', {}])).toEqual({
      status: 200,
    })
    const { status, messages } = await get(n2!.url, token)
    expect(status).toBe(200)
    expect(messages.map((text) => JSON.parse(text)[4].status)).toEqual(['ok', 'ok'])
  })

  it('gets a broadcast at once through a waiting poll on another node', async () => {
    const [n1, n2] = await twoNodes()
    const { token } = await get(n1!.url)
    await post(n1!.url, token, ['1', '1', 'ping', 'phx_join', {}])
    await get(n1!.url, token)
    const waiting = get(n2!.url, token)
    await expect.poll(() => n2!.pubsub.counters.broadcasts).toBe(1)
    n2!.pubsub.broadcast('ping', 'test', { data: 'news' })
    expect(JSON.parse((await waiting).messages[0]!)).toEqual([null, null, 'ping', 'test', { data: 'news' }])
  })

  it.each(['the node of its session', 'another node'])(
    'gets no new session when its session ends after its client left %s while it polled (RT-11)',
    async (where) => {
      const [n1, n2] = await twoNodes()
      const polled = where === 'another node' ? n2! : n1!
      const { token } = await get(n1!.url)
      const leaving = new AbortController()
      const poll = fetch(`${polled.url}&token=${token}`, { signal: leaving.signal }).catch(() => 'left')
      await expect.poll(() => polled.openRequests()).toBe(1)
      leaving.abort()
      expect(await poll).toBe('left')
      await expect.poll(() => polled.openRequests()).toBe(0)
      expect(await post(n1!.url, token, 'no frame')).toEqual({ status: 410 })
      await expect.poll(() => [n1!, n2!].map(({ endpoint }) => endpoint.held().sessions)).toEqual([0, 0])
    },
  )

  it('keeps its session when nothing comes while it waits at another node', async () => {
    const [n1, n2] = await twoNodes({ windowMs: 150 })
    const { token } = await get(n1!.url)
    expect(await get(n2!.url, token)).toEqual({ status: 204, token, messages: [] })
  })

  it('keeps its session when the node that it polls drains, and is answered at once (RT-13)', async () => {
    const [n1, n2] = await twoNodes({ windowMs: 60_000 })
    const { token } = await get(n1!.url)
    const waiting = fetch(`${n2!.url}&token=${token}`)
    await expect.poll(() => n2!.endpoint.held().relayed).toBe(1)
    await n2!.endpoint.drain()
    const answer = await waiting
    expect(await answer.json()).toEqual({ status: 204, token, messages: [] })
    expect(answer.headers.get('connection')).toBe('close')
    await post(n1!.url, token, ['1', '1', 'ping', 'phx_join', {}])
    expect((await get(n1!.url, token)).status).toBe(200)
  })

  it('is told to begin anew when nobody knows its session', async () => {
    const [n1, n2] = await twoNodes()
    expect((await get(n1!.url, 'forged.token.here')).status).toBe(410)
    expect(await post(n2!.url, 'forged.token.here', ['1', '1', 'ping', 'phx_join', {}])).toEqual({ status: 410 })
  })
})
