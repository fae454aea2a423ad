export interface LinkTraffic {
  name: string
  /** Received in both directions, in all and lately. */
  bytes: number
  bytesPerSecond: number
  /** As the proxy names them: `late: latency downstream`. */
  toxics: string[]
  /** When it was counted, by the clock of the harness. */
  atMs: number
}

interface Proxy {
  name: string
  toxics: { name: string; type: string; stream: string }[]
}

interface Answers {
  /** Of Toxiproxy's `/proxies`, and of its `/metrics`. */
  proxies: string
  metrics: string
  before: readonly LinkTraffic[]
  atMs: number
}

/** Links that were used or that have a toxic, with their traffic since the look before. Pure. */
export function linksIn({ proxies, metrics, before, atMs }: Answers): LinkTraffic[] {
  const bytes = bytesIn(metrics)
  const last = new Map(before.map((one) => [one.name, one]))
  return Object.values(JSON.parse(proxies) as Record<string, Proxy>)
    .map(({ name, toxics }) => {
      const now = bytes.get(name) ?? 0
      const then = last.get(name)
      const perSecond = then && atMs > then.atMs ? ((now - then.bytes) * 1_000) / (atMs - then.atMs) : 0
      const named = toxics.map((toxic) => `${toxic.name}: ${toxic.type} ${toxic.stream}`)
      return { name, bytes: now, bytesPerSecond: Math.max(0, Math.round(perSecond)), toxics: named, atMs }
    })
    .filter((one) => one.bytes > 0 || one.toxics.length > 0)
    .sort((a, b) => a.name.localeCompare(b.name))
}

const received = /^toxiproxy_proxy_received_bytes_total\{.*proxy="([^"]+)".*\} (\d+(?:\.\d+)?(?:e\+?\d+)?)$/

function bytesIn(metrics: string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const line of metrics.split('\n')) {
    const [, name, value] = received.exec(line) ?? []
    if (name !== undefined) sums.set(name, (sums.get(name) ?? 0) + Number(value))
  }
  return sums
}
