import { type Proxy as ToxicProxy, Toxiproxy } from 'toxiproxy-node-client'
import type { ToxicType } from '../toxiproxy/toxics/index.ts'

export interface ToxicSpec {
  name: string
  type: ToxicType
  stream: 'upstream' | 'downstream'
  attributes: Record<string, number | string>
  toxicity?: number
}

/** One directed connection between two parts of the cluster, with a stable port. */
export interface Link {
  /** `n1->n2`, `alice->n1`, `n1->db`. */
  readonly name: string
  readonly from: string
  readonly to: string
  readonly host: string
  readonly port: number
  readonly url: string
  /** Of a link of somebody else's: where its own proxy listens, which shows a reset as it is. */
  readonly proxy?: { readonly host: string; readonly port: number }
  addToxic(spec: ToxicSpec): Promise<void>
  removeToxic(name: string): Promise<void>
}

/** Bytes that a proxy received in one direction of a link, and those that it passed on. */
export interface Counted {
  receivedBytes: number
  sentBytes: number
}

export interface Links {
  readonly apiUrl: string
  /** Whether the byte count is updated while data flows. */
  readonly countsAtOnce: boolean
  /** As the system calls the thread of this process that forwards the bytes, where one does. */
  readonly threadName?: string
  names(): string[]
  /** Returns the link from one part to another, and creates it on first use. */
  link(from: string, to: string, options?: { forCanary?: boolean }): Promise<Link>
  /** Returns the bytes received on a link so far, in one direction or in both together. */
  bytes(name: string, direction?: 'upstream' | 'downstream'): Promise<number>
  counted(name: string, direction: 'upstream' | 'downstream'): Promise<Counted>
  /** Returns the bytes that were received in one direction of a link and not passed on: held, dropped, or lost with their connection. */
  keptBytes(name: string, direction: 'upstream' | 'downstream'): Promise<number>
  /** Returns whether a link has carried more than `knownBytes`, or, if bytes are not counted immediately, whether it is in use. */
  isUsed(name: string, knownBytes: number): Promise<boolean>
}

/** Returns where a new link listens and leads to, as the proxy sees it: `127.0.0.1:0`, `n2:4100`. */
export type Route = (from: string, to: string) => { listen: string; upstream: string }

/** The embedded proxy or a real Toxiproxy. */
type ProxyKind = 'embedded' | 'real'

/** Returns a link whose port is on this machine and whose toxics are those of a proxy. */
export const steered = (
  link: Pick<Link, 'name' | 'from' | 'to' | 'port' | 'proxy'>,
  proxy: Pick<ToxicProxy, 'addToxic' | 'getToxic' | 'update'>,
  kind: ProxyKind,
): Link => ({
  ...link,
  host: '127.0.0.1',
  url: `http://127.0.0.1:${link.port}`,
  async addToxic({ toxicity = 1, ...spec }) {
    await proxy.addToxic({ ...spec, toxicity } as never)
    if (spec.type === 'reset_peer' && kind === 'real') await endConnections(proxy)
  },
  removeToxic: async (toxicName) => {
    await (await proxy.getToxic(toxicName)).remove()
  },
})

/** A real Toxiproxy's reset_peer does not close an idle connection, so the proxy is disabled briefly, which closes all connections. */
async function endConnections(proxy: Pick<ToxicProxy, 'update'>) {
  for (const enabled of [false, true]) await proxy.update({ enabled } as never)
}

interface LinksOptions {
  apiUrl: string
  route: Route
  /** Whether the proxy counts bytes while data flows; a real Toxiproxy counts them when the connection ends. */
  countsAtOnce: boolean
  threadName?: string
}

/** Asks a Toxiproxy what it has counted on a link, in one direction or, without one, in both; nothing where it keeps no metrics. */
export async function countedBy(
  apiUrl: string,
  name: string,
  direction: 'upstream' | 'downstream' | '' = '',
): Promise<Counted> {
  const lines = (await (await fetch(`${apiUrl}/metrics`)).text()).split('\n')
  const own = lines.filter((line) => line.includes(`direction="${direction}`) && line.includes(`proxy="${name}"`))
  const sum = (kind: 'received' | 'sent') =>
    own
      .filter((line) => line.startsWith(`toxiproxy_proxy_${kind}`))
      .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0)
  return { receivedBytes: sum('received'), sentBytes: sum('sent') }
}

/** Returns the links of a cluster, controlled through the Toxiproxy API, which is the same for the embedded proxy and a real Toxiproxy. */
export function createLinks({ apiUrl, route, countsAtOnce, threadName }: LinksOptions): Links {
  const toxiproxy = new Toxiproxy(apiUrl)
  const links = new Map<string, Promise<Link>>()
  /** Links that were given to someone who connects through them, not only to a canary. */
  const given = new Set<string>()

  async function create(name: string, from: string, to: string): Promise<Link> {
    const proxy = await toxiproxy.createProxy({ name, ...route(from, to) })
    return steered(
      { name, from, to, port: Number(proxy.listen.split(':').at(-1)) },
      proxy,
      countsAtOnce ? 'embedded' : 'real',
    )
  }

  const counted: Links['counted'] = (name, direction) => countedBy(apiUrl, name, direction)
  const bytes = async (name: string, direction: 'upstream' | 'downstream' | '' = '') =>
    (await countedBy(apiUrl, name, direction)).receivedBytes

  return {
    apiUrl,
    countsAtOnce,
    ...(threadName !== undefined && { threadName }),
    names: () => [...links.keys()],
    link(from, to, { forCanary = false } = {}) {
      const name = `${from}->${to}`
      const known = links.get(name) ?? create(name, from, to)
      links.set(name, known)
      if (!forCanary) given.add(name)
      return known
    },
    bytes,
    counted,
    async keptBytes(name, direction) {
      const { receivedBytes, sentBytes } = await counted(name, direction)
      return receivedBytes - sentBytes
    },
    isUsed: async (name, knownBytes) => (countsAtOnce ? (await bytes(name)) > knownBytes : given.has(name)),
  }
}
