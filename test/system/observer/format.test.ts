import { expect, it } from 'vitest'
import { bytesText, durationText, shareText } from '../../../system/observer/format.ts'

it.each([
  [14_900, '14 s'],
  [60_000, '1 min 00 s'],
  [3_599_000, '59 min 59 s'],
  [3_720_000, '1 h 02 min'],
  [90_000_000, '25 h 00 min'],
])('%i ms is %s', (ms, text) => {
  expect(durationText(ms)).toBe(text)
})

it.each([
  [1_023, '1023 B'],
  [1_024, '1.0 KiB'],
  [4_404_019, '4.2 MiB'],
  [2 ** 50, '1024.0 TiB'],
])('%i bytes are %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text)
})

it.each([
  [0.42, '42 %'],
  [0, '0 %'],
  [null, '-'],
])('the share %s is %s', (share, text) => {
  expect(shareText(share)).toBe(text)
})
