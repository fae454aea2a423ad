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

/** Every link of a cluster, steered over the Toxiproxy API: the same code steers the embedded proxy and a real Toxiproxy. */
export function createLinks(apiUrl: string, upstreamOf: (from: string, to: string) => string) {
  const toxiproxy = new Toxiproxy(apiUrl)
  const links = new Map<string, Promise<Link>>()

  async function create(name: string, from: string, to: string): Promise<Link> {
    const proxy = await toxiproxy.createProxy({ name, listen: '127.0.0.1:0', upstream: upstreamOf(from, to) })
    const [host = '', port = ''] = proxy.listen.split(':')
    return {
      name,
      from,
      to,
      host,
      port: Number(port),
      url: `http://${proxy.listen}`,
      async addToxic({ toxicity = 1, ...wish }) {
        await proxy.addToxic({ ...wish, toxicity } as never)
      },
      removeToxic: async (toxicName) => {
        await (await proxy.getToxic(toxicName)).remove()
      },
    }
  }

  return {
    apiUrl,
    names: () => [...links.keys()],
    /** The link from one part to another; made when it is first asked for. */
    link(from: string, to: string): Promise<Link> {
      const name = `${from}->${to}`
      const known = links.get(name) ?? create(name, from, to)
      links.set(name, known)
      return known
    },
    /** Bytes that came in on a link so far, in one direction or in both together. */
    async bytes(name: string, direction = ''): Promise<number> {
      const text = await (await fetch(`${apiUrl}/metrics`)).text()
      const lines = text
        .split('\n')
        .filter(
          (line) =>
            line.startsWith('toxiproxy_proxy_received') &&
            line.includes(`direction="${direction}`) &&
            line.includes(`proxy="${name}"`),
        )
      return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
    },
  }
}
