import { expect, it } from 'vitest'
import { gradeOf } from '../../../harness/bench/bench.ts'
import { ratioDemand } from '../../../harness/bench/benches/rates.ts'
import { ratioOf } from '../../../harness/bench/rates-of-slices.ts'
import type { Slice } from '../../../harness/bench/slices.ts'
import { figureOf } from '../../../harness/stats/figures.ts'

const slice = (messages: number, serverCpuUs: number, clientBusy = 0.5): Slice => ({
  messages,
  seconds: 1,
  serverCpuUs,
  loopDelayP99Ms: 0,
  clientBusy,
})
const bounds = { goal: 2, gate: 1 }

it('a figure is the median with its spread, of an odd and of an even number of rounds', () => {
  expect(figureOf([3, 1, 10])).toEqual({ median: 3, least: 1, most: 10 })
  expect(figureOf([4, 1, 10, 2])).toEqual({ median: 3, least: 1, most: 10 })
})

it('a ratio is taken by processor time, round by round: a slow round of the machine disturbs it not', () => {
  const ours = [slice(300, 100), slice(30, 100), slice(300, 100)]
  const peers = [slice(100, 100), slice(10, 100), slice(200, 100)]
  expect(ratioOf(ours, peers)).toEqual({ median: 3, least: 1.5, most: 3 })
})

it('a number is graded by its bounds, whichever way is better', () => {
  const demand = { what: 'x', unit: 'times', ...bounds, ...figureOf([1.5]) }
  expect(gradeOf(demand)).toBe('gate')
  expect(gradeOf({ ...demand, median: 2 })).toBe('goal')
  expect(gradeOf({ ...demand, median: 0.9 })).toBe('below')
  expect(gradeOf({ ...demand, goal: 1, gate: 2, atMost: true })).toBe('gate')
  expect(gradeOf({ ...demand, goal: 1, gate: 2, atMost: true, median: 2.1 })).toBe('below')
})

it('nothing is said when nothing arrived, or when the load client was the limit', () => {
  const peers = [slice(100, 100)]
  expect(gradeOf(ratioDemand('x', [slice(200, 100)], peers, bounds))).toBe('goal')
  expect(gradeOf(ratioDemand('x', [slice(200, 100, 0.99)], peers, bounds))).toBe('unmeasured')
  expect(gradeOf(ratioDemand('x', [slice(0, 0)], peers, bounds))).toBe('unmeasured')
})
