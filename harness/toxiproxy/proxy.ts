import { createServer, type Server, type Socket } from 'node:net'
import type { Clock } from '../platform/clock.ts'
import { formatAddress, parseAddress, resolveAddress } from './address.ts'
import { type Connection, openConnection, type Stream, streams } from './connection.ts'
import { apiErrors, listenProblem } from './errors.ts'
import type { ActiveToxic } from './stage.ts'
import { type ToxicType, toxics } from './toxics/index.ts'
import type { Attributes } from './toxics/toxic.ts'

/** A toxic as the API shows it. */
export interface ToxicState {
  attributes: Attributes
  name: string
  type: ToxicType
  /** As the client wrote it; upper case is allowed. */
  stream: string
  toxicity: number
}

/** A proxy as the API shows it. */
export interface ProxyState {
  name: string
  listen: string
  upstream: string
  enabled: boolean
  toxics: ToxicState[]
}

export interface ProxyOptions {
  name: string
  listen: string
  upstream: string
  clock: Clock
  random(): number
}

export type LinkProxy = ReturnType<typeof createProxy>

const backlog = 1_024

export const streamOf = (toxic: { stream: string }) => toxic.stream.toLowerCase() as Stream

/** One listener, one upstream, and the toxics between them. Each accepted connection opens its own upstream connection. */
export function createProxy({ name, clock, random, ...addresses }: ProxyOptions) {
  let { listen, upstream } = addresses
  let server: Server | undefined
  let chain: ToxicState[] = []
  const connections = new Set<Connection>()
  /** Names of the toxics that some connection has claimed. */
  const claimed = new Set<string>()
  const bytes = { upstream: { received: 0, sent: 0 }, downstream: { received: 0, sent: 0 } }

  const activate = ({ name, type, attributes, toxicity }: ToxicState): ActiveToxic => ({
    name,
    kind: toxics[type],
    attributes,
    applies: random() < toxicity,
    claim: () => !claimed.has(name) && claimed.add(name).has(name),
  })
  const on = (stream: Stream) => chain.filter((toxic) => streamOf(toxic) === stream)

  function accept(client: Socket) {
    const connection = openConnection({
      client,
      upstream,
      clock,
      random,
      toxics: { upstream: on('upstream').map(activate), downstream: on('downstream').map(activate) },
      count(stream, kind, size) {
        bytes[stream][kind] += size
      },
      gone: () => connections.delete(connection),
    })
    connections.add(connection)
  }

  async function start() {
    if (server) return
    const wanted = await resolveAddress(listen, 'listen tcp: ')
    const fresh = createServer({ allowHalfOpen: true, noDelay: true }, (client) => guarded(client))
    await listening(fresh, wanted)
    const { address, port } = fresh.address() as { address: string; port: number }
    listen = formatAddress({ host: address, port })
    server = fresh
  }

  /** An upstream address that cannot be parsed is treated as an upstream that does not respond. */
  function guarded(client: Socket) {
    try {
      parseAddress(upstream)
    } catch {
      return void client.destroy()
    }
    accept(client)
  }

  async function stop() {
    const old = server
    server = undefined
    const closed = old && new Promise<void>((resolve) => old.close(() => resolve()))
    for (const connection of connections) connection.destroy()
    await closed
  }

  /** Returns whether these addresses differ from those of the proxy. An invalid address changes nothing. */
  async function differs(spec: { listen: string; upstream: string }): Promise<boolean> {
    return formatAddress(await resolveAddress(spec.listen)) !== listen || spec.upstream !== upstream
  }

  const find = (toxicName: string): ToxicState => {
    const toxic = chain.find((one) => one.name === toxicName)
    if (!toxic) throw apiErrors.toxicNotFound()
    return toxic
  }
  const inOrder = () => streams.flatMap(on)

  function removeToxic(toxicName: string) {
    const toxic = find(toxicName)
    chain = chain.filter((one) => one !== toxic)
    claimed.delete(toxicName)
    for (const connection of connections) connection.links[streamOf(toxic)].remove(toxicName)
  }

  return {
    name,
    bytes,
    start,
    stop,
    differs,
    connectionCount: () => connections.size,
    state: (): ProxyState => ({ name, listen, upstream, enabled: server !== undefined, toxics: inOrder() }),
    /** New addresses restart the listener, which closes all connections. */
    async update(spec: { listen?: string | undefined; upstream?: string | undefined; enabled?: boolean | undefined }) {
      const next = { listen: spec.listen ?? listen, upstream: spec.upstream ?? upstream }
      const enabled = spec.enabled ?? server !== undefined
      const moves = await differs(next)
      if (moves || !enabled) await stop()
      if (moves) ({ listen, upstream } = next)
      if (enabled) await start()
    },
    toxics: inOrder,
    toxic: find,
    addToxic(toxic: ToxicState): ToxicState {
      if (chain.some((one) => one.name === toxic.name)) throw apiErrors.toxicExists()
      chain = [...chain, toxic]
      for (const connection of connections) connection.links[streamOf(toxic)].add(activate(toxic))
      return toxic
    },
    /** Each connection decides anew whether the toxic is active in it. */
    updateToxic(toxicName: string, spec: { attributes: Attributes; toxicity?: number | undefined }): ToxicState {
      const old = find(toxicName)
      const attributes = { ...old.attributes, ...spec.attributes }
      const fresh = { ...old, attributes, toxicity: spec.toxicity ?? old.toxicity }
      chain = chain.map((one) => (one === old ? fresh : one))
      for (const connection of connections) connection.links[streamOf(fresh)].change(activate(fresh))
      return fresh
    },
    removeToxic,
    removeAllToxics() {
      for (const toxic of inOrder()) removeToxic(toxic.name)
    },
  }
}

function listening(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenProblem(formatAddress({ host, port }), error)))
    server.listen({ ...(host && { host }), port, backlog }, resolve)
  })
}
