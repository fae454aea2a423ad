import { type IncomingHttpHeaders, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { authProtocol } from '../auth-token.ts'
import type { SocketOptions } from '../socket-definition.ts'
import { offeredSubprotocols } from '../subprotocols.ts'

const maxFrameDefaultBytes = 16 * 1024 * 1024

/** The WebSocket handshake of one mount, by its options. */
export function webSocketServer(options: SocketOptions): WebSocketServer {
  const { maxFrameBytes = maxFrameDefaultBytes, compress = false } = options
  const spoken = spokenProtocols(options)
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: maxFrameBytes,
    // Without context takeover a small frame is left as it is, and no client costs a dictionary (CH-15).
    perMessageDeflate: compress && { serverNoContextTakeover: true, threshold: 1_024 },
    // Without configured subprotocols an offer is accepted and none is named in the answer.
    handleProtocols: (offered) => [...offered].find((one) => spoken?.includes(one)) ?? false,
  })
}

/** Whether a client that offers subprotocols offers one that is spoken; no offer is fine. */
export function hasCommonProtocol(headers: IncomingHttpHeaders, options: SocketOptions): boolean {
  const spoken = spokenProtocols(options)
  const offered = offeredSubprotocols(headers)
  return !spoken || offered.length === 0 || offered.some((one) => spoken.includes(one))
}

const spokenProtocols = ({ subprotocols, authToken = false }: SocketOptions): readonly string[] | undefined =>
  authToken ? [authProtocol, ...(subprotocols ?? [])] : subprotocols

/** Answers an upgrade request without an upgrade. */
export function refuseUpgrade(raw: Duplex, status: number, body = '') {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'connection: close',
    'sec-websocket-version: 13',
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  raw.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
