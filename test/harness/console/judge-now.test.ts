import { describe, expect, it } from 'vitest'
import { checkerCases } from '../../../harness/bench/judging/checker-cases.ts'
import { checkers } from '../../../harness/checkers/index.ts'
import { judgeNow } from '../../../harness/console/judge-now.ts'
import { toHistory } from '../../../harness/history/history.ts'
import type { HistoryEvent } from '../../../harness/history/operation.ts'
import { type Checker, judge, passed, unknown, violated } from '../../../harness/verdict/checker.ts'

const open = Object.values(checkers).filter(({ judgesOpen }) => judgesOpen)

/** The lengths of beginnings that a checker calls violated, of a history that it passes as a whole. */
function violatedBeginnings(checker: Checker, events: readonly HistoryEvent[]): number[] {
  const lengths = Array.from({ length: events.length + 1 }, (_, length) => length)
  return lengths.filter((length) => judge(checker, toHistory(events.slice(0, length))).outcome === 'violated')
}

describe('checkers that judge a session that goes on', () => {
  it('are some', () => {
    expect(open.map(({ name }) => name)).toContain('connections-end-for-a-reason')
    expect(open.map(({ name }) => name)).not.toContain('background-delivered')
  })

  it.each(open.map((checker) => [checker.name, checker] as const))(
    '%s calls no beginning of a history violated that is none as a whole',
    (name, checker) => {
      const own = checkerCases.filter((one) => one.checker.name === name)
      expect(own.length).toBeGreaterThan(0)
      for (const { historyOf } of own) expect(violatedBeginnings(checker, historyOf(60))).toEqual([])
    },
  )

  it('and a checker that must wait for the end would be found', () => {
    const lossless: Checker = {
      name: 'lossless',
      invariant: 'what was published is received',
      check: (history) =>
        history.of('publish').length > history.of('receive').length ? violated('lost') : passed('all received'),
    }
    const event = (index: number, type: 'publish' | 'receive'): HistoryEvent => ({
      index,
      tMs: index,
      who: 'one',
      type,
    })
    expect(violatedBeginnings(lossless, [event(0, 'publish'), event(1, 'receive')])).toEqual([1])
  })
})

describe('what the checkers say now', () => {
  const base = { invariant: 'something holds' }
  const event: HistoryEvent = { index: 0, tMs: 5, who: 'one', type: 'receive' }
  const reads: Checker = {
    ...base,
    name: 'reads',
    judgesOpen: true,
    check: (history) => (history.finals('stock').length > 0 ? passed(`read at ${history.endMs}`) : unknown('not read')),
  }
  const waits: Checker = { ...base, name: 'waits', check: () => violated('never asked') }
  const needy: Checker = {
    ...base,
    name: 'needy',
    judgesOpen: true,
    needs: () => false,
    check: () => violated('never asked'),
  }

  const barred: Checker = { ...base, name: 'barred', judgesOpen: true, check: () => violated('never asked') }

  it('gives them what was read now, and asks none that must wait for the end', () => {
    const said = judgeNow(
      [reads, waits, needy, barred],
      { barred: 'cannot judge here' },
      [event],
      [{ who: 'harness', type: 'final', operation: 'stock', value: 1 }],
    )
    expect(said.map(({ name, outcome, why }) => [name, outcome, why])).toEqual([
      ['reads', 'passed', 'read at 5'],
      ['waits', 'later', 'judges a recording when it is saved: what is on its way now would look lost'],
      ['needy', 'unknown', 'nothing to judge yet'],
      ['barred', 'later', 'cannot judge here'],
    ])
  })
})
