import { type ToxicType, Toxiproxy } from 'toxiproxy-node-client'

export interface ToxicWish {
  name: string
  type: ToxicType
  stream: 'upstream' | 'downstream'
  attributes: Record<string, number>
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
  addToxic(wish: ToxicWish): Promise<void>
  removeToxic(name: string): Promise<void>
}

export type Links = ReturnType<typeof createLinks>

/** Where a new link is to listen, and where it leads, as the proxy sees it: `127.0.0.1:0`, `n2:4100`. */
export type Route = (from: string, to: string) => { listen: string; upstream: string }

interface LinksOptions {
  apiUrl: string
  route: Route
  /** Whether the proxy counts bytes while they flow; a real Toxiproxy counts them when their connection ends. */
  countsAtOnce: boolean
}

/** Every link of a cluster, steered over the Toxiproxy API: the same code steers the embedded proxy and a real Toxiproxy. */
export function createLinks({ apiUrl, route, countsAtOnce }: LinksOptions) {
  const toxiproxy = new Toxiproxy(apiUrl)
  const links = new Map<string, Promise<Link>>()
  /** Given to somebody who connects through it, and not only to a canary. */
  const given = new Set<string>()

  async function create(name: string, from: string, to: string): Promise<Link> {
    const proxy = await toxiproxy.createProxy({ name, ...route(from, to) })
    const port = Number(proxy.listen.split(':').at(-1))
    return {
      name,
      from,
      to,
      host: '127.0.0.1',
      port,
      url: `http://127.0.0.1:${port}`,
      async addToxic({ toxicity = 1, ...wish }) {
        await proxy.addToxic({ ...wish, toxicity } as never)
      },
      removeToxic: async (toxicName) => {
        await (await proxy.getToxic(toxicName)).remove()
      },
    }
  }

  /** Bytes that came in on a link so far, both directions together. */
  async function bytes(name: string): Promise<number> {
    const text = await (await fetch(`${apiUrl}/metrics`)).text()
    const lines = text
      .split('\n')
      .filter((line) => line.startsWith('toxiproxy_proxy_received') && line.includes(`proxy="${name}"`))
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
  }

  return {
    apiUrl,
    names: () => [...links.keys()],
    /** The link from one part to another; made when it is first asked for. */
    link(from: string, to: string, { forCanary = false } = {}): Promise<Link> {
      const name = `${from}->${to}`
      const known = links.get(name) ?? create(name, from, to)
      links.set(name, known)
      if (!forCanary) given.add(name)
      return known
    },
    bytes,
    /** Whether a link has carried more than what is known; where that cannot be told, whether somebody connects through it. */
    isUsed: async (name: string, knownBytes: number) =>
      countsAtOnce ? (await bytes(name)) > knownBytes : given.has(name),
  }
}
