import { expect, it } from 'vitest'
import { shortened } from '../../../harness/history/shortened.ts'

const long = 'x'.repeat(120_000)

it('keeps of a long text its beginning, its length and its hash, wherever it is', () => {
  const { list } = shortened({ n: 1, list: [{ text: long }] }) as { list: { text: string }[] }
  expect(list[0]!.text).toMatch(/^x{60}\.\.\. \(120000 characters, SHA-256 [0-9a-f]{16}\)$/)
})

it('tells texts apart that differ in one letter at the end', () => {
  expect(shortened(`${long}a`)).not.toBe(shortened(`${long}b`))
  expect(shortened(`${long}a`)).toBe(shortened(`${long}a`))
})

it('leaves everything else as it is', () => {
  const payload = { seq: 3, text: 'short', none: null, flag: true, levels: ['low', { out: 1 }] }
  expect(shortened(payload)).toEqual(payload)
})
