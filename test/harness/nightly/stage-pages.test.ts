import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { pagesOf } from '../../../harness/nightly/stage-pages.ts'

const folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
afterAll(() => rmSync(folder, { recursive: true }))
const files = [
  'acceptance/a-run/report.html',
  'acceptance/a-run/verdict.json',
  'lab/one.html',
  'selftest/x/report.html',
]
for (const path of files) {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), '')
}
symlinkSync('a-run', join(folder, 'acceptance/latest'))

it.each([
  ['acceptance', ['acceptance/a-run/report.html']],
  ['lab', ['lab/one.html']],
  ['corpus', []],
  ['selftest', []],
] as const)('a night leads to what %s has written for people', (name, pages) => {
  expect(pagesOf(name, folder)).toEqual(pages)
})
