import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readDemand, splitBatches } from '../../../system/pipeline/demand.ts'
import { readTerms } from '../../../system/pipeline/subscription.ts'

const demands = fc
  .integer({ min: 1, max: 30 })
  .chain((max) => fc.record({ max: fc.constant(max), min: fc.integer({ min: 0, max: max - 1 }) }))

describe('demand (PM-33, PM-63)', () => {
  it('is 1000 with a new ask at 500 unless told otherwise', () => {
    expect([readDemand({}), readDemand({ max: 1 }), readDemand({ max: 7 })]).toEqual([
      { max: 1_000, min: 500 },
      { max: 1, min: 0 },
      { max: 7, min: 3 },
    ])
  })

  it.each([
    [{ max: 0 }, 'max demand is 0: expected a whole number of at least 1'],
    [{ max: 2.5 }, 'max demand is 2.5: expected a whole number of at least 1'],
    [{ max: 1, min: 5 }, 'min demand is 5: expected a whole number from 0 to 0, below max demand'],
    [{ max: 10, min: 10 }, 'min demand is 10: expected a whole number from 0 to 9, below max demand'],
    [{ max: 10, min: -1 }, 'min demand is -1: expected a whole number from 0 to 9, below max demand'],
  ])('%j is refused with a sentence', (options, sentence) => {
    expect(() => readDemand(options)).toThrow(sentence)
  })

  it('an unknown way to end a subscription is refused with a sentence', () => {
    expect(() => readTerms({ cancel: 'sometimes' as 'temporary' })).toThrow(
      'cancel is "sometimes": expected one of permanent, transient, temporary',
    )
  })

  it('batches are never larger than max − min, keep the order, and bring the demand back to at most max (PM-29, PM-35)', () => {
    fc.assert(
      fc.property(demands, fc.array(fc.nat(30), { maxLength: 20 }), (demand, arrivals) => {
        let outstanding = demand.max
        for (const arrival of arrivals) {
          const count = Math.min(arrival, outstanding)
          const items = Array.from({ length: count }, (_, index) => index)
          const { batches, outstanding: after, excess } = splitBatches(items, demand, outstanding)
          expect(batches.flatMap((batch) => batch.items)).toEqual(items)
          expect(Math.max(0, ...batches.map((batch) => batch.items.length))).toBeLessThanOrEqual(
            demand.max - demand.min,
          )
          const asked = batches.reduce((sum, { ask }) => sum + ask, 0)
          expect(after).toBe(outstanding - count + asked)
          expect([after > demand.min, after <= demand.max, excess]).toEqual([true, true, 0])
          outstanding = after
        }
      }),
    )
  })

  it('counts what nobody asked for', () => {
    expect(splitBatches([1, 2, 3, 4], { max: 10, min: 5 }, 3).excess).toBe(1)
  })
})
