import { randomBytes } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import type { PubSub } from '../pubsub/index.ts'
import type { Runtime } from '../runtime/index.ts'
import { type Admission, admit, type ReadSession } from './admission.ts'
import { type Attempts, uncounted } from './attempts.ts'
import type { ChannelCounters, ChannelEnvironment } from './channel-server.ts'
import type { OriginRule } from './origin.ts'
import { type Params, paramsOf } from './params.ts'
import { checkRoutes } from './routes.ts'
import { Session } from './session.ts'
import type { SocketDefinition } from './socket-definition.ts'
import type { Sealer } from './token.ts'
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
  /** Signs long-poll sessions; must be the same on all nodes. Default: a random one, so that sessions are valid on this node only. */
  secret?: string
  /** Signs with it. Default: JSON web tokens. */
  sealer?: Sealer
  publicHost?: string
  /** Which origins may connect to sockets without a rule of their own. Default: the public host only (CH-30, CH-32). */
  checkOrigin?: OriginRule
  /** A client that sends nothing for this time is disconnected; for sockets without a timeout of their own (CH-25). */
  idleTimeoutMs?: number
  /** A client with more unread bytes than this is disconnected. */
  sendBufferMaxBytes?: number
  /** Channels hibernate after this time without a message; 0: after every message. Default: never (RT-66). */
  hibernateAfterMs?: number | undefined
  beforeHandle?: ChannelEnvironment['beforeHandle']
  /** Default: no socket has a session. */
  readSession?: ReadSession
  attempts?: Attempts
}

export type Endpoint = ReturnType<typeof createEndpoint>

const idleTimeoutDefaultMs = 60_000
const sendBufferDefaultMaxBytes = 1_048_576

/** Draining closes this many sessions at a time ... */
const drainBatch = 1_000
/** ... and waits this long before the next. */
const drainEveryMs = 500

/** A node's entry for clients: turns requests into sessions, lists and drains them. Throws on an invalid route (CH-47). */
export function createEndpoint(options: EndpointOptions) {
  const { runtime, pubsub, clock, log, publicHost = '127.0.0.1' } = options
  const sockets = options.sockets.map((one) => withOrigins(one, options))
  const {
    sendBufferMaxBytes = sendBufferDefaultMaxBytes,
    idleTimeoutMs = idleTimeoutDefaultMs,
    beforeHandle = () => undefined,
  } = options
  const { readSession = async () => undefined, attempts = uncounted } = options
  const secret = options.secret ?? randomBytes(32).toString('hex')
  for (const one of sockets) {
    checkRoutes(one.channels)
    for (const warning of undeclaredHandlers(one)) log.warn({ socket: one.name }, warning)
  }
  const sessions = new Map<string, Session>()
  const outboxes = new Outboxes({ sendBufferMaxBytes, later: setImmediate })
  const timeoutOf = ({ options: { timeoutMs = idleTimeoutMs } = {} }: SocketDefinition) => timeoutMs
  const connections = createConnections(clock, Math.min(...sockets.map(timeoutOf)))
  let lastId = 0
  let draining = false
  const counters: ChannelCounters = { pushes: 0, handled: {} }
  const environment: ChannelEnvironment = {
    runtime,
    pubsub,
    log,
    beforeHandle,
    counters,
    attempts,
    hibernateAfterMs: options.hibernateAfterMs,
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
  const longPolls = createLongPolls({
    ...(options.sealer && { sealer: options.sealer }),
    pubsub,
    clock,
    log,
    secret,
    publicHost,
    admit: arrive,
    sendBufferMaxBytes,
    open: openSession,
  })

  function openSession(definition: SocketDefinition, admitted: Admitted, outlet: Outlet): Session {
    const { serializer, assigns, socketId } = admitted
    return remember(
      new Session({ id: nextId(), definition, serializer, assigns, socketId, environment, onClosed: forget }, outlet),
    )
  }

  function nextId() {
    lastId += 1
    return String(lastId)
  }

  function remember(session: Session): Session {
    sessions.set(session.id, session)
    attempts.connect(session.name, 'success')
    return session
  }

  /** Decides about a client that arrives; a refusal counts as an attempt that failed. */
  async function arrive(definition: SocketDefinition, request: Arriving, params: Params): Promise<Admission> {
    const admission = await decide(definition, request, params)
    if (admission.kind === 'denied') attempts.connect(definition.name, 'fail')
    return admission
  }

  /** Asks twice whether the node drains: a drain may begin while the session of the client is looked up. */
  async function decide(definition: SocketDefinition, request: Arriving, params: Params): Promise<Admission> {
    if (draining) return nodeDrains
    const admission = await admit({ definition, request, params, publicHost, log, readSession })
    return draining ? nodeDrains : admission
  }

  async function upgrade(request: IncomingMessage, raw: Duplex, head: Buffer) {
    const { path, params } = targetOf(request)
    const mount = webSockets.get(path)
    if (!mount) return refuseUpgrade(raw, 404)
    const { definition, wss } = mount
    const admission = await arrive(definition, request, params)
    if (admission.kind === 'denied') {
      const own = admission.status === 403 ? definition.options?.onRefused?.(admission.reason) : undefined
      return refuseUpgrade(raw, own?.status ?? admission.status, own?.body)
    }
    const wrong = handshakeProblem(request, definition)
    if (wrong) {
      attempts.connect(definition.name, 'fail')
      return refuseUpgrade(raw, wrong)
    }
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

  /** A request without an upgrade on the path of a WebSocket: refused as the upgrade would be, else 400. */
  async function plainRequest(definition: SocketDefinition, request: IncomingMessage, response: ServerResponse) {
    const { params } = targetOf(request)
    const admission = await arrive(definition, request, params)
    response.writeHead(admission.kind === 'denied' ? admission.status : 400, { connection: 'close' }).end()
  }

  return {
    /** The clients of a node, as whoever sheds some of them sees them; each is numbered as it came. */
    clients: {
      count: () => sessions.size,
      newest: () => lastId,
      /** Closes up to `countMax` sessions with 1012, the oldest first, of those numbered up to `upTo`. Returns how many (DP-21). */
      shed(countMax: number, upTo = lastId): number {
        const shed: Session[] = []
        for (const session of sessions.values()) {
          if (shed.length === countMax || Number(session.id) > upTo) break
          shed.push(session)
        }
        for (const session of shed) session.close(1012)
        return shed.length
      },
    },
    /** Whether a drain has begun: no new client is taken any more. */
    get isDraining() {
      return draining
    },
    get counters() {
      return { ...outboxes.counters, pushes: counters.pushes }
    },
    /** What its clients account for, each counted where it is kept (RT-11). */
    held() {
      const sockets = connections.held()
      const { polls, relayed, unreadBytes } = longPolls.held()
      const all = [...sessions.values()]
      return {
        connections: sockets.connections,
        polls,
        relayed,
        sessions: all.length,
        joined: all.reduce((sum, session) => sum + session.channels.size, 0),
        clientSubscriptions: all.reduce((sum, session) => sum + session.subscriptionCount, 0),
        unreadBytes: sockets.unreadBytes + unreadBytes,
        outboxesWaiting: outboxes.waiting,
      }
    },
    /** Who is connected, the actors of their channels, and what has gone over their connections. */
    traffic: () =>
      [...sessions.values()].map((one) => ({
        id: one.id,
        socket: one.name,
        actorIds: [...one.channels.values()].map(({ actor }) => actor.id),
        ...one.traffic(),
      })),
    /** Channel name -> pushes that its channels have handled (AM-10). */
    handled: () => ({ ...counters.handled }),
    /** Handles the upgrade requests of this server. */
    attach(server: Server) {
      server.on('upgrade', (request: IncomingMessage, raw: Duplex, head: Buffer) => {
        raw.on('error', destroy)
        upgrade(request, raw, head).catch((error) => {
          log.error({ err: error }, 'an upgrade request failed')
          raw.destroy()
        })
      })
    },
    /** Responds to a plain HTTP request for a socket. Returns false for any other request, which is left to the application. */
    handle(request: IncomingMessage, response: ServerResponse): boolean {
      const { path, params } = targetOf(request)
      const polled = longPollPaths.get(path)
      if (polled) void longPolls.handle({ definition: polled, request, response, params })
      const mount = webSockets.get(path)
      if (mount) void plainRequest(mount.definition, request, response)
      return polled !== undefined || mount !== undefined
    },
    /** Opens a session over the caller's own transport, with the usual checks; undefined when it is refused. */
    async open(request: OpenRequest, outlet: Outlet): Promise<Session | undefined> {
      const { path, params } = targetOf(request)
      const definition = webSockets.get(path)?.definition
      if (!definition) return undefined
      const admission = await arrive(definition, request, params)
      return admission.kind === 'admitted' ? openSession(definition, admission, outlet) : undefined
    },
    /** To all subscribers of a topic, on every node. */
    broadcast: (topic: string, event: string, payload: unknown) => pubsub.broadcast(topic, event, payload),
    connections: () => [...sessions.values()].map((one) => ({ id: one.id, socket: one.name, topics: one.topics() })),
    /** Breaks one connection. */
    dropConnection: (id: string) => sessions.get(id)?.drop(),
    /** Breaks the connections that have joined this topic, and returns their ids. */
    dropConnections(topic: string): string[] {
      const hit = [...sessions.values()].filter((session) => session.topics().includes(topic))
      for (const session of hit) session.drop()
      return hit.map(({ id }) => id)
    },
    /**
     * Closes every session with 1012, so that clients reconnect to another node, and refuses new ones (RT-13). In batches, because the
     * other nodes must not get all clients at once. Resolves when every connection is closed.
     */
    async drain() {
      draining = true
      longPolls.drain()
      const open = [...sessions.values()]
      while (open.length > 0) {
        for (const session of open.splice(0, drainBatch)) session.close(1012)
        if (open.length > 0) await clock.sleep(drainEveryMs)
      }
      await connections.allClosed()
    },
  }
}

/** The status that refuses a handshake whose client was admitted; undefined when it can go on. */
function handshakeProblem({ headers }: IncomingMessage, { options = {} }: SocketDefinition): number | undefined {
  if (headers['sec-websocket-version'] !== '13') return 426
  return hasCommonProtocol(headers, options) ? undefined : 403
}

/** One function for all connections, instead of a closure for each. */
function destroy(this: Duplex) {
  this.destroy()
}

/** What admission reads of a request. */
type Arriving = Pick<IncomingMessage, 'headers' | 'socket'>

const nodeDrains: Admission = { kind: 'denied', status: 503, reason: 'the node drains' }

/** What `open` reads of a request. */
type OpenRequest = Pick<IncomingMessage, 'url' | 'headers' | 'socket'>

type Admitted = Extract<Admission, { kind: 'admitted' }>

interface Target {
  path: string
  params: Params
}

/** The path and query of a request, without URL parsing: an unknown target matches no mount and is no error. */
function targetOf({ url = '/' }: Pick<IncomingMessage, 'url'>): Target {
  const [path = '/', query = ''] = url.split('?', 2)
  return { path: withoutSlash(path), params: paramsOf(query) }
}

const withoutSlash = (path: string) => path.replace(/\/$/, '')

/** Warnings for channels whose handleOut can never run because they intercept no event (CH-78). */
const undeclaredHandlers = ({ channels }: SocketDefinition) =>
  [...new Set(Object.values(channels))]
    .filter(({ handleOut, intercept = [] }) => handleOut && intercept.length === 0)
    .map(({ name }) => `${name} has handleOut but intercepts no event, so it will never run; declare them in intercept`)

const withOrigins = (one: SocketDefinition, { checkOrigin }: EndpointOptions): SocketDefinition => ({
  ...one,
  options: {
    ...(checkOrigin !== undefined && { checkOrigin }),
    ...one.options,
  },
})
