import { createHmac, randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { WebSocket, WebSocketServer } from 'ws'
import type { Log } from '../platform/log.ts'
import { sameSecret } from '../platform/same-secret.ts'

/** One end of a connection between two nodes: text messages, in order, until it breaks. */
export interface MeshSocket {
  /** Bytes queued but not yet sent. */
  readonly bufferedAmount: number
  on(change: 'open' | 'close', listener: () => void): unknown
  on(event: 'message', listener: (data: unknown) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  send(text: string): void
  terminate(): void
}

/** How nodes dial each other and prove that they belong to one cluster. */
export interface MeshSockets {
  /** The attempt fails after `withinMs`. */
  dial(url: string, withinMs: number): MeshSocket
  /** Calls `onConnection` for each connection that another node opens, with the name of that node. Returns a function that stops listening. */
  listen(onConnection: (socket: MeshSocket, name: string) => void): Promise<() => Promise<void>>
}

interface WebSocketsOptions {
  nodeName: string
  port: number
  host?: string
  secret: string
  log: Log
}

/** WebSockets between nodes that prove that they know the same secret (DP-10). */
export const meshWebSockets = ({
  nodeName,
  port,
  host = '127.0.0.1',
  secret,
  log,
}: WebSocketsOptions): MeshSockets => ({
  dial(url, withinMs) {
    const nonce = randomBytes(16).toString('hex')
    const headers = { 'x-node': nodeName, 'x-nonce': nonce, 'x-proof': proof(secret, nodeName, nonce) }
    return new WebSocket(`${url}/mesh`, { headers, handshakeTimeout: withinMs })
  },
  async listen(onConnection) {
    const server = await listen({ port, host, verify: (request) => authentic(secret, request) })
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
        const isAuthentic = verify(req)
        if (!isAuthentic) server.emit('refused', header(req, 'x-node'))
        done(isAuthentic, 401)
      },
    })
    server.once('listening', () => resolve(server))
    server.once('error', reject)
  })
}

const header = (request: IncomingMessage, name: string) => String(request.headers[name] ?? '')

/** Proves that a node knows the secret, without sending it (DP-10). */
const proof = (secret: string, name: string, nonce: string) =>
  createHmac('sha256', secret).update(`mesh:${name}:${nonce}`).digest('hex')

const authentic = (secret: string, request: IncomingMessage): boolean =>
  sameSecret(header(request, 'x-proof'), proof(secret, header(request, 'x-node'), header(request, 'x-nonce')))
