import { expect, it } from 'vitest'
import { lineOf } from '../../../harness/cli/selftest.ts'
import type { DefectResult } from '../../../harness/selftest/selftest-result.ts'

const result: DefectResult = {
  id: 'DF-1',
  outcome: 'caught',
  caught: true,
  scenario: 'a/one',
  checker: 'expectations',
  finding: 'refused: 500 <!doctype html>\n<html>\n  <p>no</p>',
  seconds: 3,
  detectSeconds: 2,
  folder: null,
}

it('says each defect in one line, whatever was found', () => {
  expect(lineOf({ kind: 'defect', result })).toBe(
    '✓ caught  DF-1  by expectations in a/one after 3.0 s: refused: 500 <!doctype html> <html> <p>no</p>',
  )
})
