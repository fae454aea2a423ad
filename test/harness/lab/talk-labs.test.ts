import { describe, expect, it } from 'vitest'
import { judgeLab, type Lab } from '../../../harness/lab/lab.ts'
import type { LoadSummary } from '../../../harness/lab/load-summary.ts'
import { apiCache, type CacheBurst } from '../../../harness/lab/talk/api-cache.ts'
import { bigPage } from '../../../harness/lab/talk/big-page.ts'
import { type DashboardRound, dashboard } from '../../../harness/lab/talk/dashboard.ts'
import { type ExportRound, exportLab } from '../../../harness/lab/talk/export.ts'

/** The outcome of one prediction, found by its words. */
function outcomeOf<M>(lab: Lab<M>, measured: M, words: string) {
  const found = judgeLab(lab, measured).findings.filter(({ says }) => says.includes(words))
  expect(found.map(({ says }) => says)).toHaveLength(1)
  return found[0]!.outcome
}

const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one)

/** Each row: what is otherwise, the prediction that it touches, and what becomes of it. */
type Row<M> = [what: string, change: Partial<M>, words: string, outcome: 'contradicted' | 'unknown']

function isJudged<M extends object>(lab: Lab<M>, good: M, rows: Row<M>[]) {
  it('is as predicted when all is so', () => {
    const { verdict, figures } = judgeLab(lab, good)
    expect([verdict, figures.length > 0, lab.charts(good).length]).toEqual(['as predicted', true, 1])
  })
  it.each(rows)('%s', (_what, change, words, outcome) => {
    expect(outcomeOf(lab, { ...good, ...change }, words)).toBe(outcome)
  })
}

describe('talk/dashboard (RT-37, RT-38, RT-39, RT-40)', () => {
  const whole = { compute: { value: 1 }, slow: { value: 1 }, also_slow: { value: 1 } }
  const round: DashboardRound = {
    serial: { status: 200, body: whole, tookMs: 3_210 },
    parallel: { status: 200, body: whole, tookMs: 1_010 },
    serialFailed: { status: 500, body: {}, tookMs: 2_000 },
    parallelFailed: { status: 200, body: { ...whole, slow: { error: 'unavailable' } }, tookMs: 1_010 },
  }
  const good = { rounds: times(4, round), tracked: 12, toTrack: 12 }
  const but = (change: Partial<DashboardRound>, many = 4) => ({
    rounds: [...times(many, { ...round, ...change }), ...times(4 - many, round)],
  })
  isJudged(dashboard, good, [
    [
      'three parts cannot be faster than three seconds',
      but({ serial: { ...round.serial, tookMs: 2_900 } }, 1),
      'three seconds',
      'contradicted',
    ],
    [
      'at once, but as slow as one after the other',
      but({ parallel: round.serial }),
      'about one second',
      'contradicted',
    ],
    ['at once, and slow in half of the rounds', but({ parallel: round.serial }, 2), 'about one second', 'unknown'],
    ['a failure is hidden', but({ serialFailed: round.serial }, 1), 'whole page an error', 'contradicted'],
    [
      'a failure spoils the page (DF-105)',
      but({ parallelFailed: round.serialFailed }, 1),
      'a placeholder',
      'contradicted',
    ],
    ['a request is not tracked', { tracked: 11 }, 'is tracked', 'contradicted'],
  ])
})

const summary = (change: Partial<LoadSummary> = {}, p99 = 8): LoadSummary => ({
  tookMs: 1_000,
  perSecond: 2_000,
  meanMs: 2,
  acrossAllMs: 1,
  failed: 0,
  non2xx: 0,
  ok: 1_000,
  percentilesMs: { p50: 2, p95: 4, p99, max: 20 },
  busy: 0.4,
  ...change,
})

describe('talk/export (RT-41, RT-53)', () => {
  const steps = ['fetch', 'flag', 'convert', 'write', 'publish']
  const round: ExportRound = {
    asked: { status: 202, body: { topic: 'export:1' }, tookMs: 12 },
    told: steps,
    end: 'done',
    tookMs: 1_600,
    alone: summary(),
    beside: summary({}, 12),
  }
  const good = { rounds: times(5, round), now: { status: 504, body: {}, tookMs: 1_000 } }
  const but = (change: Partial<ExportRound>, many = 5) => ({
    rounds: [...times(many, { ...round, ...change }), ...times(5 - many, round)],
  })
  isJudged(exportLab, good, [
    ['the request waits', but({ asked: { ...round.asked, tookMs: 1_600 } }), 'before the first step', 'contradicted'],
    [
      'a step is left out',
      but({ told: ['fetch', 'convert', 'write', 'publish'] }, 1),
      'each step in order',
      'contradicted',
    ],
    ['it fails', but({ end: 'failed' }, 1), 'each step in order', 'contradicted'],
    ['only the end is told', but({ told: ['publish'] }), 'progress before', 'contradicted'],
    ['the request is not given up', { now: { status: 200, body: {}, tookMs: 1_600 } }, 'given up', 'contradicted'],
    ['others are slower', but({ beside: summary({}, 80) }), 'not slower', 'contradicted'],
    ['others are slower in some rounds', but({ beside: summary({}, 80) }, 2), 'not slower', 'unknown'],
  ])
})

describe('talk/api-cache (RT-46)', () => {
  const burst = (calls: number, status = 200): CacheBurst => ({
    answers: times(100, { status, body: { value: calls }, tookMs: 300 }),
    calls,
  })
  const good = { empty: burst(1), full: burst(1), old: burst(2), failing: burst(3, 503) }
  isJudged(apiCache, good, [
    ['each asks the API', { empty: burst(100) }, 'make one call', 'contradicted'],
    ['a second burst asks again', { full: burst(2) }, 'make none', 'contradicted'],
    ['an old answer is served for ever', { old: burst(1) }, 'after it', 'contradicted'],
    ['each waits for a failure of its own', { failing: burst(102, 503) }, 'share the failure', 'contradicted'],
  ])
})

describe('talk/big-page (RT-49)', () => {
  const good = { rounds: times(5, summary()), bytes: 9_000, cacheControl: 'no-store', isFresh: true }
  isJudged(bigPage, good, [
    ['some are refused', { rounds: times(5, summary({ ok: 900 })) }, 'with the page', 'contradicted'],
    [
      'they are slow',
      { rounds: times(5, summary({ percentilesMs: { p50: 200, p95: 210, p99: 220, max: 300 } })) },
      'quickly',
      'contradicted',
    ],
    ['caches may keep it', { cacheControl: 'max-age=60' }, 'may keep', 'contradicted'],
    ['it is old', { isFresh: false }, 'next page', 'contradicted'],
  ])
})
