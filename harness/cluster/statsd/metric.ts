/** One measurement, as a StatsD daemon reads it (PM-6, PM-7). */
export interface Metric {
  name: string
  value: number
  kind: 'c' | 'g' | 'ms' | 'h'
  tags: Record<string, string>
}

const line = /^([^:|#\s]+):(-?\d+(?:\.\d+)?)\|(c|g|ms|h)(?:\|@[\d.]+)?(?:\|#(.*))?$/

/** Reads one line `name:value|kind|#tag:value,tag:value`; undefined for anything else. */
export function parseMetric(text: string): Metric | undefined {
  const [, name, value, kind, tags = ''] = line.exec(text) ?? []
  if (name === undefined) return undefined
  return { name, value: Number(value), kind: kind as Metric['kind'], tags: tagsOf(tags) }
}

/** A tag's value may hold colons: only the first one separates. */
function tagsOf(text: string): Record<string, string> {
  const pairs = text.split(',').filter(Boolean)
  return Object.fromEntries(pairs.map((pair) => [pair.split(':', 1)[0], pair.slice(pair.indexOf(':') + 1)]))
}

/** As the collector prints it: `test 1|c|#name:1,success:true` (PM-6). */
export function printedMetric({ name, value, kind, tags }: Metric): string {
  const listed = Object.entries(tags).map(([tag, of]) => `${tag}:${of}`)
  return `${name} ${value}|${kind}${listed.length > 0 ? `|#${listed.join(',')}` : ''}`
}
