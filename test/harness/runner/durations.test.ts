import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readDurations, saveDurations } from '../../../harness/runner/durations.ts'

const folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
afterAll(() => rmSync(folder, { recursive: true }))

it('a run adds to what earlier ones took', () => {
  const file = join(folder, 'new', 'durations.json')
  saveDurations(file, { 'store/a': 1_000, 'store/b': 2_000 })
  saveDurations(file, { 'store/b': 3_000 })
  expect(readDurations(file)).toEqual({ 'store/a': 1_000, 'store/b': 3_000 })
  expect(readdirSync(join(folder, 'new'))).toEqual(['durations.json'])
})

it('a file that is missing or damaged says nothing', () => {
  const damaged = join(folder, 'damaged.json')
  expect(readDurations(damaged)).toEqual({})
  writeFileSync(damaged, '{"store/a": 1')
  expect(readDurations(damaged)).toEqual({})
  writeFileSync(damaged, '{"store/a": "long", "store/b": 5}')
  expect(readDurations(damaged)).toEqual({ 'store/b': 5 })
})
