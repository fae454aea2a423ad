import { z } from 'zod'
import { startBeat } from '../platform/beat.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import type { PubSubAdapter, RemoteMessage } from './adapter.ts'
import type { MeshSocket, MeshSockets } from './mesh-sockets.ts'
import { packed, unpacked, wirePayload } from './wire-payload.ts'

export interface MeshOptions {
  sockets: MeshSockets
  /** Name -> address to dial, e.g. `{ n2: 'ws://127.0.0.1:5002' }`. */
  peers: Record<string, string>
  heartbeatMs?: number
  clock: Clock
  log: Log
  quirks?: { doubleSendAfterReconnect?: boolean }
}

interface Peer {
  name: string
  url: string
  socket: MeshSocket | undefined
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

const wireMessage = wirePayload.extend({ topic: z.string(), event: z.string() })

/**
 * Node-to-node WebSockets. Every node dials every peer and sends on the connection that it dialled, so one direction of one pair
 * is one connection. A peer that answers no heartbeat for three beats is dropped and dialled again (DP-6, DP-9..11, DP-14).
 */
export function createMesh(options: MeshOptions): PubSubAdapter {
  const { sockets, heartbeatMs = 1_000, clock, log, quirks = {} } = options
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
  const inbound = new Map<MeshSocket, { name: string; lastHeardMs: number }>()
  let closeDoor = async () => {}
  let endBeat = () => {}
  let stopped = false

  function dial(peer: Peer) {
    if (stopped) return
    const socket = sockets.dial(peer.url, heartbeatMs * silentBeats)
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

  function down(peer: Peer, socket: MeshSocket) {
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

  function accept(socket: MeshSocket, name: string, onRemote: (message: RemoteMessage) => void) {
    inbound.set(socket, { name, lastHeardMs: clock.monotonicMs() })
    socket.on('message', (data) => receive(socket, String(data), onRemote))
    socket.on('error', (error) => log.debug({ peer: name, reason: error.message }, 'mesh: an inbound connection broke'))
    socket.on('close', () => inbound.delete(socket))
  }

  function receive(socket: MeshSocket, text: string, onRemote: (message: RemoteMessage) => void) {
    const from = inbound.get(socket)
    if (!from) return
    from.lastHeardMs = clock.monotonicMs()
    if (text === 'beat') return socket.send('beat')
    if (text === 'up') return tellUp(from.name)
    const parsed = parse(text)
    if (!parsed) return log.warn({ peer: from.name }, 'mesh: a message that cannot be read was dropped')
    counters.meshReceived += 1
    onRemote(parsed)
  }

  function beat(lateMs: number) {
    for (const one of [...peers, ...inbound.values()]) one.lastHeardMs += lateMs
    const deadlineMs = clock.monotonicMs() - heartbeatMs * silentBeats
    for (const peer of peers) {
      if (!peer.connected) continue
      if (peer.lastHeardMs < deadlineMs) peer.socket?.terminate()
      else peer.socket?.send('beat')
    }
    for (const [socket, { lastHeardMs }] of inbound) if (lastHeardMs < deadlineMs) socket.terminate()
  }

  return {
    counters,
    async start(onRemote) {
      closeDoor = await sockets.listen((socket, name) => accept(socket, name, onRemote))
      for (const peer of peers) dial(peer)
      endBeat = startBeat(clock, heartbeatMs, beat)
    },
    async stop() {
      stopped = true
      endBeat()
      for (const { socket } of peers) socket?.terminate()
      for (const socket of inbound.keys()) socket.terminate()
      await closeDoor()
    },
    broadcast(message) {
      const encoded = encode(message)
      for (const peer of peers) send(peer, encoded)
    },
    directBroadcast(toNode, message) {
      const peer = peers.find(({ name }) => name === toNode)
      if (!peer)
        throw new Error(
          `cannot reach node ${toNode}: this node's peers are ${peers.map(({ name }) => name).join(', ')}`,
        )
      send(peer, encode(message))
    },
    peers: () => Object.fromEntries(peers.map(({ name, connected }) => [name, { connected }])),
    onPeerUp: (listener) => void peerUpListeners.push(listener),
  }
}

const encode = ({ topic, event, payload }: RemoteMessage) => JSON.stringify({ topic, event, ...packed(payload) })

function parse(text: string): RemoteMessage | undefined {
  try {
    const { topic, event, ...rest } = wireMessage.parse(JSON.parse(text))
    return { topic, event, payload: unpacked(rest) }
  } catch {
    return undefined
  }
}
