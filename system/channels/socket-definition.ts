import type { OriginRule } from './origin.ts'
import type { Params } from './params.ts'
import type { Routes } from './routes.ts'

export type ConnectResult =
  | { kind: 'connected'; assigns: Record<string, unknown>; id: string | null }
  | { kind: 'refused'; reason: string }

/** Accepts a connection; what is set here every channel of it can read (CH-8). */
export const connected = (assigns: Record<string, unknown> = {}, id: string | null = null): ConnectResult => ({
  kind: 'connected',
  assigns,
  id,
})
/** Refuses a connection: 403 at the client, the reason in the log (CH-12, CH-82). */
export const refused = (reason: string): ConnectResult => ({ kind: 'refused', reason })

/** What is known of a connection beside its parameters. */
export interface ConnectInfo {
  peerAddress: string | undefined
  userAgent: string | undefined
  /** Headers whose names begin with `x-`. */
  xHeaders: Record<string, string>
  /** As it was sent; trust nothing in it that is not signed. */
  cookie: string | undefined
  /**
   * The session of the page that connects; undefined unless the page proves with the parameter `_csrf_token` that it could read its
   * own token. A foreign page sends the cookie too, and cannot (CH-34, CH-35).
   */
  session(): Promise<Record<string, unknown> | undefined>
  /** What the official client was given as `authToken`: no part of the address, so no log has it. Only with the option of that name. */
  authToken: string | undefined
}

export interface SocketOptions {
  /** On unless it says false (CH-21). */
  websocket?: boolean
  /** Off unless it says how long a poll waits for a message (CH-21). */
  longpoll?: { windowMs: number }
  checkOrigin?: OriginRule
  /** A client that sends nothing for so long is disconnected (CH-25). */
  timeoutMs?: number
  maxFrameBytes?: number
  channelsMax?: number
  subprotocols?: readonly string[]
  /** The client's `authToken` is looked for: a WebSocket brings it as a subprotocol, a long poll in a header. Off unless it says true. */
  authToken?: boolean
  compress?: boolean
  /** The HTTP answer to a refused WebSocket; without it 403 and an empty body. */
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
