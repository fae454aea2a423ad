import { expect, it } from 'vitest'
import { describeDifference } from '../../../harness/platform/describe-difference.ts'

const products = (released: boolean) =>
  [1, 2].map((id) => ({
    id,
    released: id === 2 && released,
    items: Array.from({ length: 9 }, (_, n) => ({ id: n, count: 5 })),
  }))

it.each([
  ['a plain value', 403, 200, '403 instead of 200'],
  ['a list', [], [4, 5], 'nothing instead of 4, 5'],
  [
    'an answer',
    { status: 'ok' },
    { status: 'error', response: { error: 'sold_out' } },
    'status ok instead of status error, response (error sold_out)',
  ],
  ['a part of something large', products(true), products(false), 'entry 2 released true instead of false'],
  ['something large that is missing', undefined, products(false), /^nothing instead of id 1, released false, items \(/],
  [
    'a long text',
    `${'a'.repeat(200)}one${'b'.repeat(90)}`,
    `${'a'.repeat(200)}two${'b'.repeat(90)}`,
    `"…${'a'.repeat(40)}one${'b'.repeat(37)}…" instead of "…${'a'.repeat(40)}two${'b'.repeat(37)}…"`,
  ],
] as [string, unknown, unknown, string | RegExp][])('tells in words how %s differs', (_what, seen, expected, words) => {
  const told = describeDifference(seen, expected)
  if (typeof words === 'string') expect(told).toBe(words)
  else expect(told).toMatch(words)
})
