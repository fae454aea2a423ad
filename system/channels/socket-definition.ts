import type { OriginRule } from './origin.ts'
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

export interface SocketOptions {
  checkOrigin?: OriginRule
  /** A client that sends nothing for so long is disconnected (CH-25). */
  timeoutMs?: number
  maxFrameBytes?: number
  channelsMax?: number
  subprotocols?: readonly string[]
  compress?: boolean
}

export interface SocketDefinition {
  name: string
  /** Where it is mounted; the WebSocket listens at `<path>/websocket` (CH-11). */
  path: string
  channels: Routes
  connect?(params: Record<string, string>): ConnectResult | Promise<ConnectResult>
  options?: SocketOptions
}

export const socket = (definition: SocketDefinition): SocketDefinition => definition
