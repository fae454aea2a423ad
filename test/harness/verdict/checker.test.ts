import { describe, expect, it } from 'vitest'
import { checkers } from '../../../harness/checkers/index.ts'
import { type Checker, judge, passed, worst } from '../../../harness/verdict/checker.ts'
import { historyOf } from '../../support/histories.ts'

describe('verdicts', () => {
  it('lets invalid outrank unknown, and unknown outrank valid', () => {
    expect(worst(['passed', 'unknown', 'passed'])).toBe('unknown')
    expect(worst(['unknown', 'violated', 'passed'])).toBe('violated')
    expect(worst(['passed'])).toBe('passed')
  })

  it('takes a checker that throws for unknown, and says so', () => {
    const broken: Checker = {
      name: 'broken',
      invariant: 'none',
      check() {
        throw new Error('no such field')
      },
    }
    expect(judge(broken, historyOf())).toMatchObject({
      outcome: 'unknown',
      why: expect.stringContaining('no such field'),
    })
  })

  it('passes on what a checker found', () => {
    const fine: Checker = { name: 'fine', invariant: 'none', check: () => passed('seen') }
    expect(judge(fine, historyOf())).toEqual({ outcome: 'passed', why: 'seen', evidence: {} })
  })

  it.each(Object.entries(checkers))('%s carries the name under which it is listed', (name, checker) => {
    expect(checker.name).toBe(name)
  })

  it.each(Object.entries(checkers).filter(([name]) => name !== 'faults-witnessed'))(
    '%s finds nothing in an empty history, which is no pass',
    (_, checker) => {
      expect(judge(checker, historyOf()).outcome).toBe('unknown')
    },
  )
})
