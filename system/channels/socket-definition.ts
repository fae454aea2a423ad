import type { OriginRule } from './origin.ts'
import type { Params } from './params.ts'
import type { Routes } from './routes.ts'

export type ConnectResult =
  | { kind: 'connected'; assigns: Record<string, unknown>; id: string | null }
  | { kind: 'refused'; reason: string }

/** Accepts a connection; all its channels can read these assigns (CH-8). */
export const connected = (assigns: Record<string, unknown> = {}, id: string | null = null): ConnectResult => ({
  kind: 'connected',
  assigns,
  id,
})
/** Refuses a connection: the client gets 403, the log gets the reason (CH-12, CH-82). */
export const refused = (reason: string): ConnectResult => ({ kind: 'refused', reason })

/** What `connect` can read of a request besides its parameters. */
export interface ConnectInfo {
  peerAddress: string | undefined
  userAgent: string | undefined
  /** Headers whose names begin with `x-`. */
  xHeaders: Record<string, string>
  /** The raw header: trust nothing in it that is not signed. */
  cookie: string | undefined
  /**
   * The session of the page that connects; undefined unless the parameter `_csrf_token` matches it. A page of another site sends the
   * cookie too, but cannot read that token (CH-34, CH-35).
   */
  session(): Promise<Record<string, unknown> | undefined>
  /** The official client's `authToken`, which is not part of the address and so in no log. Only with the option of that name. */
  authToken: string | undefined
}

export interface SocketOptions {
  /** Default: true (CH-21). */
  websocket?: boolean
  /** Off unless given; `windowMs` is how long a poll waits for a message (CH-21). */
  longpoll?: { windowMs: number }
  checkOrigin?: OriginRule
  /** Idle timeout: a client that sends nothing for this time is disconnected (CH-25). */
  timeoutMs?: number
  maxFrameBytes?: number
  channelsMax?: number
  subprotocols?: readonly string[]
  /** Reads the client's `authToken`: from a subprotocol of a WebSocket, or a header of a long poll. Default: false. */
  authToken?: boolean
  compress?: boolean
  /** The HTTP response to a refused WebSocket; default: 403 with an empty body. */
  onRefused?(reason: string): { status: number; body?: string }
}

export interface SocketDefinition {
  name: string
  /** Where it is mounted: `<path>/websocket` and `<path>/longpoll` (CH-11, CH-20). */
  path: string
  channels: Routes
  connect?(params: Params, info: ConnectInfo): ConnectResult | Promise<ConnectResult>
  options?: SocketOptions
}

export const socket = (definition: SocketDefinition): SocketDefinition => definition
