import type { IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { authProtocol } from '../auth-token.ts'
import type { SocketOptions } from '../socket-definition.ts'
import { offeredSubprotocols } from '../subprotocols.ts'

// Not imported: for an ES module Node reads every export of node:http, and one of them loads its whole HTTP client.
const { STATUS_CODES } = process.getBuiltinModule('node:http')
const maxFrameDefaultBytes = 16 * 1024 * 1024

/** The WebSocket handshake of one mount, by its options. */
export function webSocketServer(options: SocketOptions): WebSocketServer {
  const { maxFrameBytes = maxFrameDefaultBytes, compress = false } = options
  const supported = supportedProtocols(options)
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: maxFrameBytes,
    // Without context takeover, small frames stay uncompressed and no client needs a dictionary in memory (CH-15).
    perMessageDeflate: compress && { serverNoContextTakeover: true, threshold: 1_024 },
    // Without configured subprotocols any offer is accepted, and the response selects none.
    handleProtocols: (offered) => [...offered].find((one) => supported?.includes(one)) ?? false,
  })
}

/** Whether the client offers a supported subprotocol, or none at all. */
export function hasCommonProtocol(headers: IncomingHttpHeaders, options: SocketOptions): boolean {
  const supported = supportedProtocols(options)
  const offered = offeredSubprotocols(headers)
  return !supported || offered.length === 0 || offered.some((one) => supported.includes(one))
}

const supportedProtocols = ({ subprotocols, authToken = false }: SocketOptions): readonly string[] | undefined =>
  authToken ? [authProtocol, ...(subprotocols ?? [])] : subprotocols

/** Responds to an upgrade request with an HTTP error. */
export function refuseUpgrade(raw: Duplex, status: number, body = '') {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'connection: close',
    'sec-websocket-version: 13',
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  raw.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
