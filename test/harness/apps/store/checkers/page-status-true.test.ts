import { expect, it } from 'vitest'
import { pageNotes, pageStatusTrue } from '../../../../../harness/apps/store/checkers/page-status-true.ts'
import { historyOf } from '../../../../support/histories.ts'

const note = (kind: string, text: string) => ({
  ...({ type: 'read', who: 'alice', node: 'n2', operation: pageNotes } as const),
  value: { kind, text, atMs: 1 },
})
const check = (...notes: ReturnType<typeof note>[]) => pageStatusTrue.check(historyOf(...notes))

it('passes when no page said what was not so', () => {
  expect(check(note('watched', '/'), note('watched', '/checkout'))).toMatchObject({
    outcome: 'passed',
    why: expect.stringContaining('2 pages'),
  })
})

it('is violated when one did', () => {
  expect(
    check(note('watched', '/'), note('contradiction', 'says "Live", and admin:cart_tracker is not joined')),
  ).toMatchObject({
    outcome: 'violated',
    why: 'untrue: the page of alice (n2) says "Live", and admin:cart_tracker is not joined',
  })
})

it('knows nothing when no page was watched', () => {
  expect(check().outcome).toBe('unknown')
})
