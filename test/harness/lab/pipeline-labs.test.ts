import { describe, expect, it } from 'vitest'
import { judgeLab, type Lab } from '../../../harness/lab/lab.ts'
import { batches } from '../../../harness/lab/pipeline/batches.ts'
import { fair } from '../../../harness/lab/pipeline/fair.ts'
import { groupSizes, groups } from '../../../harness/lab/pipeline/groups.ts'
import { latency } from '../../../harness/lab/pipeline/latency.ts'
import { loss } from '../../../harness/lab/pipeline/loss.ts'
import { nodes } from '../../../harness/lab/pipeline/nodes.ts'

/** The outcome of one prediction, found by its words. */
function outcomeOf<M>(lab: Lab<M>, measured: M, words: string) {
  const found = judgeLab(lab, measured).findings.filter(({ says }) => says.includes(words))
  expect(found.map(({ says }) => says)).toHaveLength(1)
  return found[0]!.outcome
}

const numbers = (count: number, of: (index: number) => number = (index) => index + 1) =>
  Array.from({ length: count }, (_, index) => of(index))

describe('pipeline/batches (PM-35, PM-36)', () => {
  const sizes = [...numbers(10, () => 1), ...numbers(8, () => 5), 4]
  const measured = { sizes, numbers: numbers(53), dropped: 1 }

  it.each([[sizes], [[...sizes.slice(0, -1), 1, 3]]])('is as predicted for the sizes %j', (these) => {
    expect(judgeLab(batches, { ...measured, sizes: these }).verdict).toBe('as predicted')
  })

  it.each([
    ['one by one', { ...measured, sizes: [10, ...sizes] }],
    ['eight batches', { ...measured, sizes: [...numbers(10, () => 1), 10, 10, 10, 10, 4] }],
    ['what is left', { ...measured, sizes: [...sizes, 1] }],
    ['in the order', { ...measured, numbers: numbers(53).toReversed() }],
    ['in the order', { ...measured, numbers: numbers(52) }],
    ['for nobody', { ...measured, dropped: 0 }],
  ])('contradicts "%s"', (words, contrary) => {
    expect(outcomeOf(batches, contrary, words)).toBe('contradicted')
  })
})

describe('pipeline/groups (PM-40, PM-41, PM-46)', () => {
  const together = (count: number, max: number, lateMs = 0) =>
    numbers(count, (index) => (205 + lateMs) * (Math.floor(index / max) + 1))
  const group = (max: number, workersMax: number, cameMs = together(max === 1 ? 10 : 50, max)) => ({
    ...{ max, workersMax },
    roundsMs: numbers(5, () => 0).map(() => cameMs),
  })
  const measured = [group(1, 1), group(10, 10), group(100, 50)]

  it('is as predicted when they come as many at once as were asked for', () => {
    expect(judgeLab(groups, measured).verdict).toBe('as predicted')
  })

  it.each([
    ['as many workers', measured.with(1, group(10, 11))],
    ['as many workers', measured.with(1, group(10, 5))],
    ['five groups of ten', measured.with(1, group(10, 10, together(50, 25)))],
    ['five times as long', measured.with(1, group(10, 10, together(50, 50)))],
    ['one after the other', measured.with(0, group(1, 1, together(10, 10)))],
    ['all of them arrive', measured.with(2, group(100, 50, together(49, 100)))],
  ])('contradicts "%s"', (words, contrary) => {
    expect(outcomeOf(groups, contrary, words)).toBe('contradicted')
  })

  it('knows groups on a machine that is late, because they are late together', () => {
    expect(outcomeOf(groups, measured.with(1, group(10, 10, together(50, 10, 60))), 'five groups')).toBe('held')
  })

  it('knows nothing of times on a machine that had no time in some of the rounds', () => {
    const [fast, slow] = [together(50, 10), together(50, 10, 295)]
    const some = { ...group(10, 10), roundsMs: [fast, slow, fast, slow, fast] }
    expect(outcomeOf(groups, measured.with(1, some), 'five times as long')).toBe('unknown')
  })

  it('counts those that came at the same time', () => {
    expect(groupSizes([200, 203, 204, 405, 406, 900])).toEqual([3, 2, 1])
    expect(groupSizes([])).toEqual([])
  })
})

describe('pipeline/fair (PM-60, DF-46)', () => {
  const measured = {
    fifo: { otherMs: 2_600, busyMs: 2_600, before: 500, busyCount: 500 },
    fair: { otherMs: 60, busyMs: 2_610, before: 11, busyCount: 500 },
  }

  it('is as predicted when the one of the other user comes soon', () => {
    expect(judgeLab(fair, measured).verdict).toBe('as predicted')
  })

  it.each([
    ['first in first out', { ...measured, fifo: { ...measured.fifo, before: 250 } }],
    ['in turn, it waits', { ...measured, fair: { ...measured.fair, before: 499 } }],
    ['a small part', { ...measured, fair: { ...measured.fair, otherMs: 2_500 } }],
    ['nothing is lost', { ...measured, fair: { ...measured.fair, busyCount: 499 } }],
  ])('contradicts "%s"', (words, contrary) => {
    expect(outcomeOf(fair, contrary, words)).toBe('contradicted')
  })
})

describe('pipeline/loss (PM-26, PM-58, DF-43)', () => {
  const measured = {
    memory: { came: 42, deliveries: 42, later: 20, counted: 150 },
    durable: { came: 200, deliveries: 201, later: 20, counted: 0 },
  }

  it('is as predicted when memory forgets and PostgreSQL does not', () => {
    expect(judgeLab(loss, measured).verdict).toBe('as predicted')
  })

  it.each([
    ['most of 200', { ...measured, memory: { came: 200, deliveries: 200, later: 20, counted: 0 } }],
    ['the node says so', { ...measured, memory: { ...measured.memory, counted: 0 } }],
    ['the node says so', { ...measured, memory: { ...measured.memory, counted: 170 } }],
    ['nothing comes twice', { ...measured, memory: { ...measured.memory, deliveries: 43 } }],
    ['nothing is lost', { ...measured, durable: { ...measured.durable, came: 199 } }],
    ['arrives there too', { ...measured, durable: { ...measured.durable, later: 19 } }],
  ])('contradicts "%s"', (words, contrary) => {
    expect(outcomeOf(loss, contrary, words)).toBe('contradicted')
  })
})

describe('pipeline/latency (PM-25, PM-51, PM-52)', () => {
  const rounds = 7
  /** In pieces of 50, as a socket is read. */
  const line = (last: number) => numbers(2_000, (index) => (last * 50 * (Math.floor(index / 50) + 1)) / 2_000)
  const timed = (max: number, last: number, firstMs = 1) => ({
    max,
    firstsMs: numbers(rounds, () => firstMs),
    latenciesMs: numbers(rounds, () => 0).map(() => line(last)),
  })
  const measured = [timed(1, 80), timed(10, 45), timed(100, 42)]
  const cloud = numbers(2_000, (index) => (index * 7_919) % 80)
  const inRounds = (count: number, last: number, otherwise: number) =>
    numbers(rounds, () => 0).map((_, round) => line(round < count ? last : otherwise))

  it('is as predicted when each waits for those before it', () => {
    expect(judgeLab(latency, measured).verdict).toBe('as predicted')
  })

  it.each([
    ['next to no time', measured.with(0, timed(1, 80, 300))],
    ['a straight line', measured.with(0, { ...timed(1, 80), latenciesMs: numbers(rounds, () => 0).map(() => cloud) })],
    ['takes longest', measured.with(0, timed(1, 40))],
    ['brings little', measured.with(2, timed(100, 10))],
    [
      'all of them arrive',
      measured.with(2, { ...timed(100, 42), latenciesMs: measured[2]!.latenciesMs.with(3, numbers(1_999)) }),
    ],
  ])('contradicts "%s"', (words, contrary) => {
    expect(outcomeOf(latency, contrary, words)).toBe('contradicted')
  })

  it('knows nothing of a line where items came in few pieces, as to a client without turns', () => {
    const inTwo = numbers(2_000, (index) => (index < 1_000 ? 20 : 80))
    const some = { ...timed(1, 80), latenciesMs: numbers(rounds, () => 0).map(() => inTwo) }
    const runs = [1, 10, 100].map((max) => ({ ...some, max }))
    expect(outcomeOf(latency, runs, 'a straight line')).toBe('unknown')
  })

  it('does not mind a round in which a neighbour had the machine', () => {
    expect(outcomeOf(latency, measured.with(0, { ...timed(1, 80), latenciesMs: inRounds(1, 20, 80) }), 'longest')).toBe(
      'held',
    )
  })

  it('knows nothing when the rounds say different things', () => {
    for (const stray of [2, 3, 5])
      expect(
        outcomeOf(latency, measured.with(0, { ...timed(1, 80), latenciesMs: inRounds(stray, 20, 80) }), 'longest'),
      ).toBe('unknown')
  })

  it('knows nothing when all of it took no longer than the request', () => {
    expect(outcomeOf(latency, [timed(1, 8), timed(10, 5), timed(100, 5)], 'takes longest')).toBe('unknown')
  })
})

describe('pipeline/nodes (PM-45)', () => {
  const run = (tookMs: number, ...handled: number[]) => ({ tookMs, handled })
  const four = (one: ReturnType<typeof run>) => numbers(4, () => 0).map(() => one)
  const measured = { one: four(run(2_500, 100)), two: four(run(1_300, 52, 48)) }

  it('is as predicted when two nodes share the items', () => {
    expect(judgeLab(nodes, measured).verdict).toBe('as predicted')
  })

  it.each([
    ['half the time', { ...measured, two: four(run(2_400, 52, 48)) }],
    ['not less than that', { ...measured, two: four(run(600, 52, 48)) }],
    ['a good part', { ...measured, two: four(run(1_300, 95, 5)) }],
    ['handled once', { ...measured, two: measured.two.with(2, run(1_300, 52, 49)) }],
  ])('contradicts "%s"', (words, contrary) => {
    expect(outcomeOf(nodes, contrary, words)).toBe('contradicted')
  })
})
