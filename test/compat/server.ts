import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { authSocket } from '../../system/apps/hello/auth-socket.ts'
import { pingChannel } from '../../system/apps/hello/ping-channel.ts'
import { statsChannel } from '../../system/apps/hello/stats-channel.ts'
import { trackedChannel } from '../../system/apps/hello/tracked-channel.ts'
import { userSocket } from '../../system/apps/hello/user-socket.ts'
import { createUserTokens } from '../../system/apps/hello/user-token.ts'
import { connected, createEndpoint, refused, signToken, socket } from '../../system/channels/index.ts'
import { noMetrics } from '../../system/metrics/index.ts'
import { systemClock } from '../../system/platform/clock.ts'
import { createLog } from '../../system/platform/log.ts'
import { createPresence, createTracker } from '../../system/presence/index.ts'
import { createPubSub } from '../../system/pubsub/index.ts'
import { createRuntime } from '../../system/runtime/index.ts'
import { presenceChannel, room, term } from './channels.ts'

/**
 * The application that the recorded conversations talk to, on the project's own channel API:
 * `node test/compat/server.ts --port 4000` prints `ready`.
 */
const { values } = parseArgs({ options: { port: { type: 'string', default: process.env.PORT ?? '4000' } } })
const clock = systemClock
const log = createLog({ level: process.env.LOG_LEVEL ?? 'silent', node: 'compat@127.0.0.1' })
const runtime = createRuntime({ clock, log })
const pubsub = createPubSub({ nodeName: 'compat@127.0.0.1', log })
const secret = 'a secret that only this test application uses, with enough bytes'
const tokenSalt = 'salt identifier'
const tokens = createUserTokens({ secret, clock })

const announce = (payload: unknown) => pubsub.broadcast('room:termlog', 'terminated', payload)
const polls = { longpoll: { windowMs: 10_000 } } as const
const open = { checkOrigin: false, ...polls } as const
const openWithoutPolls = { checkOrigin: false } as const
const ping = { ping: pingChannel, 'ping:*': pingChannel }
const roomChannel = room(clock.sleep)
const presence = createPresence({ name: 'presence', pubsub, clock, log })
const tracker = createTracker({ name: 'users', pubsub, clock, log })
const presenceOf = presenceChannel(presence)

const endpoint = createEndpoint({
  runtime,
  pubsub,
  clock,
  log,
  sockets: [
    socket({
      name: 'UserSocket',
      path: '/socket',
      channels: { ...userSocket.channels, 'presence:*': presenceOf, 'room:*': roomChannel, 'term:*': term },
      connect: () => connected({ announce }),
      options: open,
    }),
    {
      ...authSocket({
        tokens,
        log,
        clock,
        metrics: noMetrics,
        recurringMs: 1_000,
        channels: { tracked: trackedChannel(tracker, clock.now), 'presence:*': presenceOf },
      }),
      options: open,
    },
    socket({
      name: 'StatsSocket',
      path: '/stats_socket',
      channels: { '*': statsChannel({ clock, metrics: noMetrics, pingMs: () => 0 }) },
      options: open,
    }),
    socket({
      name: 'OriginSocket',
      path: '/origin_socket',
      channels: { ping: pingChannel },
      options: { ...polls, checkOrigin: ['http://allowed.example', '//*.wild.example', '//any-scheme.example:8080'] },
    }),
    socket({ name: 'OriginHostSocket', path: '/origin_host_socket', channels: { ping: pingChannel } }),
    socket({
      name: 'TightSocket',
      path: '/tight_socket',
      channels: { ...ping, 'room:*': roomChannel },
      options: { ...open, longpoll: { windowMs: 1_000 }, timeoutMs: 2_000, maxFrameBytes: 1_024, channelsMax: 3 },
    }),
    socket({
      name: 'DeflateSocket',
      path: '/deflate_socket',
      channels: { ping: pingChannel, 'room:*': roomChannel },
      options: { ...openWithoutPolls, compress: true },
    }),
    socket({
      name: 'ProtoSocket',
      path: '/proto_socket',
      channels: { ping: pingChannel },
      options: { ...openWithoutPolls, subprotocols: ['phx.v2', 'mqtt'] },
    }),
    socket({
      name: 'CustomErrorSocket',
      path: '/custom_error_socket',
      channels: { ping: pingChannel },
      connect({ mode }) {
        if (mode === 'raise') throw new Error('asked to raise')
        if (mode === 'rate') return refused('rate_limit')
        return mode === 'error' ? refused('error') : connected()
      },
      options: {
        ...open,
        onRefused: (reason) => (reason === 'rate_limit' ? { status: 429, body: 'Too many requests' } : { status: 403 }),
      },
    }),
  ],
})

const server = createServer(async (request, response) => {
  if (endpoint.handle(request, response)) return
  const url = URL.parse(request.url ?? '/', 'http://localhost')
  if (!url) return void response.writeHead(400).end()
  const answer = await helperRoutes(`${request.method} ${url.pathname}`, url.searchParams, request)
  if (answer === undefined) return void response.writeHead(404).end()
  if (typeof answer === 'string') return void response.writeHead(200, { 'content-type': 'text/plain' }).end(answer)
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
})

async function helperRoutes(route: string, query: URLSearchParams, request: AsyncIterable<Buffer>) {
  if (route === 'GET /ready') return 'ok'
  if (route === 'GET /token') return { token: await tokenFor(query) }
  if (route === 'POST /broadcast') return broadcast(query, await bodyOf(request))
  if (route === 'POST /disconnect') {
    pubsub.broadcast(query.get('id') ?? '', 'disconnect', {})
    return { ok: true }
  }
  if (route !== 'POST /stop') return undefined
  clock.after(100, () => void stopServer())
  return { ok: true }
}

function tokenFor(query: URLSearchParams) {
  const id = query.get('id') ?? ''
  const signedAtMs = clock.now() - Number(query.get('age') ?? 0) * 1_000
  const data = /^\d+$/.test(id) ? Number(id) : id
  return signToken({ secret, salt: query.get('salt') ?? tokenSalt, data, nowMs: signedAtMs })
}

function broadcast(query: URLSearchParams, body: unknown) {
  const payload = Array.isArray(body) ? { _json: body } : body
  pubsub.broadcast(query.get('topic') ?? '', query.get('event') ?? '', payload)
  return { ok: true }
}

async function bodyOf(request: AsyncIterable<Buffer>): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString() || '{}')
}

async function stopServer() {
  await endpoint.drain()
  server.close()
  server.closeAllConnections()
  process.exit(0)
}

presence.start()
tracker.start()
endpoint.attach(server)
process.once('SIGTERM', () => void stopServer())
server.listen(Number(values.port), '127.0.0.1', () => console.log('ready'))
