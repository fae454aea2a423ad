import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createBuffer } from '../../../system/pipeline/buffer.ts'

const sizeMax = fc.integer({ min: 1, max: 8 })
const emissions = fc.array(fc.array(fc.integer(), { maxLength: 12 }), { maxLength: 6 })

describe('the buffer of a producer (PM-30)', () => {
  it('keeps the newest and says how many it discarded', () => {
    fc.assert(
      fc.property(sizeMax, emissions, (size, lists) => {
        const buffer = createBuffer<number>({ sizeMax: size })
        const discarded = lists.reduce((sum, items) => sum + buffer.store(items), 0)
        const all = lists.flat()
        expect(discarded).toBe(Math.max(0, all.length - size))
        expect(buffer.take(Number.POSITIVE_INFINITY)).toEqual(all.slice(-size))
      }),
    )
  })

  it('keeps the oldest where it is told to', () => {
    fc.assert(
      fc.property(sizeMax, emissions, (size, lists) => {
        const buffer = createBuffer<number>({ sizeMax: size, keep: 'first' })
        const discarded = lists.reduce((sum, items) => sum + buffer.store(items), 0)
        const all = lists.flat()
        expect(discarded).toBe(Math.max(0, all.length - size))
        expect(buffer.take(Number.POSITIVE_INFINITY)).toEqual(all.slice(0, size))
      }),
    )
  })

  it('gives items in the order in which they came, however it is emptied', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5), { maxLength: 400 }), (steps) => {
        const buffer = createBuffer<number>()
        let next = 0
        const taken: number[] = []
        for (const step of steps) {
          buffer.store([next, next + 1, next + 2])
          next += 3
          taken.push(...buffer.take(step))
        }
        expect(taken).toEqual(Array.from({ length: taken.length }, (_, index) => index))
        expect(buffer.size).toBe(next - taken.length)
      }),
    )
  })

  it('holds ten thousand unless told otherwise', () => {
    const buffer = createBuffer<number>()
    const items = Array.from({ length: 10_003 }, (_, index) => index)
    expect([buffer.store(items), buffer.size, buffer.take(1)]).toEqual([3, 10_000, [3]])
  })

  it('refuses a size at which it could hold nothing', () => {
    expect(() => createBuffer({ sizeMax: 0 })).toThrow('a buffer holds at least 1 item, not 0; raise its size')
  })
})
