import { describe, expect, it } from 'vitest'
import { createBeamActor } from '../../../../harness/lab/runtime/beam-actor.ts'
import { blockFor, createBeamHeap } from '../../../../harness/lab/runtime/beam-heap.ts'

describe('the model of the heap of a process of the BEAM (RT-61)', () => {
  it('has blocks of the sizes of OTP', () => {
    expect([1, 233, 234, 4_186, 10_959, 17_732].map(blockFor)).toEqual([38, 233, 376, 6_772, 17_731, 28_690])
  })

  it('has the bytes of the text after each step (RT-63)', () => {
    const actor = createBeamActor()
    const bytes = [actor.heap.bytes()]
    actor.allocate(4_000)
    bytes.push(actor.heap.bytes())
    actor.clear()
    bytes.push(actor.heap.bytes())
    for (let left = 100; left > 0; left -= 1) actor.noop()
    bytes.push(actor.heap.bytes())
    actor.heap.collect()
    expect([...bytes, actor.heap.bytes()]).toEqual([2_820, 142_804, 142_804, 142_804, 2_820])
  })

  it('has the same where the list is built with its rest first and turned round', () => {
    const heap = createBeamHeap({ idleWords: 32 })
    const pairs = () => Array.from({ length: 4_000 }, () => heap.allocate(2))
    const backwards = pairs()
    pairs()
    for (const pair of backwards) pair.drop()
    expect(heap.bytes()).toBe(142_804)
  })

  it('hibernates below its start: after a clear, and by itself when the idle time is over and not before (RT-64)', () => {
    const asked = createBeamActor()
    asked.allocate(4_000)
    asked.clearAndHibernate()
    expect(asked.heap.bytes()).toBe(1_212)
    const byItself = createBeamActor({ hibernateAfterMs: 1_000 })
    byItself.allocate(4_000)
    byItself.clear()
    byItself.idle(999)
    expect(byItself.heap.bytes()).toBe(142_804)
    byItself.idle(1_000)
    expect(byItself.heap.bytes()).toBe(1_212)
  })

  it('keeps what is held through every collection', () => {
    const actor = createBeamActor()
    actor.allocate(4_000)
    actor.heap.collect()
    expect(actor.heap.bytes()).toBe(956 + 8 * 10_958)
  })

  it('collects by itself when messages fill it, which an idle one does not have (RT-62)', () => {
    const actor = createBeamActor()
    actor.allocate(4_000)
    actor.clear()
    for (let left = 1_000; left > 0; left -= 1) actor.noop()
    expect(actor.heap.bytes()).toBe(2_820)
  })
})

describe('binaries of the model (RT-61)', () => {
  it.each([
    [64, 0],
    [65, 65],
  ])('of %i bytes have %i bytes outside of the heap', (bytes, outside) => {
    const heap = createBeamHeap({ idleWords: 32 })
    expect(heap.allocateBinary(bytes).binaryBytes).toBe(outside)
    expect(heap.binaryBytes()).toBe(outside)
  })

  it('are freed with the reference, by the next collection that looks at it', () => {
    const heap = createBeamHeap({ idleWords: 32 })
    const young = heap.allocateBinary(1_000)
    young.drop()
    expect(heap.binaryBytes()).toBe(1_000)
    heap.collect()
    expect(heap.binaryBytes()).toBe(0)
  })
})

describe('generations of the model (RT-61, RT-68)', () => {
  /** One binary that has become old and is garbage then, and so many minor collections. */
  function afterMinors(minors: number, fullSweepAfter: number) {
    const heap = createBeamHeap({ idleWords: 32, fullSweepAfter })
    const binary = heap.allocateBinary(1_000)
    while (heap.counts().minors < 2) heap.allocate(20).drop()
    binary.drop()
    while (heap.counts().minors < minors && heap.counts().majors === 0) heap.allocate(20).drop()
    while (heap.counts().minors === minors && heap.counts().majors === 0) heap.allocate(20).drop()
    return heap
  }

  it('minor collections do not look at what is old', () => {
    const heap = afterMinors(50, 65_535)
    expect([heap.counts().majors, heap.binaryBytes()]).toEqual([0, 1_000])
  })

  it('a major one follows after the number of minor ones that is set, and does', () => {
    const heap = afterMinors(20, 20)
    expect([heap.counts(), heap.binaryBytes()]).toMatchObject([{ minors: 20, majors: 1 }, 0])
  })
})
