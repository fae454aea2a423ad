import type { IncomingHttpHeaders } from 'node:http'

/** The subprotocols that a WebSocket offers with its handshake, the preferred first. */
export const offeredSubprotocols = (headers: IncomingHttpHeaders): string[] =>
  (headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
