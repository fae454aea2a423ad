import { describe, expect, it } from 'vitest'
import { networks, toxicsOf } from '../../../harness/faults/poor-network.ts'
import { toxics as known } from '../../../harness/toxiproxy/toxics/index.ts'

const all = Object.entries(networks)

describe('the toxics of a network (FI-4)', () => {
  it.each(all)('%s is made of what a Toxiproxy knows, in whole numbers', (_, network) => {
    for (const { type, attributes } of toxicsOf(network, 'upstream')) {
      expect(Object.keys(known[type as keyof typeof known].attributes)).toEqual(
        expect.arrayContaining(Object.keys(attributes)),
      )
      expect(Object.values(attributes).every(Number.isInteger)).toBe(true)
    }
  })

  it.each(all)('%s loses as many packets as it says, and keeps them so long', (_, network) => {
    const stall = toxicsOf(network, 'upstream').find(({ name }) => name === 'stall_upstream')!
    const [latency, jitter] = [Number(stall.attributes.latency), Number(stall.attributes.jitter)]
    expect((100 * (latency + jitter)) / (2 * jitter)).toBeCloseTo(network.lossPercent, 1)
    expect(latency + jitter).toBe(network.stallMs)
  })

  it('cuts packets before it loses some, and comes to the narrow way last', () => {
    const names = toxicsOf(networks['mobile-3g'], 'downstream').map(({ name }) => name)
    expect(names).toEqual(['late_downstream', 'packets_downstream', 'stall_downstream', 'narrow_downstream'])
  })

  it('is nothing where nothing is wrong', () => {
    expect(toxicsOf({ latencyMs: 0, jitterMs: 0, rateKiBps: 0, lossPercent: 0, stallMs: 0 }, 'upstream')).toEqual([])
  })
})
