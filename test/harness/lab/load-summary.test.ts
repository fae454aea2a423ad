import { describe, expect, it } from 'vitest'
import { allLimits, limitsOf, machineLimits, summaryOf } from '../../../harness/lab/load-summary.ts'
import { samplesOf } from './support.ts'

const samples = samplesOf(1_000)

describe('the summary of a load (MR-9)', () => {
  it('has the figures of ab', () => {
    const requests = [
      { startedMs: 0, endedMs: 10, status: 200 },
      { startedMs: 0, endedMs: 30, status: 500 },
      { startedMs: 10, endedMs: 30, status: 0 },
      { startedMs: 30, endedMs: 50, status: 200 },
    ]
    expect(summaryOf({ requests, tookMs: 50, busy: 0.5 })).toEqual({
      tookMs: 50,
      perSecond: 80,
      meanMs: 20,
      acrossAllMs: 12.5,
      failed: 1,
      non2xx: 1,
      ok: 2,
      percentilesMs: { p50: 20, p95: 30, p99: 30, max: 30 },
      busy: 0.5,
    })
  })
})

describe('why a load cannot be believed', () => {
  it('is nothing for a generator with time to spare and a node that is on time', () => {
    expect(limitsOf({ busy: 0.9 }, { samples })).toEqual({})
  })

  it('is a generator without time, or a node whose timers are late', () => {
    expect(limitsOf({ busy: 0.97 }, { samples }).generator).toMatch(/^the generator was busy for 97 %/)
    const late = samples.map((one, index) => ({ ...one, atMs: index * 85 }))
    expect(limitsOf({ busy: 0.2 }, { samples: late }).machine).toMatch(/^timers of the node were late by 41 %/)
  })

  it('is a node that stood still once', () => {
    const still = samples.map((one, index) => ({ ...one, atMs: one.atMs + (index > 10 ? 900 : 0) }))
    expect(limitsOf({ busy: 0.2 }, { samples: still }).machine).toBe(
      'the node stood still for 900 ms, so the machine was too busy',
    )
  })

  it('is not said of a long run, whose samples are further apart on purpose', () => {
    expect(limitsOf({ busy: 0.2 }, { samples: samples.map((one, index) => ({ ...one, atMs: index * 200 })) })).toEqual(
      {},
    )
  })

  it('counts the generator only for times of answers', () => {
    const run = { limits: { generator: 'busy', machine: 'late' } }
    expect([machineLimits(run), allLimits(run), allLimits({ limits: {} })]).toEqual([['late'], ['busy', 'late'], []])
  })
})
