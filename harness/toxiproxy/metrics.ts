import { streams } from './connection.ts'
import type { LinkProxy } from './proxy.ts'

const escaped = (label: string) => label.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

/** Returns how many bytes each link has carried so far, in the Prometheus text format with the metric names of Toxiproxy. */
export function metricsText(proxies: readonly LinkProxy[]): string {
  const series = (kind: 'received' | 'sent') =>
    proxies.flatMap((proxy) => {
      const { name, listen, upstream } = proxy.state()
      return streams.map((direction) => {
        const labels = `direction="${direction}",listener="${listen}",proxy="${escaped(name)}",upstream="${escaped(upstream)}"`
        return `toxiproxy_proxy_${kind}_bytes_total{${labels}} ${proxy.bytes[direction][kind]}`
      })
    })
  return (['received', 'sent'] as const)
    .flatMap((kind) => [
      `# HELP toxiproxy_proxy_${kind}_bytes_total Bytes ${kind} on a link, by direction.`,
      `# TYPE toxiproxy_proxy_${kind}_bytes_total counter`,
      ...series(kind),
    ])
    .concat('')
    .join('\n')
}
