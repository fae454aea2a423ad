import { createHmac, randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { type RawData, WebSocket, WebSocketServer } from 'ws'
import { z } from 'zod'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import { sameSecret } from '../platform/same-secret.ts'
import type { PubSubAdapter, RemoteMessage } from './adapter.ts'

export interface MeshOptions {
  nodeName: string
  port: number
  host?: string
  secret: string
  /** Name -> address to dial, e.g. `{ n2: 'ws://127.0.0.1:5002' }`. */
  peers: Record<string, string>
  heartbeatMs?: number
  clock: Clock
  log: Log
  quirks?: { doubleSendAfterReconnect?: boolean; anybody?: boolean }
}

interface Peer {
  name: string
  url: string
  socket: WebSocket | undefined
  connected: boolean
  connects: number
  lastHeardMs: number
  /** Broadcasts queued for a peer that is down would arrive late: there is no such queue (AM-4). */
  lost: number
  /** The peer has been told that it missed this many. */
  lostToldOf: number
}

const retryMs = 500
const silentBeats = 3
/** More than this waiting in the operating system's buffers means that the peer does not read: the message is dropped. */
const backedUpBytes = 1_048_576

const remoteMessage = z.object({ topic: z.string(), event: z.string(), payload: z.unknown() })

/**
 * Node-to-node WebSockets. Every node dials every peer and sends on the connection that it dialled, so one direction of one pair
 * is one connection. A peer that answers no heartbeat for three beats is dropped and dialled again (DP-6, DP-9..11, DP-14).
 */
export function createMesh(options: MeshOptions): PubSubAdapter {
  const { nodeName, port, host = '127.0.0.1', secret, heartbeatMs = 1_000, clock, log, quirks = {} } = options
  const peers: Peer[] = Object.entries(options.peers).map(([name, url]) => ({
    name,
    url,
    socket: undefined,
    connected: false,
    connects: 0,
    lastHeardMs: 0,
    lost: 0,
    lostToldOf: 0,
  }))
  const counters = { meshSent: 0, meshReceived: 0 }
  const peerUpListeners: ((name: string) => void)[] = []
  const inbound = new Map<WebSocket, { name: string; lastHeardMs: number }>()
  let server: WebSocketServer | undefined
  let cancelBeat = () => {}
  let stopped = false

  function dial(peer: Peer) {
    if (stopped) return
    const nonce = randomBytes(16).toString('hex')
    const headers = { 'x-node': nodeName, 'x-nonce': nonce, 'x-proof': proof(secret, nodeName, nonce) }
    const socket = new WebSocket(`${peer.url}/mesh`, { headers, handshakeTimeout: heartbeatMs * silentBeats })
    peer.socket = socket
    socket.on('open', () => up(peer))
    socket.on('message', () => {
      peer.lastHeardMs = clock.monotonicMs()
    })
    socket.on('error', (error) => log.debug({ peer: peer.name, reason: error.message }, 'mesh: cannot reach a peer'))
    socket.on('close', () => down(peer, socket))
  }

  function up(peer: Peer) {
    peer.connected = true
    peer.connects += 1
    peer.lastHeardMs = clock.monotonicMs()
    log.info({ peer: peer.name }, 'mesh: peer is up')
    // The other side counts this one as up from here on: whatever it sent before may be lost.
    peer.socket?.send('up')
    peer.lostToldOf = peer.lost
    tellUp(peer.name)
  }

  function tellUp(name: string) {
    for (const listener of peerUpListeners) listener(name)
  }

  function down(peer: Peer, socket: WebSocket) {
    if (peer.socket !== socket) return
    if (peer.connected) log.warn({ peer: peer.name }, 'mesh: peer is down')
    peer.connected = false
    peer.socket = undefined
    clock.after(retryMs, () => dial(peer))
  }

  function send(peer: Peer, encoded: string) {
    if (!peer.connected || !peer.socket || peer.socket.bufferedAmount > backedUpBytes) {
      peer.lost += 1
      return
    }
    if (peer.lost > peer.lostToldOf) peer.socket.send('up')
    peer.lostToldOf = peer.lost
    const times = quirks.doubleSendAfterReconnect && peer.connects > 1 ? 2 : 1
    for (let sent = 0; sent < times; sent += 1) peer.socket.send(encoded)
    counters.meshSent += 1
  }

  function accept(socket: WebSocket, name: string, onRemote: (message: RemoteMessage) => void) {
    inbound.set(socket, { name, lastHeardMs: clock.monotonicMs() })
    socket.on('message', (data) => receive(socket, data, onRemote))
    socket.on('error', (error) => log.debug({ peer: name, reason: error.message }, 'mesh: an inbound connection broke'))
    socket.on('close', () => inbound.delete(socket))
  }

  function receive(socket: WebSocket, data: RawData, onRemote: (message: RemoteMessage) => void) {
    const from = inbound.get(socket)
    if (!from) return
    from.lastHeardMs = clock.monotonicMs()
    const text = data.toString()
    if (text === 'beat') return socket.send('beat')
    if (text === 'up') return tellUp(from.name)
    const parsed = parse(text)
    if (!parsed) return log.warn({ peer: from.name }, 'mesh: a message that cannot be read was dropped')
    counters.meshReceived += 1
    onRemote(parsed)
  }

  function beat() {
    const deadlineMs = clock.monotonicMs() - heartbeatMs * silentBeats
    for (const peer of peers) {
      if (!peer.connected) continue
      if (peer.lastHeardMs < deadlineMs) peer.socket?.terminate()
      else peer.socket?.send('beat')
    }
    for (const [socket, { lastHeardMs }] of inbound) if (lastHeardMs < deadlineMs) socket.terminate()
    cancelBeat = clock.after(heartbeatMs, beat)
  }

  return {
    counters,
    async start(onRemote) {
      server = await listen({ port, host, verify: (request) => quirks.anybody === true || authentic(secret, request) })
      server.on('connection', (socket, request) => accept(socket, header(request, 'x-node'), onRemote))
      server.on('refused', (name: string) => log.warn({ peer: name }, 'mesh: refused a peer with another secret'))
      for (const peer of peers) dial(peer)
      beat()
    },
    async stop() {
      stopped = true
      cancelBeat()
      for (const { socket } of peers) socket?.terminate()
      for (const socket of inbound.keys()) socket.terminate()
      await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()))
    },
    broadcast(message) {
      const encoded = JSON.stringify(message)
      for (const peer of peers) send(peer, encoded)
    },
    directBroadcast(toNode, message) {
      const peer = peers.find(({ name }) => name === toNode)
      if (!peer)
        throw new Error(
          `cannot reach node ${toNode}: this node's peers are ${peers.map(({ name }) => name).join(', ')}`,
        )
      send(peer, JSON.stringify(message))
    },
    peers: () => Object.fromEntries(peers.map(({ name, connected }) => [name, { connected }])),
    onPeerUp: (listener) => void peerUpListeners.push(listener),
  }
}

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

function parse(text: string): RemoteMessage | undefined {
  try {
    return remoteMessage.parse(JSON.parse(text)) as RemoteMessage
  } catch {
    return undefined
  }
}

const header = (request: IncomingMessage, name: string) => String(request.headers[name] ?? '')

/** Shows that a node knows the secret, without sending it (DP-10). */
const proof = (secret: string, name: string, nonce: string) =>
  createHmac('sha256', secret).update(`mesh:${name}:${nonce}`).digest('hex')

const authentic = (secret: string, request: IncomingMessage): boolean =>
  sameSecret(header(request, 'x-proof'), proof(secret, header(request, 'x-node'), header(request, 'x-nonce')))
