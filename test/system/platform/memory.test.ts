import { expect, it } from 'vitest'
import { heapBytesAfterCollection } from '../../../system/platform/memory.ts'

const bigBytes = 20_000_000

it('counts what is held and not what is garbage (DF-54)', () => {
  const before = heapBytesAfterCollection()
  const held = Array.from({ length: bigBytes / 8 }, (_, n) => n + 0.5)
  expect(heapBytesAfterCollection() - before).toBeGreaterThan(bigBytes / 2)
  held.length = 0
  expect(heapBytesAfterCollection() - before).toBeLessThan(bigBytes / 2)
})
