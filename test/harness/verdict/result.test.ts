import { describe, expect, it } from 'vitest'
import { worstOutcome } from '../../../harness/verdict/result.ts'

describe('the outcome of a run', () => {
  it('hides no violation behind an unknown, and no unknown behind a pass', () => {
    expect(worstOutcome(['passed', 'unknown', 'violated'])).toBe('violated')
    expect(worstOutcome(['passed', 'unknown'])).toBe('unknown')
    expect(worstOutcome(['passed', 'passed'])).toBe('passed')
  })

  it('is unknown when nothing was run', () => {
    expect(worstOutcome([])).toBe('unknown')
  })
})
