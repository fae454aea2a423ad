import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { definedIds, filesBelow, idsIn, readAll } from '../support/catalogue.ts'

const defined = new Set(definedIds(readAll(filesBelow('docs/spec', '.md'))))
const coversOf = (text: string) => [...text.matchAll(/^\s*covers: (\[[^\]]*\])/gm)].flatMap(([, list]) => idsIn(list!))
const scenarios = filesBelow('scenarios', '.ts')
  .map((file) => ({ file, text: readFileSync(file, 'utf8') }))
  .filter(({ text }) => /^\s*covers: /m.test(text))

describe('the ids that scenarios name (AT-53)', () => {
  it.each(scenarios)('of $file are some, and all are in the catalogue', ({ text }) => {
    const ids = coversOf(text)
    expect(ids.length).toBeGreaterThan(0)
    expect(ids.filter((id) => !defined.has(id))).toEqual([])
  })

  it('are found in nearly all of the scenarios', () => expect(scenarios.length).toBeGreaterThan(80))

  it('are listed with those that nobody names, for each part of the catalogue', () => {
    const text = execFileSync(process.execPath, ['test/spec.ts'], { encoding: 'utf8' })
    for (const prefix of new Set([...defined].map((id) => id.split('-')[0])))
      expect(text).toMatch(new RegExp(`^${prefix} +\\d+ of \\d+ covered`, 'm'))
    expect(text).toMatch(/^\d+ of \d+ entries covered$/m)
  })
})
