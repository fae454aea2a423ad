import { describe, expect, it } from 'vitest'
import { judgementOf } from '../../../harness/k6/run-load.ts'
import { readSummary, sentenceOf } from '../../../harness/k6/summary.ts'

const exported = (thresholds: object) =>
  JSON.stringify({ metrics: { purchase: { avg: 12, 'p(95)': 34.5678, thresholds }, vus: { value: 3 } } })

describe('the summary of k6', () => {
  it('has a threshold as crossed when it is true, as k6 before 2 writes it', () => {
    const { thresholds } = readSummary(exported({ 'p(95)<30': true, 'avg<30': false }))
    expect(thresholds).toEqual([
      { metric: 'purchase', requirement: 'p(95)<30', isKept: false, measured: 34.5678 },
      { metric: 'purchase', requirement: 'avg<30', isKept: true, measured: 12 },
    ])
  })

  it('has a threshold as kept when it is ok, as later ones write it', () => {
    const { thresholds } = readSummary(exported({ 'p(95)<30': { ok: false }, 'avg<30': { ok: true } }))
    expect(thresholds.map(({ isKept }) => isKept)).toEqual([false, true])
  })

  it('keeps the numbers of every metric, and what a rate is', () => {
    const rates = JSON.stringify({ metrics: { checks: { value: 0.25, passes: 1, thresholds: { 'rate==1': true } } } })
    expect(readSummary(rates)).toEqual({
      thresholds: [{ metric: 'checks', requirement: 'rate==1', isKept: false, measured: 0.25 }],
      metrics: { checks: { value: 0.25, passes: 1 } },
    })
  })

  it.each(['', 'no JSON', '{}', '[]'])('refuses what is none: %j', (text) => {
    expect(() => readSummary(text)).toThrow('the summary of k6 has no metrics; expected the file of --summary-export')
  })
})

describe('a threshold in a sentence', () => {
  const one = { metric: 'purchase', requirement: 'p(95)<30', isKept: false, measured: 34.5678 }
  it.each([
    [one, '✗ purchase p(95)<30: was 34.57'],
    [{ ...one, isKept: true, measured: 12 }, '✓ purchase p(95)<30: was 12'],
    [{ ...one, measured: undefined }, '✗ purchase p(95)<30: was not measured'],
  ])('%j', (threshold, sentence) => expect(sentenceOf(threshold)).toBe(sentence))
})

describe('the judgement', () => {
  const threshold = (isKept: boolean) => ({ metric: 'm', requirement: 'avg<1', isKept, measured: 0 })
  const ended = (...kept: boolean[]) =>
    judgementOf({ kind: 'ended', summary: { thresholds: kept.map(threshold), metrics: {} } })

  it('is violated by one threshold', () => expect(ended(true, false).outcome).toBe('violated'))
  it('is passed when all are kept', () => expect(ended(true, true).outcome).toBe('passed'))
  it('is unknown without any', () => {
    expect(ended()).toEqual({ outcome: 'unknown', why: 'the script has no thresholds', thresholds: [], metrics: {} })
  })
  it('is unknown when the script failed', () => {
    expect(judgementOf({ kind: 'failed', why: 'boom' })).toEqual({
      ...{ outcome: 'unknown', why: 'the script failed: boom', thresholds: [], metrics: {} },
    })
  })
})
