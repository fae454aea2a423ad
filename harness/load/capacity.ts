import { figureOf } from '../stats/figures.ts'
import type { StageResult } from './generator.ts'
import { isBelievable } from './honesty.ts'

export interface Capacity {
  /** The highest rate that was sustained, messages per second. */
  ratePerS: number
  /** What ended the search: the system, the generator, or the highest rate that was asked for. Only the first makes it a capacity; else it is a lower bound. */
  limitedBy: 'system' | 'generator' | 'search'
}

export interface CapacitySearch {
  startPerS: number
  mostPerS: number
  /** Runs one stage at this rate. */
  measure(ratePerS: number): Promise<StageResult>
}

/** A backlog that grows by more than this share of the rate is one that does not end. */
const growthMost = 0.05
/** The search ends when the bounds are this close. */
const closeFactor = 1.1
const triesPerRate = 2

/** How fast the backlog grew, messages per second. Pure. */
export function backlogSlope({ backlog, durationMs }: Pick<StageResult, 'backlog' | 'durationMs'>): number {
  const third = Math.floor(backlog.length / 3)
  if (third === 0) return 0
  const [early, late] = [backlog.slice(third, 2 * third), backlog.slice(-third)].map((part) => figureOf(part).median)
  return (late! - early!) / (durationMs / 3_000)
}

/** Whether the system kept up: everything answered, and no backlog that grows. Pure. */
export const isSustained = (stage: StageResult): boolean =>
  stage.lost === 0 && stage.errors === 0 && backlogSlope(stage) <= growthMost * stage.ratePerS

/** Doubles the rate until it is not sustained, then halves the distance. A disturbed stage is tried again. */
export async function searchCapacity({ startPerS, mostPerS, measure }: CapacitySearch): Promise<Capacity> {
  let sustained = 0
  let refused: number | undefined
  let rate = Math.min(startPerS, mostPerS)
  for (;;) {
    const seen = await look(measure, rate)
    if (seen === 'generator') return { ratePerS: sustained, limitedBy: 'generator' }
    if (seen === 'sustained') sustained = rate
    else refused = rate
    if (sustained >= mostPerS) return { ratePerS: sustained, limitedBy: 'search' }
    if (refused === undefined) rate = Math.min(mostPerS, 2 * sustained)
    else if (sustained === 0) rate = refused / 2
    else if (refused / sustained <= closeFactor) return { ratePerS: sustained, limitedBy: 'system' }
    else rate = Math.sqrt(refused * sustained)
    if (rate < 1) return { ratePerS: 0, limitedBy: 'system' }
  }
}

async function look(measure: CapacitySearch['measure'], rate: number): Promise<'sustained' | 'refused' | 'generator'> {
  let believed = false
  for (let turn = 0; turn < triesPerRate; turn += 1) {
    const stage = await measure(rate)
    if (isSustained(stage)) return 'sustained'
    believed ||= isBelievable(stage, 0.5)
  }
  return believed ? 'refused' : 'generator'
}
