import { randomBytes } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Clock } from '../platform/clock.ts'
import { type Log, silentLog } from '../platform/log.ts'
import type { PubSub } from '../pubsub/index.ts'
import type { Runtime } from '../runtime/index.ts'
import { type Admission, admit, type ReadSession } from './admission.ts'
import type { ChannelCounters, ChannelEnvironment, ChannelQuirks } from './channel-server.ts'
import type { OriginRule } from './origin.ts'
import { type Params, paramsOf } from './params.ts'
import { checkRoutes } from './routes.ts'
import { Session } from './session.ts'
import type { SocketDefinition } from './socket-definition.ts'
import { createConnections } from './transports/connections.ts'
import { createLongPolls } from './transports/longpoll-server.ts'
import { Outboxes } from './transports/outbox.ts'
import type { Outlet } from './transports/transport.ts'
import { openWebSocket } from './transports/websocket.ts'
import { hasCommonProtocol, refuseUpgrade, webSocketServer } from './transports/websocket-server.ts'

export interface EndpointOptions {
  sockets: readonly SocketDefinition[]
  runtime: Runtime
  pubsub: PubSub
  clock: Clock
  log: Log
  /** Signs long-poll sessions; the same on all nodes. Without it sessions are known to this node alone. */
  secret?: string
  publicHost?: string
  /** Which origins may connect, where their socket says nothing else; default: the public host alone (CH-30, CH-32). */
  checkOrigin?: OriginRule
  /** A client that sends nothing for so long is gone, where its socket says nothing else (CH-25). */
  silentMs?: number
  /** What a client may leave unread at this node; with more it is cut off. */
  unreadMaxBytes?: number
  beforeHandle?: ChannelEnvironment['beforeHandle']
  /** Without it no socket has a session. */
  readSession?: ReadSession
  quirks?: EndpointQuirks
}

/** What an endpoint can be made to do wrong on purpose (FI-18). */
export interface EndpointQuirks extends Partial<ChannelQuirks> {
  allowInnerStar?: boolean
  unloggedRefusal?: boolean
  anyOrigin?: boolean
  webSocketsOnly?: boolean
}

export type Endpoint = ReturnType<typeof createEndpoint>

const silentDefaultMs = 60_000
const unreadDefaultMaxBytes = 1_048_576

/** The door of a node: turns requests into sessions, knows them all, drains them. Throws on a bad route (CH-47). */
export function createEndpoint(options: EndpointOptions) {
  const { runtime, pubsub, clock, log, publicHost = '127.0.0.1', quirks = {} } = options
  const sockets = options.sockets.map((one) => withOrigins(one, options))
  const { unreadMaxBytes = unreadDefaultMaxBytes, silentMs = silentDefaultMs, beforeHandle = () => undefined } = options
  const { readSession = async () => undefined } = options
  const secret = options.secret ?? randomBytes(32).toString('hex')
  for (const one of sockets) {
    if (!quirks.allowInnerStar) checkRoutes(one.channels)
    for (const warning of undeclaredHandlers(one)) log.warn({ socket: one.name }, warning)
  }
  const refusalLog = quirks.unloggedRefusal ? silentLog : log
  const sessions = new Map<string, Session>()
  const outboxes = new Outboxes({ unreadMaxBytes, later: setImmediate })
  const timeoutOf = ({ options: { timeoutMs = silentMs } = {} }: SocketDefinition) => timeoutMs
  const connections = createConnections(clock, Math.min(...sockets.map(timeoutOf)))
  let lastId = 0
  let draining = false
  const counters: ChannelCounters = { pushes: 0, handled: {} }
  const environment: ChannelEnvironment = {
    runtime,
    pubsub,
    log,
    beforeHandle,
    quirks,
    counters,
  }
  const forget = ({ id }: Session) => void sessions.delete(id)

  const webSockets = new Map(
    sockets
      .filter(({ options: { websocket = true } = {} }) => websocket)
      .map((one) => [`${one.path}/websocket`, { definition: one, wss: webSocketServer(one.options ?? {}) }]),
  )
  const longPollPaths = new Map(
    sockets.filter(({ options: { longpoll } = {} }) => longpoll).map((one) => [`${one.path}/longpoll`, one]),
  )
  const converse = ({ definition, admission, outlet }: Conversation) => {
    const { serializer, assigns, socketId } = admission
    return remember(
      new Session({ id: nextId(), definition, serializer, assigns, socketId, environment, onClosed: forget }, outlet),
    )
  }
  const longPolls = createLongPolls({
    pubsub,
    clock,
    log,
    secret,
    publicHost,
    readSession,
    unreadMaxBytes,
    open: (definition, admission, outlet) =>
      converse({
        definition,
        admission,
        outlet: quirks.webSocketsOnly ? { ...outlet, deliver: () => {} } : outlet,
      }),
  })

  function nextId() {
    lastId += 1
    return String(lastId)
  }

  function remember(session: Session): Session {
    sessions.set(session.id, session)
    return session
  }

  async function upgrade(request: IncomingMessage, raw: Duplex, head: Buffer) {
    const { path, params } = targetOf(request)
    const mount = webSockets.get(path)
    if (!mount) return refuseUpgrade(raw, 404)
    if (draining) return refuseUpgrade(raw, 503)
    const { definition, wss } = mount
    const admission = await admit({ definition, request, params, publicHost, log: refusalLog, readSession })
    if (admission.kind === 'denied') {
      const own = admission.status === 403 ? definition.options?.onRefused?.(admission.reason) : undefined
      return refuseUpgrade(raw, own?.status ?? admission.status, own?.body)
    }
    if (request.headers['sec-websocket-version'] !== '13') return refuseUpgrade(raw, 426)
    if (!hasCommonProtocol(request.headers, definition.options ?? {})) return refuseUpgrade(raw, 403)
    wss.handleUpgrade(request, raw, head, (webSocket) => {
      remember(
        openWebSocket({
          id: nextId(),
          definition,
          serializer: admission.serializer,
          assigns: admission.assigns,
          socketId: admission.socketId,
          environment,
          onClosed: forget,
          webSocket,
          connection: raw as Socket,
          connections,
          outboxes,
          clock,
          timeoutMs: timeoutOf(definition),
        }),
      )
    })
  }

  /** A plain request on the path of a WebSocket: refused as its upgrade would be, else told that it is none. */
  async function plainRequest(definition: SocketDefinition, request: IncomingMessage, response: ServerResponse) {
    const { params } = targetOf(request)
    const admission = await admit({ definition, request, params, publicHost, log: refusalLog, readSession })
    response.writeHead(admission.kind === 'denied' ? admission.status : 400, { connection: 'close' }).end()
  }

  return {
    get counters() {
      return { ...outboxes.counters, pushes: counters.pushes }
    },
    /** How many pushes the channels of each kind have handled (AM-10). */
    handled: () => ({ ...counters.handled }),
    /** Takes over the upgrade requests of this server. */
    attach(server: Server) {
      server.on('upgrade', (request: IncomingMessage, raw: Duplex, head: Buffer) => {
        raw.on('error', destroy)
        upgrade(request, raw, head).catch((error) => {
          log.error({ err: error }, 'an upgrade request failed')
          raw.destroy()
        })
      })
    },
    /** Answers a plain HTTP request if it is meant for a socket; else it is left to the application and the answer is false. */
    handle(request: IncomingMessage, response: ServerResponse): boolean {
      const { path, params } = targetOf(request)
      const polled = longPollPaths.get(path)
      if (polled) void longPolls.handle({ definition: polled, request, response, params })
      const mount = webSockets.get(path)
      if (mount) void plainRequest(mount.definition, request, response)
      return polled !== undefined || mount !== undefined
    },
    /** A conversation over a transport of the caller's own, admitted as any other; undefined when it is refused. */
    async open(request: Arriving, outlet: Outlet): Promise<Session | undefined> {
      const { path, params } = targetOf(request)
      const definition = webSockets.get(path)?.definition
      if (!definition || draining) return undefined
      const admission = await admit({ definition, request, params, publicHost, log: refusalLog, readSession })
      return admission.kind === 'admitted' ? converse({ definition, admission, outlet }) : undefined
    },
    broadcast: (topic: string, event: string, payload: unknown) => pubsub.broadcast(topic, event, payload),
    connections: () => [...sessions.values()].map((one) => ({ id: one.id, socket: one.name, topics: one.topics() })),
    /** Breaks one connection. */
    dropConnection: (id: string) => sessions.get(id)?.drop(),
    /** Breaks the connections that have this topic joined, and answers their ids. */
    dropConnections(topic: string): string[] {
      const hit = [...sessions.values()].filter((session) => session.topics().includes(topic))
      for (const session of hit) session.drop()
      return hit.map(({ id }) => id)
    },
    /**
     * Closes every session with 1012, so that clients reconnect elsewhere; new ones are refused (RT-13). In batches: the nodes that
     * stay must not get all clients at once. Resolves when every connection is closed.
     */
    async drain() {
      draining = true
      const open = [...sessions.values()]
      while (open.length > 0) {
        for (const session of open.splice(0, drainBatch)) session.close(1012)
        if (open.length > 0) await clock.sleep(drainEveryMs)
      }
      await connections.gone()
    },
  }
}

/** One function for all connections: each of them keeps what listens to it. */
function destroy(this: Duplex) {
  this.destroy()
}

const drainBatch = 1_000
const drainEveryMs = 500

/** What of a request says who comes, and where to. */
type Arriving = Pick<IncomingMessage, 'url' | 'headers' | 'socket'>

interface Conversation {
  definition: SocketDefinition
  admission: Extract<Admission, { kind: 'admitted' }>
  outlet: Outlet
}

interface Target {
  path: string
  params: Params
}

/** What a request is for. A target that is no address of ours leads nowhere and is no error. */
function targetOf({ url = '/' }: Pick<IncomingMessage, 'url'>): Target {
  const [path = '/', query = ''] = url.split('?', 2)
  return { path: withoutSlash(path), params: paramsOf(query) }
}

const withoutSlash = (path: string) => path.replace(/\/$/, '')

/** An outgoing handler that is not declared never runs: the raw broadcast goes out (CH-78). */
const undeclaredHandlers = ({ channels }: SocketDefinition) =>
  [...new Set(Object.values(channels))]
    .filter(({ handleOut, intercept = [] }) => handleOut && intercept.length === 0)
    .map(({ name }) => `${name} has handleOut but intercepts no event, so it will never run; declare them in intercept`)

const withOrigins = (one: SocketDefinition, { checkOrigin, quirks }: EndpointOptions): SocketDefinition => ({
  ...one,
  options: {
    ...(checkOrigin !== undefined && { checkOrigin }),
    ...one.options,
    ...(quirks?.anyOrigin && { checkOrigin: false }),
  },
})
