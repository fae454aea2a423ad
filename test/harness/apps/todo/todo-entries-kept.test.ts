import { describe, expect, it } from 'vitest'
import { todoEntriesKept } from '../../../../harness/apps/todo/checkers/todo-entries-kept.ts'
import { final, historyOf, type TestEvent } from '../../../support/histories.ts'

const date = '2026-11-30'
let lastOp = 0

/** Adds these titles to a list on n1. */
function add(titles: string[], end?: 'ok' | 'failed' | 'unsure', name = 'a'): TestEvent[] {
  lastOp += 1
  const of = { who: 'n1', operation: 'todo-add', op: lastOp, value: { name, date, titles } } as const
  return [{ ...of, type: 'invoke' }, ...(end ? [{ ...of, type: end }] : [])]
}
const list = (titles: string[], name = 'a', on = date) =>
  final('todo-list', { name, entries: titles.map((title, index) => ({ id: index + 1, date: on, title })) }, 'n1', 'n1')
const unreadable = (name = 'a') => final('todo-list', { name, problem: '503' }, 'n1', 'n1')
const judged = (...events: (TestEvent | TestEvent[])[]) => todoEntriesKept.check(historyOf(...events.flat()))

describe('todo-entries-kept (RT-12, NF-16, NF-17)', () => {
  it('passes lists that have what was added, and what may have been', () => {
    const events = [add(['x', 'y'], 'ok'), add(['y'], 'ok'), add(['z'], 'unsure'), add(['w']), add(['v'], 'failed')]
    expect(judged(...events, list(['x', 'y', 'y', 'z']), list([], 'b'))).toMatchObject({
      outcome: 'passed',
      why: '3 entries are in 2 lists',
    })
  })

  it('knows nothing of an empty history, without an entry, and of a list that nobody read', () => {
    for (const events of [[], [list([])], [add(['x'], 'ok')], [add(['x'], 'unsure'), list(['x'])], [unreadable()]])
      expect(judged(...events).outcome).toBe('unknown')
  })

  it('knows nothing of a list that was not read in time', () => {
    const late = final('todo-list', { name: 'a', problem: 'no answer within 5000 ms', isLate: true }, 'n1', 'n1')
    expect(judged(add(['x'], 'ok'), late)).toMatchObject({
      outcome: 'unknown',
      why: 'a of n1 was not read in time (no answer within 5000 ms)',
    })
  })

  it.each<[string, TestEvent[], string]>([
    ['an entry is missing', [list(['x'])], `lost: "${date} y" is missing in a of n1`],
    ['one has another date', [list(['x', 'y'], 'a', '2026-12-01')], 'not added: "2026-12-01 x" is in a of n1'],
    ['one is there twice', [list(['x', 'y', 'y'])], `twice: "${date} y" is in a of n1`],
    ['one was not added', [list(['x', 'y', 'z'])], `not added: "${date} z" is in a of n1`],
    [
      'one was refused and is there',
      [...add(['z'], 'failed'), list(['x', 'y', 'z'])],
      `not added: "${date} z" is in a of n1`,
    ],
    [
      'an unsure one is there twice',
      [...add(['z'], 'unsure'), list(['x', 'y', 'z', 'z'])],
      `twice: "${date} z" is in a of n1`,
    ],
    ['the list cannot be read', [unreadable()], 'lost: a of n1 cannot be read (503)'],
  ])('is violated when %s', (_title, events, why) => {
    expect(judged(add(['x', 'y'], 'ok'), events)).toMatchObject({ outcome: 'violated', why })
  })
})
