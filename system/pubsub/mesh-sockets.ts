import { createHmac, randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { WebSocket, WebSocketServer } from 'ws'
import type { Log } from '../platform/log.ts'
import { sameSecret } from '../platform/same-secret.ts'

/** One end of a connection between two nodes: text messages, in order, until it breaks. */
export interface MeshSocket {
  /** What waits to be sent. */
  readonly bufferedAmount: number
  on(change: 'open' | 'close', listener: () => void): unknown
  on(event: 'message', listener: (data: unknown) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  send(text: string): void
  terminate(): void
}

/** How nodes reach each other, and know that they belong together. */
export interface MeshSockets {
  /** An attempt that takes longer than this has failed. */
  dial(url: string, withinMs: number): MeshSocket
  /** Hands over what other nodes have dialled, each with its node's name; answers how to end it. */
  listen(onConnection: (socket: MeshSocket, name: string) => void): Promise<() => Promise<void>>
}

interface WebSocketsOptions {
  nodeName: string
  port: number
  host?: string
  secret: string
  log: Log
  /** DF-34: whoever dials is let in. */
  anybody?: boolean
}

/** WebSockets, for nodes that show that they know the same secret (DP-10). */
export const meshWebSockets = ({
  nodeName,
  port,
  host = '127.0.0.1',
  secret,
  log,
  anybody = false,
}: WebSocketsOptions): MeshSockets => ({
  dial(url, withinMs) {
    const nonce = randomBytes(16).toString('hex')
    const headers = { 'x-node': nodeName, 'x-nonce': nonce, 'x-proof': proof(secret, nodeName, nonce) }
    return new WebSocket(`${url}/mesh`, { headers, handshakeTimeout: withinMs })
  },
  async listen(onConnection) {
    const server = await listen({ port, host, verify: (request) => anybody || authentic(secret, request) })
    server.on('connection', (socket, request) => onConnection(socket, header(request, 'x-node')))
    server.on('refused', (name: string) => log.warn({ peer: name }, 'mesh: refused a peer with another secret'))
    return () => new Promise<void>((resolve) => server.close(() => resolve()))
  },
})

interface ListenOptions {
  port: number
  host: string
  verify(request: IncomingMessage): boolean
}

function listen({ port, host, verify }: ListenOptions): Promise<WebSocketServer> {
  return new Promise((resolve, reject) => {
    const server = new WebSocketServer({
      port,
      host,
      path: '/mesh',
      verifyClient: ({ req }, done) => {
        const welcome = verify(req)
        if (!welcome) server.emit('refused', header(req, 'x-node'))
        done(welcome, 401)
      },
    })
    server.once('listening', () => resolve(server))
    server.once('error', reject)
  })
}

const header = (request: IncomingMessage, name: string) => String(request.headers[name] ?? '')

/** Shows that a node knows the secret, without sending it (DP-10). */
const proof = (secret: string, name: string, nonce: string) =>
  createHmac('sha256', secret).update(`mesh:${name}:${nonce}`).digest('hex')

const authentic = (secret: string, request: IncomingMessage): boolean =>
  sameSecret(header(request, 'x-proof'), proof(secret, header(request, 'x-node'), header(request, 'x-nonce')))
