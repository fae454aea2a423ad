import { describe, expect, it } from 'vitest'
import { judgeLab, type Lab, verdictOf } from '../../../harness/lab/lab.ts'
import { labs } from '../../../harness/lab/labs.ts'
import { consumers } from '../../../harness/lab/workshop/consumers.ts'
import { latency } from '../../../harness/lab/workshop/latency.ts'
import { queue } from '../../../harness/lab/workshop/queue.ts'
import { refuse } from '../../../harness/lab/workshop/refuse.ts'
import { serialAsync } from '../../../harness/lab/workshop/serial-async.ts'
import { supervisor } from '../../../harness/lab/workshop/supervisor.ts'
import { drained, loadRun, samplesOf } from './support.ts'

const machine = { machine: 'timers of the node were late by 40 %, so the machine was too busy' }
const generator = { generator: 'the generator was busy for 99 % of the time, so it was the limit' }

/** The outcome of one prediction, found by its words. */
function outcomeOf<M>(lab: Lab<M>, measured: M, words: string) {
  const found = judgeLab(lab, measured).findings.filter(({ says }) => says.includes(words))
  expect(found.map(({ says }) => says)).toHaveLength(1)
  return found[0]!.outcome
}

describe('the verdict of a lab', () => {
  it.each([
    [['held', 'held'], 'as predicted'],
    [['held', 'unknown'], 'unknown'],
    [['unknown', 'contradicted', 'held'], 'contradicted'],
    [[], 'unknown'],
  ] as const)('of %j is %s', (outcomes, verdict) => {
    expect(verdictOf(outcomes.map((outcome) => ({ outcome })))).toBe(verdict)
  })

  it('has a prediction for everything that is judged, written before the run (MR-26)', () => {
    for (const { name, predictions, scaled } of labs) {
      expect(predictions.length, name).toBeGreaterThanOrEqual(4)
      expect(scaled, name).toContain(' instead of ')
      expect(new Set(predictions.map(({ says }) => says)).size).toBe(predictions.length)
    }
  })
})

describe('serial-async (MR-10, MR-11, MR-12)', () => {
  const async = {
    load: { endpoint: 'async', count: 3_000, concurrency: 50 },
    tookMs: 1_000,
    perSecond: 3_000,
    meanMs: 16,
  } as const
  const withActors = (most: number) => samplesOf(2_000, (atMs) => ({ actors: atMs === 500 ? most : 3 }))
  const measured = {
    serial: loadRun(),
    async: loadRun({ ...async, drainMs: 80, run: { insideMax: 250, samples: withActors(250) } }),
    longSerial: loadRun({ useMs: 400, tookMs: 24_500, perSecond: 122, meanMs: 405 }),
    longAsync: loadRun({
      ...async,
      useMs: 400,
      drainMs: 400,
      limits: generator,
      run: { insideMax: 1_180, samples: withActors(1_150) },
    }),
  }
  const changed = (name: keyof typeof measured, change: Parameters<typeof loadRun>[0]) => ({
    ...measured,
    [name]: { ...measured[name], ...change, run: { ...measured[name].run, ...change?.run } },
  })

  it('is as predicted when serial waits its turn and async piles up', () => {
    expect(judgeLab(serialAsync, measured)).toMatchObject({ verdict: 'as predicted' })
  })

  it.each([
    ['takes about D', changed('serial', { meanMs: 20 })],
    ['about 60 D', changed('serial', { tookMs: 800 })],
    ['50 are inside at most', changed('serial', { run: { insideMax: 51 } })],
    ['far faster', changed('longAsync', { meanMs: 390 })],
    ['many more than 50', changed('longAsync', { run: { insideMax: 50 } })],
    ['goes on after the last answer', changed('longAsync', { drainMs: 0 })],
    ['serial takes five times as long', changed('longSerial', { tookMs: 5_000 })],
    ['up to five times as many', changed('longAsync', { run: { insideMax: 251 } })],
    ['actors grow', changed('longAsync', { run: { samples: samplesOf(2_000) } })],
  ])('contradicts "%s"', (words, contrary) => {
    expect(outcomeOf(serialAsync, contrary, words)).toBe('contradicted')
  })

  it.each([
    ['takes about D', changed('serial', { meanMs: 300, limits: generator })],
    ['about 60 D', changed('serial', { tookMs: 60_000, limits: machine })],
    ['goes on after the last answer', changed('longAsync', { drainMs: 3_000, limits: machine })],
    ['many more than 50', changed('longAsync', { perSecond: 100, run: { insideMax: 45 } })],
  ])('knows nothing of "%s" when the generator or the machine was the limit', (words, slow) => {
    expect(outcomeOf(serialAsync, slow, words)).toBe('unknown')
  })
})

describe('refuse (MR-13, MR-14)', () => {
  const limited = { useMs: 50, tookMs: 620, ok: 170, non2xx: 2_830, run: { insideMax: 15 } }
  const measured = {
    serial: loadRun(limited),
    async: loadRun({ ...limited, load: { endpoint: 'async', count: 3_000, concurrency: 50 } }),
    few: loadRun({ useMs: 50, load: { endpoint: 'serial', count: 500, concurrency: 10 }, run: { insideMax: 10 } }),
  }

  it('is as predicted when the limit holds and refuses', () => {
    expect(judgeLab(refuse, measured)).toMatchObject({ verdict: 'as predicted' })
  })

  it.each([
    ['never more than 15', { ...measured, async: loadRun({ ...limited, run: { insideMax: 16 } }) }],
    ['some are refused', { ...measured, serial: loadRun({ ...limited, ok: 3_000, non2xx: 0 }) }],
    ['at most 15 x', { ...measured, serial: loadRun({ ...limited, ok: 400, non2xx: 2_600 }) }],
    ['not far below', { ...measured, async: loadRun({ ...limited, ok: 20, non2xx: 2_980 }) }],
    ['fewer than a third', { ...measured, serial: loadRun({ ...limited, ok: 1_100, non2xx: 1_900 }) }],
    ['none is refused', { ...measured, few: loadRun({ ...measured.few, non2xx: 1 }) }],
  ])('contradicts "%s"', (words, contrary) => {
    expect(outcomeOf(refuse, contrary, words)).toBe('contradicted')
  })

  it('knows nothing of the rush when the requests came slowly', () => {
    const slow = loadRun({ ...limited, tookMs: 9_000, ok: 1_500, non2xx: 1_500 })
    expect(outcomeOf(refuse, { ...measured, serial: slow }, 'fewer than a third')).toBe('unknown')
  })
})

describe('queue (MR-18)', () => {
  it('is as predicted when the backlog falls by one for each D', () => {
    expect(judgeLab(queue, drained(1_000, 21))).toMatchObject({ verdict: 'as predicted' })
  })

  it.each([
    ['answered at once', drained(1_000, 21, { tookMs: 15_000 })],
    ['jumps towards 1000', drained(1_000, 21, { run: { samples: samplesOf(21_000, () => ({ unprocessed: 3 })) } })],
    [
      'a straight line',
      drained(1_000, 21, {
        run: { samples: samplesOf(21_000, (atMs) => ({ unprocessed: atMs < 15_000 ? 1_000 : 1 })) },
      }),
    ],
    ['one event for each D', drained(1_000, 7)],
    ['one is inside', drained(1_000, 21, { run: { insideMax: 2 } })],
    ['processed once', drained(1_000, 21, { dropped: 1 })],
  ])('contradicts "%s"', (words, contrary) => {
    expect(outcomeOf(queue, contrary, words)).toBe('contradicted')
  })

  it('knows nothing of the slope on a machine that had no time', () => {
    expect(outcomeOf(queue, drained(1_000, 60, { limits: machine }), 'one event for each D')).toBe('unknown')
  })
})

describe('consumers (MR-19, MR-22, DF-47)', () => {
  const three = (change = {}) => drained(300, 7, { run: { insideMax: 3, ...change } })
  const measured = {
    one: drained(300, 21),
    three: three(),
    threeGreedy: three(),
    added: drained(300, 8, { run: { insideMax: 3 } }),
    addedGreedy: drained(300, 21),
  }

  it('is as predicted when three share the work unless the first has claimed it', () => {
    expect(judgeLab(consumers, measured)).toMatchObject({ verdict: 'as predicted' })
  })

  it.each([
    ['a third of the time', { ...measured, three: drained(300, 21, { run: { insideMax: 3 } }) }],
    ['whatever their demand', { ...measured, threeGreedy: drained(300, 21, { run: { insideMax: 3 } }) }],
    ['as many are inside', { ...measured, three: three({ insideMax: 1 }) }],
    ['with a demand of 1', { ...measured, added: drained(300, 21) }],
    ['not at all', { ...measured, addedGreedy: three() }],
    ['mean latency', { ...measured, addedGreedy: drained(300, 7) }],
  ])('contradicts "%s"', (words, contrary) => {
    const found = judgeLab(consumers, contrary).findings.find(({ says }) => says.includes(words))!
    expect(found.outcome).toBe('contradicted')
  })
})

describe('latency (MR-20, MR-21, MR-22)', () => {
  const measured = { one: drained(500, 21), three: drained(500, 7) }
  const noise = Array.from({ length: 500 }, (_, index) => ({ depth: index + 1, latencyMs: (index * 7_919) % 5_000 }))

  it('is as predicted when latency is the wait for those before', () => {
    expect(judgeLab(latency, measured)).toMatchObject({ verdict: 'as predicted' })
  })

  it.each([
    ['as a straight line', { ...measured, one: drained(500, 21, { run: { events: noise } }) }],
    ['by D for each event', { ...measured, one: drained(500, 7) }],
    ['a third of D', { ...measured, three: drained(500, 21) }],
    ['the mean is about', { ...measured, three: drained(500, 21) }],
  ])('contradicts "%s"', (words, contrary) => {
    expect(outcomeOf(latency, contrary, words)).toBe('contradicted')
  })
})

describe('supervisor (MR-23, MR-24)', () => {
  const runs = [1, 5, 15].map((workers) => ({
    workers,
    run: drained(200, 42 / workers, { run: { insideMax: workers } }),
  }))
  const changed = (index: number, run: (typeof runs)[number]['run']) =>
    runs.with(index, { workers: runs[index]!.workers, run })

  it('is as predicted when the configured number is at work', () => {
    expect(judgeLab(supervisor, runs)).toMatchObject({ verdict: 'as predicted' })
  })

  it.each([
    ['as many are inside', changed(1, drained(200, 8, { run: { insideMax: 1 } }))],
    ['as many are inside', changed(1, drained(200, 8, { limits: machine, run: { insideMax: 6 } }))],
    ['refuses none', changed(2, drained(200, 3, { refused: 2, run: { insideMax: 15 } }))],
    ['processed once', changed(2, drained(200, 3, { run: { insideMax: 15, events: [] } }))],
    ['a fifth of the time', changed(1, drained(200, 42, { run: { insideMax: 5 } }))],
  ])('contradicts "%s"', (words, contrary) => {
    expect(outcomeOf(supervisor, contrary, words)).toBe('contradicted')
  })
})
