import type { IncomingMessage } from 'node:http'
import type { Log } from '../platform/log.ts'
import { authTokenIn } from './auth-token.ts'
import { originAllowed } from './origin.ts'
import type { Params } from './params.ts'
import { negotiate } from './serializers/index.ts'
import type { Serializer } from './serializers/serializer.ts'
import { type ConnectInfo, connected, type SocketDefinition } from './socket-definition.ts'

export type Admission =
  | { kind: 'admitted'; serializer: Serializer; assigns: Record<string, unknown>; socketId: string | null }
  | { kind: 'denied'; status: number; reason: string }

interface Arrival {
  definition: SocketDefinition
  request: Pick<IncomingMessage, 'headers' | 'socket'>
  params: Params
  publicHost: string
  log: Log
  readSession: ReadSession
}

/** Returns the session in a cookie header; undefined unless the CSRF token proves that the page is the application's own. */
export type ReadSession = (
  cookie: string | undefined,
  csrfToken: string | undefined,
) => Promise<Record<string, unknown> | undefined>

/** Whether a request may open a session: checks the origin, the protocol version, then the socket's own `connect` (CH-12, CH-30..35, CH-82). */
export async function admit(arrival: Arrival): Promise<Admission> {
  const { definition, request, params, publicHost, log } = arrival
  const deny = (reason: string, status = 403): Admission => {
    log.error({ socket: definition.name, reason }, `${definition.name} connect error ${reason}`)
    return { kind: 'denied', status, reason }
  }
  if (!originAllowed(request.headers.origin, publicHost, definition.options?.checkOrigin))
    return deny('origin not allowed')
  const serializer = negotiate(params)
  if (!serializer) return deny('unsupported vsn')
  try {
    const result = await (definition.connect?.(params, new ArrivalInfo(arrival)) ?? connected())
    if (result.kind === 'refused') return deny(result.reason)
    return { kind: 'admitted', serializer, assigns: result.assigns, socketId: result.id }
  } catch (error) {
    return deny(`connect crashed: ${error instanceof Error ? error.message : String(error)}`, 500)
  }
}

/** Lazy getters, because most sockets read nothing of it; a class, because one is made for each client that connects. */
class ArrivalInfo implements ConnectInfo {
  private readonly arrival: Pick<Arrival, 'definition' | 'request' | 'params' | 'readSession'>

  constructor(arrival: Pick<Arrival, 'definition' | 'request' | 'params' | 'readSession'>) {
    this.arrival = arrival
  }
  get peerAddress() {
    return this.arrival.request.socket.remoteAddress
  }
  get userAgent() {
    return this.arrival.request.headers['user-agent']
  }
  get xHeaders() {
    const own = Object.entries(this.arrival.request.headers).filter(([name]) => name.startsWith('x-'))
    return Object.fromEntries(own.map(([name, value]) => [name, String(value)]))
  }
  get cookie() {
    return this.arrival.request.headers.cookie
  }
  get session() {
    const { params, readSession } = this.arrival
    return () => readSession(this.cookie, params._csrf_token)
  }
  get authToken() {
    const { definition, request } = this.arrival
    return definition.options?.authToken ? authTokenIn(request.headers) : undefined
  }
}
