import type { LinkProxy, Stream } from './proxy.ts'

const streams: readonly Stream[] = ['upstream', 'downstream']

/** How many bytes each link carried, in the Prometheus text format, under the names that Toxiproxy uses. */
export function metricsText(proxies: readonly LinkProxy[]): string {
  const series = (kind: 'received' | 'sent') =>
    proxies.flatMap((proxy) => {
      const { name, listen, upstream } = proxy.state()
      return streams.map((direction) => {
        const labels = `direction="${direction}",listener="${listen}",proxy="${name}",upstream="${upstream}"`
        return `toxiproxy_proxy_${kind}_bytes_total{${labels}} ${proxy.bytes[direction][kind]}`
      })
    })
  return ['received', 'sent']
    .flatMap((kind) => [`# TYPE toxiproxy_proxy_${kind}_bytes_total counter`, ...series(kind as 'received' | 'sent')])
    .concat('')
    .join('\n')
}
