import { describe, expect, it } from 'vitest'
import { oneServerPerList } from '../../../../harness/apps/todo/checkers/one-server-per-list.ts'
import type { OpenedList } from '../../../../harness/apps/todo/records.ts'
import { final, historyOf, type TestEvent } from '../../../support/histories.ts'

const opened = (change: Partial<OpenedList> = {}): TestEvent => ({
  type: 'read',
  who: 'n1',
  node: 'n1',
  operation: 'todo-opened',
  value: { name: 'a', callers: 10, refused: 0, servers: ['7'], started: 1, ...change },
})
const servers = (value: Record<string, number>) => final('todo-servers', value, 'n1', 'n1')
const judged = (...events: TestEvent[]) => oneServerPerList.check(historyOf(...events))

describe('one-server-per-list (RT-18, DF-101)', () => {
  it('passes lists that got one server each', () => {
    expect(judged(opened(), opened({ started: 0 }), servers({ 'todo_server:a': 1 }))).toMatchObject({
      outcome: 'passed',
      why: '2 lists were opened, each got one server',
    })
  })

  it('knows nothing of an empty history, and of lists that had a server or one caller', () => {
    for (const events of [[], [opened({ started: 0 })], [opened({ callers: 1 })]])
      expect(judged(...events).outcome).toBe('unknown')
  })

  it.each<[string, TestEvent, string]>([
    [
      'two were started',
      opened({ started: 2 }),
      'two servers: 2 were started for a, which 10 opened at the same moment',
    ],
    ['two were given', opened({ servers: ['7', '8'] }), 'two servers: 10 callers of a were given 2 of them'],
    ['two live', servers({ 'todo_server:a': 2 }), 'two servers: 2 actors todo_server:a live on n1'],
  ])('is violated when %s', (_title, event, why) => {
    expect(judged(opened(), event)).toMatchObject({ outcome: 'violated', why })
  })
})
