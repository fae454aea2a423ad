import { expect, it } from 'vitest'
import { sumOfDoubles } from '../../../../system/apps/workloads/sum.ts'

it('is the sum of the text (RT-55)', () => {
  expect(sumOfDoubles(10_000)).toBe(100_010_000)
})
