import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { pingChannel } from '../../../system/apps/hello/ping-channel.ts'
import { connected, createEndpoint, socket } from '../../../system/channels/index.ts'
import { systemClock as clock } from '../../../system/platform/clock.ts'
import { silentLog as log } from '../../../system/platform/log.ts'
import { createPubSub } from '../../../system/pubsub/index.ts'
import { createRuntime } from '../../../system/runtime/index.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

async function startNode(admitted: Promise<void> = Promise.resolve()) {
  let asked = () => {}
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve
  })
  const definition = socket({
    name: 'Pings',
    path: '/pings',
    channels: { ping: pingChannel },
    options: { longpoll: { windowMs: 5_000 } },
    async connect() {
      asked()
      await admitted
      return connected()
    },
  })
  const pubsub = createPubSub({ nodeName: 'n1', log })
  const endpoint = createEndpoint({ runtime: createRuntime({ clock, log }), pubsub, clock, log, sockets: [definition] })
  const server = createServer((request, response) => void endpoint.handle(request, response))
  endpoint.attach(server)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    endpoint,
    isAsked,
    poll: () => fetch(`http://127.0.0.1:${port}/pings/longpoll?vsn=2.0.0`),
    connect: () => new WebSocket(`ws://127.0.0.1:${port}/pings/websocket?vsn=2.0.0`),
    statusOfUpgrade: () =>
      new Promise<number | undefined>((resolve) => {
        const client = new WebSocket(`ws://127.0.0.1:${port}/pings/websocket?vsn=2.0.0`)
        client.on('unexpected-response', (_request, { statusCode }) => resolve(statusCode))
        client.on('open', () => resolve(101))
        client.on('error', () => {})
      }),
  }
}

describe('a node that drains (RT-13)', () => {
  it('opens no WebSocket and no long-poll session', async () => {
    const node = await startNode()
    expect(await node.statusOfUpgrade()).toBe(101)
    expect((await node.poll()).status).toBe(200)
    await node.endpoint.drain()
    expect(await node.statusOfUpgrade()).toBe(503)
    expect((await node.poll()).status).toBe(503)
    expect(node.endpoint.connections()).toEqual([])
  })

  it('sends what was said before it closes a connection', async () => {
    const { endpoint, connect } = await startNode()
    const client = connect()
    const heard: string[] = []
    client.on('message', (data) => void heard.push(JSON.parse(String(data))[3]))
    client.on('open', () => client.send(JSON.stringify(['1', '1', 'ping', 'phx_join', {}])))
    await expect.poll(() => heard).toEqual(['phx_reply'])
    const closed = new Promise((resolve) => client.on('close', resolve))
    endpoint.broadcast('ping', 'last', {})
    await endpoint.drain()
    expect(await closed).toBe(1012)
    expect(heard).toContain('last')
  })

  it.each(['WebSocket', 'long poll'] as const)(
    'refuses a %s that was being admitted when it began',
    async (transport) => {
      let admit = () => {}
      const node = await startNode(
        new Promise((resolve) => {
          admit = resolve
        }),
      )
      const arriving = transport === 'WebSocket' ? node.statusOfUpgrade() : node.poll().then(({ status }) => status)
      await node.isAsked
      const drained = node.endpoint.drain()
      admit()
      expect(await arriving).toBe(503)
      await drained
      expect(node.endpoint.connections()).toEqual([])
    },
  )
})
