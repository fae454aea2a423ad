import { describe, expect, it } from 'vitest'
import { live } from '../../../../harness/lab/deploy/live.ts'
import { judgeLab } from '../../../../harness/lab/lab.ts'

const base = { gapMs: 12, longestGapMs: 80, refused: 0, perSecondMax: 60 }
const measured = {
  rolling: { ...base, end: { a: 75, b: 45, c: 0 }, peak: 90, reconnects: 190 },
  least: { ...base, end: { a: 61, b: 59, c: 0 }, peak: 60, reconnects: 160 },
  spare: { ...base, end: { a: 42, b: 23, c: 0, s: 55 }, peak: 71, reconnects: 164 },
  atOnce: { ...base, end: { g1: 40, g2: 40, g3: 40 }, peak: 40, reconnects: 120, perSecondMax: 120 },
  gradual: { ...base, end: { g1: 40, g2: 40, g3: 40 }, peak: 40, reconnects: 120, perSecondMax: 44 },
}
type Measured = typeof measured

const outcomes = (changes: Partial<Measured> = {}) =>
  judgeLab(live, { ...measured, ...changes }).findings.map(({ outcome }) => outcome)

describe('deploys on real nodes (DP-27, DP-30..DP-35, DP-49, AT-28)', () => {
  it('are as predicted where they are as computed', () => {
    expect(outcomes()).toEqual(Array(6).fill('held'))
  })

  it.each<[string, number, Partial<Measured>]>([
    ['a rolling deploy that ends even', 0, { rolling: { ...measured.rolling, end: { a: 40, b: 40, c: 40 } } }],
    ['least-connections that spares nobody', 1, { least: { ...measured.least, reconnects: 190 } }],
    ['a spare that saves nobody', 2, { spare: { ...measured.spare, reconnects: 190 } }],
    ['blue-green with a second wave (DF-111)', 3, { atOnce: { ...measured.atOnce, reconnects: 170 } }],
    ['a gradual cut-over that is not', 4, { gradual: { ...measured.gradual, perSecondMax: 120 } }],
    ['a connection that nobody took (DP-33)', 5, { atOnce: { ...measured.atOnce, refused: 1 } }],
  ])('%s contradicts prediction', (_what, index, changes) => {
    expect(outcomes(changes)[index]).toBe('contradicted')
  })

  it('say nothing about a load that is otherwise when clients were away for long', () => {
    const late = { ...measured.rolling, end: { a: 60, b: 40, c: 20 }, longestGapMs: 2_800 }
    expect(outcomes({ rolling: late })[0]).toBe('unknown')
  })

  it('say nothing about the busiest second where the machine was too busy for a cut-over at once', () => {
    expect(outcomes({ atOnce: { ...measured.atOnce, perSecondMax: 30 } })[4]).toBe('unknown')
  })
})
