import { describe, expect, it } from 'vitest'
import {
  digestOf,
  drawBytes,
  drawData,
  drawValue,
  jsonBytes,
  textOfBytes,
} from '../../../harness/background/content.ts'
import { seededRandom } from '../../../harness/platform/random.ts'

const times = <T>(count: number, make: (n: number) => T) => Array.from({ length: count }, (_, n) => make(n))

describe('what the background says', () => {
  it('is drawn from the seed', () => {
    const drawn = (seed: number) => {
      const random = seededRandom(seed)
      return times(20, () => [drawBytes(random), drawValue(random), textOfBytes(random, 99)])
    }
    expect(drawn(1)).toEqual(drawn(1))
    expect(drawn(1)).not.toEqual(drawn(2))
  })

  it('survives JSON, whatever it is', () => {
    const random = seededRandom(3)
    for (const value of times(300, () => drawValue(random)))
      expect(digestOf(JSON.parse(JSON.stringify(value)))).toBe(digestOf(value))
  })

  it('is the same in whatever order a system keeps the keys of its objects', () => {
    const nested = (inner: object) => ({ list: [inner], text: 'é' })
    expect(digestOf({ text: 'é', list: [{ b: 2, a: 1 }] })).toBe(digestOf(nested({ a: 1, b: 2 })))
    expect(digestOf(nested({ a: 2, b: 1 }))).not.toBe(digestOf(nested({ a: 1, b: 2 })))
    expect(digestOf([1, 2])).not.toBe(digestOf([2, 1]))
  })

  it('has every size around each border, and beyond', () => {
    const random = seededRandom(4)
    const sizes = new Set(times(5_000, () => drawBytes(random)))
    for (const border of [126, 65_536]) for (const by of [-1, 0, 1]) expect(sizes).toContain(border + by)
    expect(sizes).toContain(0)
    expect(Math.max(...sizes)).toBeGreaterThan(131_072)
  })

  it('is exactly as long as asked for', () => {
    const random = seededRandom(5)
    for (const bytes of [0, 1, 7, 125, 126, 65_535, 65_537]) {
      expect(jsonBytes(textOfBytes(random, bytes))).toBe(bytes)
      expect(drawData(random, bytes)).toHaveLength(bytes)
    }
  })

  it('is told apart from nearly the same', () => {
    const digests = [null, '', [], {}, 'null', Buffer.alloc(0), Buffer.alloc(1), 'é', 'e\u0301', undefined].map(
      digestOf,
    )
    expect(new Set(digests).size).toBe(digests.length)
  })
})
