import { z } from 'zod'
import { startBeat } from '../platform/beat.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import type { PubSubAdapter, RemoteMessage } from './adapter.ts'
import type { Discovery } from './discovery.ts'
import type { MeshSocket, MeshSockets } from './mesh-sockets.ts'
import { countedSockets, createSentCounter } from './sent.ts'
import { packed, unpacked, wirePayload } from './wire-payload.ts'

export interface MeshOptions {
  sockets: MeshSockets
  /** Name -> address to dial, e.g. `{ n2: 'ws://127.0.0.1:5002' }`. */
  peers: Record<string, string>
  /** Finds more peers while the node runs, and says who is no peer any more. Default: those above are all. */
  discovery?: Discovery
  discoverEveryMs?: number
  /** Is left out of what is found. */
  nodeName?: string
  heartbeatMs?: number
  clock: Clock
  log: Log
}

interface Peer {
  name: string
  url: string
  socket: MeshSocket | undefined
  connected: boolean
  lastHeardMs: number
  /** Messages dropped for this peer: while it is down nothing is queued, because it would arrive late (AM-4). */
  lost: number
  /** The value of `lost` when the peer was last told that it missed messages. */
  announcedLost: number
}

const retryMs = 500
const discoverDefaultMs = 5_000
const missedBeatsMax = 3
/** With more than this waiting to be sent, the peer does not read: the message is dropped. */
const sendBufferMaxBytes = 1_048_576

const wireMessage = wirePayload.extend({ topic: z.string(), event: z.string() })

/**
 * Node-to-node WebSockets. Every node dials every peer and sends on the connection that it dialled, so each direction of a pair has a
 * connection of its own. A peer that misses three heartbeats is disconnected and dialled again (DP-6, DP-9..11, DP-14).
 */
export function createMesh(options: MeshOptions): PubSubAdapter {
  const { heartbeatMs = 1_000, clock, log } = options
  const sent = createSentCounter()
  const sockets = countedSockets(options.sockets, sent)
  const peers = Object.entries(options.peers).map(([name, url]) => newPeer(name, url))
  const counters = { remoteSent: 0, remoteReceived: 0 }
  const peerUpListeners: ((name: string) => void)[] = []
  const inbound = new Map<MeshSocket, { name: string; lastHeardMs: number }>()
  let stopListening = async () => {}
  let endBeat = () => {}
  let endDiscovery = () => {}
  let stopped = false

  function dial(peer: Peer) {
    if (stopped || !peers.includes(peer)) return
    const socket = sockets.dial(peer.url, heartbeatMs * missedBeatsMax)
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
    peer.lastHeardMs = clock.monotonicMs()
    log.info({ peer: peer.name }, 'mesh: peer is up')
    // Tells the peer that this node may have missed what was sent to it before.
    peer.socket?.send('up')
    peer.announcedLost = peer.lost
    notifyPeerUp(peer.name)
  }

  function notifyPeerUp(name: string) {
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
    if (!peer.connected || !peer.socket || peer.socket.bufferedAmount > sendBufferMaxBytes) {
      peer.lost += 1
      return
    }
    if (peer.lost > peer.announcedLost) peer.socket.send('up')
    peer.announcedLost = peer.lost
    peer.socket.send(encoded)
    counters.remoteSent += 1
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
    if (text === 'up') return notifyPeerUp(from.name)
    const parsed = parse(text)
    if (!parsed) return log.warn({ peer: from.name }, 'mesh: dropped undecodable message')
    counters.remoteReceived += 1
    onRemote(parsed)
  }

  function beat(lateMs: number) {
    for (const one of [...peers, ...inbound.values()]) one.lastHeardMs += lateMs
    const deadlineMs = clock.monotonicMs() - heartbeatMs * missedBeatsMax
    for (const peer of peers) {
      if (!peer.connected) continue
      if (peer.lastHeardMs < deadlineMs) peer.socket?.terminate()
      else peer.socket?.send('beat')
    }
    for (const [socket, { lastHeardMs }] of inbound) if (lastHeardMs < deadlineMs) socket.terminate()
  }

  /** Meets those who are new, and forgets those who are found no more. */
  async function discover() {
    const found = await options.discovery!.find().catch((error: Error) => {
      log.warn({ reason: error.message }, 'mesh: nobody says which nodes there are')
      return undefined
    })
    if (!found || stopped) return
    for (const peer of peers.filter(({ name, url }) => found[name] !== url)) forget(peer)
    const known = new Set(peers.map(({ name }) => name))
    for (const [name, url] of Object.entries(found)) if (name !== options.nodeName && !known.has(name)) meet(name, url)
  }

  function meet(name: string, url: string) {
    log.info({ peer: name }, 'mesh: found a peer')
    const peer = newPeer(name, url)
    peers.push(peer)
    dial(peer)
  }

  function forget(peer: Peer) {
    log.info({ peer: peer.name }, 'mesh: a peer is gone for good')
    peers.splice(peers.indexOf(peer), 1)
    peer.socket?.terminate()
  }

  return {
    counters,
    async start(onRemote) {
      stopListening = await sockets.listen((socket, name) => accept(socket, name, onRemote))
      for (const peer of peers) dial(peer)
      endBeat = startBeat(clock, heartbeatMs, beat)
      if (options.discovery) endDiscovery = startBeat(clock, options.discoverEveryMs ?? discoverDefaultMs, discover)
    },
    async stop() {
      stopped = true
      endBeat()
      endDiscovery()
      for (const { socket } of peers) socket?.terminate()
      for (const socket of inbound.keys()) socket.terminate()
      await stopListening()
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
    sent: sent.read,
    queuedBytes: () => peers.reduce((sum, { socket }) => sum + (socket?.bufferedAmount ?? 0), 0),
    peers: () => Object.fromEntries(peers.map(({ name, connected }) => [name, { connected }])),
    onPeerUp: (listener) => void peerUpListeners.push(listener),
  }
}

const newPeer = (name: string, url: string): Peer => ({
  name,
  url,
  socket: undefined,
  connected: false,
  lastHeardMs: 0,
  lost: 0,
  announcedLost: 0,
})

const encode = ({ topic, event, payload }: RemoteMessage) => JSON.stringify({ topic, event, ...packed(payload) })

function parse(text: string): RemoteMessage | undefined {
  try {
    const { topic, event, ...rest } = wireMessage.parse(JSON.parse(text))
    return { topic, event, payload: unpacked(rest) }
  } catch {
    return undefined
  }
}
