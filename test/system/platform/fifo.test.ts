import { describe, expect, it } from 'vitest'
import { Fifo } from '../../../system/platform/fifo.ts'
import { heapBytesAfterCollection } from '../../../system/platform/memory.ts'

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n)

function fifoOf(count: number) {
  const fifo = new Fifo<number>()
  for (const n of numbers(count)) fifo.push(n)
  return fifo
}

describe('a queue', () => {
  it('gives its items in their order, one by one and several at once', () => {
    const fifo = fifoOf(10)
    expect([fifo.shift(), fifo.first(2), fifo.take(3), fifo.length]).toEqual([0, [1, 2], [1, 2, 3], 6])
    fifo.pushFirst(3)
    expect([fifo.pop(), fifo.take(100), fifo.take(1), fifo.shift()]).toEqual([9, [3, 4, 5, 6, 7, 8], [], undefined])
  })

  it.each<[string, (fifo: Fifo<number>) => unknown]>([
    ['shift', (fifo) => fifo.shift()],
    ['take', (fifo) => fifo.take(1)],
  ])('keeps no place of what has left by %s, though it is never empty', (_how, leave) => {
    const fifo = fifoOf(10)
    const before = heapBytesAfterCollection()
    for (const n of numbers(1_000_000)) {
      fifo.push(n)
      leave(fifo)
    }
    expect(heapBytesAfterCollection() - before).toBeLessThan(2_000_000)
    expect(fifo.length).toBe(10)
  })
})
