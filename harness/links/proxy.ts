import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Clock } from '../platform/clock.ts'
import { type ActiveToxic, type Direction, openDirection } from './direction.ts'
import { apiErrors } from './errors.ts'
import { isToxicType, type ToxicType, toxics } from './toxics/index.ts'
import type { Attributes } from './toxics/toxic.ts'

export type Stream = 'upstream' | 'downstream'

export interface ToxicState {
  attributes: Attributes
  name: string
  type: ToxicType
  stream: Stream
  toxicity: number
}

/** What a client sends to add or change a toxic; every field may be missing. */
export interface ToxicWish {
  name?: string
  type?: string
  stream?: string
  toxicity?: number
  attributes?: Attributes
}

interface Connection {
  client: Socket
  upstream: Socket
  directions: Record<Stream, { direction: Direction; active: ActiveToxic[] }>
}

export interface ProxyOptions {
  name: string
  listen: string
  upstream: string
  clock: Clock
  random(): number
}

export type LinkProxy = ReturnType<typeof createProxy>

/** One listener, one upstream, and the toxics between them. Every connection is dialled on when it is accepted. */
export function createProxy({ name, clock, random, ...addresses }: ProxyOptions) {
  let { listen, upstream } = addresses
  let server: Server | undefined
  let chain: ToxicState[] = []
  const connections = new Set<Connection>()
  const bytes: Record<Stream, { received: number; sent: number }> = {
    upstream: { received: 0, sent: 0 },
    downstream: { received: 0, sent: 0 },
  }

  const activate = (toxic: ToxicState): ActiveToxic => ({
    name: toxic.name,
    kind: toxics[toxic.type],
    attributes: toxic.attributes,
    applies: random() < toxic.toxicity,
    memory: { bytes: 0 },
  })

  function accept(client: Socket) {
    const target = connect({ ...hostAndPort(upstream), allowHalfOpen: true })
    const connection = { client, upstream: target } as Connection
    const close = () => end(connection, (socket) => socket.destroy())
    const reset = () => end(connection, (socket) => socket.resetAndDestroy())
    const open = (stream: Stream, source: Socket, sink: Socket) => {
      const active = chain.filter((toxic) => toxic.stream === stream).map(activate)
      const count = (kind: 'received' | 'sent', size: number) => {
        bytes[stream][kind] += size
      }
      return {
        active,
        direction: openDirection({ source, target: sink, toxics: active, clock, random, count, close, reset }),
      }
    }
    connection.directions = {
      upstream: open('upstream', client, target),
      downstream: open('downstream', target, client),
    }
    connections.add(connection)
    for (const socket of [client, target]) {
      socket.setNoDelay(true)
      socket.on('error', close)
      socket.on('close', () => {
        if (client.destroyed && target.destroyed) forget(connection)
        else if (socket.errored) close()
      })
    }
  }

  function forget(connection: Connection) {
    connections.delete(connection)
    for (const { direction } of Object.values(connection.directions)) direction.end()
  }

  function end(connection: Connection, how: (socket: Socket) => void) {
    forget(connection)
    how(connection.client)
    how(connection.upstream)
  }

  /** Draws again only for toxics that are new or changed, so that a connection keeps its luck. */
  function rewire(changed?: string) {
    for (const connection of [...connections]) {
      for (const [stream, side] of Object.entries(connection.directions)) {
        const wanted = chain.filter((toxic) => toxic.stream === stream)
        side.active = wanted.map(
          (toxic) => side.active.find((one) => one.name === toxic.name && one.name !== changed) ?? activate(toxic),
        )
        side.direction.change(side.active)
      }
    }
  }

  async function start() {
    if (server) return
    const fresh = createServer({ allowHalfOpen: true, noDelay: true }, accept)
    await new Promise<void>((resolve, reject) => {
      fresh.once('error', (error) => reject(apiErrors.cannotListen(error.message)))
      fresh.listen({ ...hostAndPort(listen), backlog: 1_024 }, resolve)
    })
    const { address, port, family } = fresh.address() as { address: string; port: number; family: string }
    listen = family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`
    server = fresh
  }

  async function stop() {
    const old = server
    server = undefined
    for (const connection of [...connections]) end(connection, (socket) => socket.destroy())
    await new Promise<void>((resolve) => (old ? old.close(() => resolve()) : resolve()))
  }

  const find = (toxicName: string) => {
    const toxic = chain.find((one) => one.name === toxicName)
    if (!toxic) throw apiErrors.toxicNotFound()
    return toxic
  }

  return {
    name,
    bytes,
    start,
    stop,
    connectionCount: () => connections.size,
    state: () => ({ name, listen, upstream, enabled: server !== undefined, toxics: chain }),
    /** Other addresses take effect by a restart of the listener, which ends all connections. */
    async update(wish: { listen?: string; upstream?: string; enabled?: boolean }) {
      const moved = (wish.listen && wish.listen !== listen) || (wish.upstream && wish.upstream !== upstream)
      const wantedOn = wish.enabled ?? server !== undefined
      if (moved || !wantedOn) await stop()
      listen = wish.listen || listen
      upstream = wish.upstream || upstream
      if (wantedOn) await start()
    },
    toxics: () => chain,
    toxic: find,
    addToxic(wish: ToxicWish): ToxicState {
      const stream = wish.stream || 'downstream'
      if (stream !== 'upstream' && stream !== 'downstream') throw apiErrors.invalidStream()
      if (!isToxicType(wish.type)) throw apiErrors.invalidType()
      const toxicName = wish.name || `${wish.type}_${stream}`
      if (chain.some((one) => one.name === toxicName)) throw apiErrors.toxicExists()
      const attributes = merged(toxics[wish.type].attributes, wish.attributes)
      const toxic = { attributes, name: toxicName, type: wish.type, stream, toxicity: wish.toxicity ?? 1 } as const
      chain = [...chain, toxic]
      rewire()
      return toxic
    },
    updateToxic(toxicName: string, { attributes, toxicity }: ToxicWish): ToxicState {
      const old = find(toxicName)
      const fresh = { ...old, attributes: merged(old.attributes, attributes), toxicity: toxicity ?? old.toxicity }
      chain = chain.map((one) => (one === old ? fresh : one))
      rewire(toxicName)
      return fresh
    },
    removeToxic(toxicName: string) {
      const toxic = find(toxicName)
      chain = chain.filter((one) => one !== toxic)
      rewire()
    },
    removeAllToxics() {
      chain = []
      rewire()
    },
  }
}

/** Only attributes that the toxic has; others are nobody's. */
const merged = (known: Attributes, wish: Attributes = {}): Attributes =>
  Object.fromEntries(Object.entries(known).map(([key, value]) => [key, wish[key] ?? value]))

function hostAndPort(address: string): { host: string; port: number } {
  const [, host, port] = /^(?:\[?(.*?)\]?):(\d+)$/.exec(address) ?? []
  if (port === undefined) throw apiErrors.cannotListen(`address ${address}: expected host:port`)
  return { host: host || '127.0.0.1', port: Number(port) }
}
