import { describe, expect, it } from 'vitest'
import { parseMetric, printedMetric } from '../../../../harness/cluster/statsd/metric.ts'

describe('a StatsD line (PM-6, PM-7)', () => {
  it.each([
    ['test:1|c', { name: 'test', value: 1, kind: 'c', tags: {} }, 'test 1|c'],
    [
      'test:1|c|#name:1,success:true',
      { name: 'test', value: 1, kind: 'c', tags: { name: '1', success: 'true' } },
      'test 1|c|#name:1,success:true',
    ],
    ['memory:12.5|g', { name: 'memory', value: 12.5, kind: 'g', tags: {} }, 'memory 12.5|g'],
    ['drift:-3|h|#node:n1@host:4', { name: 'drift', value: -3, kind: 'h', tags: { node: 'n1@host:4' } }, undefined],
    ['sampled:5|ms|@0.1', { name: 'sampled', value: 5, kind: 'ms', tags: {} }, 'sampled 5|ms'],
  ] as const)('%s', (line, metric, printed) => {
    expect(parseMetric(line)).toEqual(metric)
    if (printed) expect(printedMetric(metric)).toBe(printed)
  })

  it.each(['', 'test', 'test:1', 'test:one|c', 'test:1|x', 'two words:1|c', ':1|c'])('is no metric: %j', (line) => {
    expect(parseMetric(line)).toBeUndefined()
  })
})
