import { describe, expect, it } from 'vitest'
import { compare, summaryOf } from './compare.ts'
import { type Recording, readRecordings } from './recording.ts'
import { replay } from './replay.ts'

const recordings = readRecordings('test/oracle/recordings')
const families = Map.groupBy(recordings, ({ family }) => family)

describe('recordings of a real GenStage and OTP (PM-29, PM-33, PM-35, PM-36, PM-39..43, PM-63, RT-1..4, RT-6, RT-8, RT-15, RT-28..31)', () => {
  it('are all there', () => {
    expect(Object.fromEntries([...families].map(([family, list]) => [family, list.length]))).toEqual({
      consumer_supervisor: 22,
      dynamic_supervisor: 10,
      ets: 31,
      genserver: 50,
      genstage_broadcast: 6,
      genstage_buffer: 11,
      genstage_cancel: 26,
      genstage_chain: 8,
      genstage_demand: 99,
      genstage_demo: 9,
      genstage_manual: 6,
      genstage_multi: 14,
      genstage_partition: 7,
      registry: 14,
      supervisor_auto_shutdown: 6,
      supervisor_intensity: 15,
      supervisor_lifecycle: 14,
      supervisor_nested: 8,
      supervisor_restart_type: 15,
      supervisor_shutdown: 6,
      supervisor_strategy: 20,
      task: 26,
    })
  })

  describe.each([...families])('%s', (_family, list) => {
    it.each(list.map((recording) => [recording.name, recording] as const))('%s', async (_name, recording) => {
      const { passed, note, differences } = await replay(recording)
      expect({ passed, note, differences }).toEqual({ passed: true, note: expect.any(String), differences: [] })
    })
  })
})

describe('the comparison itself', () => {
  const withTrace = recordings.filter(({ observed }) => observed.trace)
  const aliveOf = ({ observed }: Recording) => observed.summary_stable.alive ?? []

  it('accepts every recording as a replay of itself', () => {
    const refused = withTrace.filter((one) => !compare(one, { trace: one.observed.trace!, alive: aliveOf(one) }).passed)
    expect(refused.map(({ name }) => name)).toEqual([])
  })

  it('finds the facts that the recordings state', () => {
    const wrong = withTrace.filter(({ observed }) => {
      const found = summaryOf(observed.trace!)
      return Object.keys(found).some(
        (fact) =>
          fact in observed.summary_stable &&
          JSON.stringify(sorted(found[fact])) !== JSON.stringify(sorted(observed.summary_stable[fact])),
      )
    })
    expect(wrong.map(({ name }) => name)).toEqual([])
  })

  it('refuses a strict recording whose last event is missing', () => {
    const strict = withTrace.filter(
      ({ within_actor, observed }) => within_actor === 'strict' && observed.trace!.length > 4,
    )
    const accepted = strict.filter(
      (one) => compare(one, { trace: one.observed.trace!.slice(0, -1), alive: aliveOf(one) }).passed,
    )
    expect(accepted.map(({ name }) => name)).toEqual([])
  })
})

function sorted(value: unknown): unknown {
  if (!value || typeof value !== 'object' || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
