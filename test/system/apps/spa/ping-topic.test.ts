import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { LongPoll, Socket } from 'phoenix'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createPingTopic } from '../../../../system/apps/spa/client/ping-topic.ts'
import { spaSocket } from '../../../../system/apps/spa/socket.ts'
import { createEndpoint } from '../../../../system/channels/index.ts'
import { systemClock as clock } from '../../../../system/platform/clock.ts'
import { silentLog as log } from '../../../../system/platform/log.ts'
import { createPubSub, type PubSub } from '../../../../system/pubsub/index.ts'
import { createRuntime } from '../../../../system/runtime/index.ts'

let server: Server
let endpoint: ReturnType<typeof createEndpoint>
let pubsub: PubSub
let url: string

beforeEach(async () => {
  const runtime = createRuntime({ clock, log })
  pubsub = createPubSub({ nodeName: 'n1', log })
  endpoint = createEndpoint({ runtime, pubsub, clock, log, sockets: [spaSocket] })
  server = createServer((request, response) => void endpoint.handle(request, response))
  endpoint.attach(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/spa_socket`
})
afterEach(async () => {
  await endpoint.drain()
  server.close()
  server.closeAllConnections()
})

describe('the logic of the container runs where there is no browser (RX-18)', () => {
  it.each([
    ['a WebSocket', WebSocket],
    ['long polls', LongPoll],
  ])('over %s', async (_what, transport) => {
    expect('window' in globalThis || 'document' in globalThis).toBe(false)
    const socket = new Socket(url, { transport: transport as never })
    socket.connect()
    const { pings, join } = createPingTopic()
    const heard: unknown[] = []
    const stop = pings.onPing((data) => heard.push(data))
    const leave = join(socket, 'ping')
    pings.sendPing((reply) => heard.push(reply))
    await expect.poll(() => heard).toEqual([{ ping: 'pong' }])
    pubsub.localBroadcast('spa:ping', 'ping', { n: 1 })
    await expect.poll(() => heard).toEqual([{ ping: 'pong' }, { n: 1 }])
    stop()
    leave()
    await expect.poll(() => pubsub.subscriptions()['spa:ping']).toBeUndefined()
    socket.disconnect()
  })
})

describe('who may open a connection', () => {
  const folder = 'system/apps/spa/client/'
  const files = readdirSync(folder).filter((name) => /\.tsx?$/.test(name))

  it('is the container, and no component that shows something (RX-16)', () => {
    const sources = files.map((name) => [name, readFileSync(folder + name, 'utf8')] as const)
    const opening = sources.filter(([, text]) => /new Socket\(/.test(text)).map(([name]) => name)
    const joining = sources.filter(([, text]) => /\.channel\(/.test(text)).map(([name]) => name)
    expect(opening).toEqual(['app-socket.tsx'])
    expect(joining.sort()).toEqual(['activity-channel.tsx', 'ping-topic.ts'])
  })
})
