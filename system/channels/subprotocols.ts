import type { IncomingHttpHeaders } from 'node:http'

/** The subprotocols that a WebSocket handshake offers, in order of preference. */
export const offeredSubprotocols = (headers: IncomingHttpHeaders): string[] =>
  (headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
