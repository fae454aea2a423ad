import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import type { PubSub } from '../pubsub/index.ts'
import type { Runtime } from '../runtime/index.ts'
import { originAllowed } from './origin.ts'
import { checkRoutes } from './routes.ts'
import { v2 } from './serializers/v2.ts'
import type { SocketDefinition } from './socket-definition.ts'
import { connected } from './socket-definition.ts'
import { type Connection, openConnection } from './transports/websocket.ts'

export interface EndpointOptions {
  sockets: readonly SocketDefinition[]
  runtime: Runtime
  pubsub: PubSub
  clock: Clock
  log: Log
  publicHost?: string
  beforeHandle?: (handler: string) => Promise<void> | undefined
  quirks?: { duplicateSubscription?: boolean; allowInnerStar?: boolean }
}

export type Endpoint = ReturnType<typeof createEndpoint>

/** Longer than a refused client needs to read its answer; then the connection is dropped. */
const silentDefaultMs = 60_000

/** The door of a node: upgrades requests to connections, knows them all, drains them. Throws on a bad route (CH-47). */
export function createEndpoint(options: EndpointOptions) {
  const { sockets, runtime, pubsub, clock, log, publicHost = '127.0.0.1', beforeHandle, quirks = {} } = options
  for (const one of sockets) {
    if (!quirks.allowInnerStar) checkRoutes(one.channels)
    for (const warning of undeclaredHandlers(one)) log.warn({ socket: one.name }, warning)
  }
  const connections = new Map<string, Connection>()
  let lastId = 0
  let draining = false

  const servers = new Map(
    sockets.map((one) => [`${one.path}/websocket`, { definition: one, wss: webSocketServer(one) }]),
  )

  async function upgrade(request: IncomingMessage, raw: Duplex, head: Buffer) {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const mount = servers.get(url.pathname)
    if (!mount) return refuseUpgrade(raw, 404)
    if (draining) return refuseUpgrade(raw, 503)
    const verdict = await admit(mount.definition, request, url)
    if ('status' in verdict) return refuseUpgrade(raw, verdict.status)
    mount.wss.handleUpgrade(request, raw, head, (webSocket) => {
      lastId += 1
      const id = String(lastId)
      connections.set(
        id,
        openConnection({
          id,
          webSocket,
          definition: mount.definition,
          assigns: verdict.assigns,
          socketId: verdict.id,
          serializer: v2,
          runtime,
          pubsub,
          clock,
          log,
          beforeHandle: beforeHandle ?? (() => undefined),
          duplicateSubscription: quirks.duplicateSubscription ?? false,
          timeoutMs: mount.definition.options?.timeoutMs ?? silentDefaultMs,
          onClosed: () => connections.delete(id),
        }),
      )
    })
  }

  async function admit(definition: SocketDefinition, request: IncomingMessage, url: URL) {
    const deny = (reason: string, status = 403) => {
      log.error({ socket: definition.name, reason }, `${definition.name} connect error ${reason}`)
      return { status }
    }
    const { checkOrigin = true, subprotocols } = definition.options ?? {}
    if (!originAllowed(request.headers.origin, checkOrigin, publicHost)) return deny('origin not allowed')
    if (!speaksV2(url.searchParams)) return deny('unsupported vsn')
    const offered = request.headers['sec-websocket-protocol']
    if (subprotocols && offered && !offered.split(',').some((one) => subprotocols.includes(one.trim())))
      return deny('no common subprotocol')
    try {
      const result = await (definition.connect?.(Object.fromEntries(url.searchParams)) ?? connected())
      return result.kind === 'connected' ? result : deny(result.reason)
    } catch (error) {
      return deny(`connect crashed: ${error instanceof Error ? error.message : String(error)}`, 500)
    }
  }

  return {
    /** Takes over the upgrade requests of this server. */
    attach(server: Server) {
      server.on('upgrade', (request: IncomingMessage, raw: Duplex, head: Buffer) => {
        raw.on('error', () => raw.destroy())
        upgrade(request, raw, head).catch((error) => {
          log.error({ err: error }, 'an upgrade request failed')
          raw.destroy()
        })
      })
    },
    broadcast: (topic: string, event: string, payload: unknown) => pubsub.broadcast(topic, event, payload),
    connections: () =>
      [...connections.values()].map(({ id, name, topics }) => ({ id, socket: name, topics: topics() })),
    /** Closes every connection with 1012, so that clients reconnect elsewhere; new ones are refused (RT-13). */
    async drain() {
      draining = true
      await Promise.all([...connections.values()].map((connection) => connection.close(1012)))
    },
  }
}

function webSocketServer({ options = {} }: SocketDefinition) {
  const { maxFrameBytes = 16 * 1024 * 1024, subprotocols, compress = false } = options
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: maxFrameBytes,
    perMessageDeflate: compress,
    // Without configured subprotocols an offer is accepted and none is named in the answer.
    handleProtocols: (offered) => [...offered].find((one) => subprotocols?.includes(one)) ?? false,
  })
}

const speaksV2 = (params: URLSearchParams) => /^2\.0\.\d+$/.test(params.get('vsn') ?? '')

/** An outgoing handler that is not declared never runs: the raw broadcast goes out (CH-78). */
const undeclaredHandlers = ({ channels }: SocketDefinition) =>
  [...new Set(Object.values(channels))]
    .filter(({ handleOut, intercept = [] }) => handleOut && intercept.length === 0)
    .map(({ name }) => `${name} has handleOut but intercepts no event, so it will never run; declare them in intercept`)

function refuseUpgrade(raw: Duplex, status: number) {
  raw.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}
