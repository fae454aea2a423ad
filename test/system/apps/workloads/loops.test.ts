import { afterAll, describe, expect, it } from 'vitest'
import { createLoops } from '../../../../system/apps/workloads/loops.ts'
import { sumOfDoubles } from '../../../../system/apps/workloads/sum.ts'

const loops = createLoops()
afterAll(() => loops.run(0))

describe('endless loops in worker threads (RT-55)', () => {
  it('all work while this thread goes on', async () => {
    await loops.run(2)
    await expect.poll(() => loops.rounds().every((rounds) => rounds > 0), { timeout: 20_000 }).toBe(true)
    expect(sumOfDoubles(10_000)).toBe(100_010_000)
  })

  it('end when they are told', async () => {
    await loops.run(0)
    expect(loops.rounds()).toEqual([])
  })
})
