import { Toxiproxy } from 'toxiproxy-node-client'
import { NotSupported } from '../../platform/errors.ts'
import { countedBy, createLinks, type Link, type Links, steered } from '../links.ts'

interface RemoteLinksOptions {
  /** API of this machine's link server, through which all traffic of the harness goes. */
  localApiUrl: string
  /** `n1`, `db` -> `host:port`, as this machine reaches it. */
  addresses: Readonly<Record<string, string>>
  nodeNames: readonly string[]
  /** API of the target's Toxiproxy, for the links between the target's own parts. */
  toxiproxy: string | undefined
}

/** Links from the harness to a target use the local link server; links between the target's own parts use the target's Toxiproxy. */
export function createRemoteLinks({ localApiUrl, addresses, nodeNames, toxiproxy }: RemoteLinksOptions): Links {
  const route = (from: string, to: string) => ({ listen: '127.0.0.1:0', upstream: upstreamOf(from, to) })
  const local = createLinks({ apiUrl: localApiUrl, route, countsAtOnce: true })
  const adopted = new Map<string, string>()
  const inside = new Map<string, Promise<Link>>()

  function upstreamOf(from: string, to: string): string {
    const address = adopted.get(`${from}->${to}`) ?? addresses[to]
    if (!address) throw new NotSupported(`the target does not say where ${to} is`)
    return address
  }

  const isInside = (name: string) => nodeNames.includes(name.split('->')[0]!)
  const counted: Links['counted'] = (name, direction) =>
    isInside(name) ? countedBy(toxiproxy!, name, direction) : local.counted(name, direction)

  async function adopt(from: string, to: string): Promise<Link> {
    const name = `${from}->${to}`
    if (!toxiproxy) throw new NotSupported(`the target has no Toxiproxy: ${name} cannot be broken`)
    const proxy = await new Toxiproxy(toxiproxy).get(name).catch(() => {
      throw new NotSupported(`the Toxiproxy of the target has no proxy ${name}`)
    })
    const listening = { host: new URL(toxiproxy).hostname, port: Number(proxy.listen.split(':').at(-1)) }
    adopted.set(`canary of ${name}`, `${listening.host}:${listening.port}`)
    const { port } = await local.link(`canary of ${from}`, to, { forCanary: true })
    return steered({ name, from, to, port, proxy: listening }, proxy, 'real')
  }

  return {
    ...local,
    link(from, to, options) {
      if (!nodeNames.includes(from)) return local.link(from, to, options)
      const known = inside.get(`${from}->${to}`) ?? adopt(from, to)
      inside.set(`${from}->${to}`, known)
      return known
    },
    counted,
    bytes: async (name, direction) =>
      isInside(name) ? (await countedBy(toxiproxy!, name, direction)).receivedBytes : local.bytes(name, direction),
    async keptBytes(name, direction) {
      const { receivedBytes, sentBytes } = await counted(name, direction)
      return receivedBytes - sentBytes
    },
    isUsed: async (name, knownBytes) => isInside(name) || local.isUsed(name, knownBytes),
  }
}
