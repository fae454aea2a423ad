import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { appendNights, readNights } from '../../../harness/nightly/history-file.ts'
import { aLine, nightOf } from './lines.ts'

const folder = mkdtempSync(join(tmpdir(), 'squall-nights-'))
const file = join(folder, 'deep', 'nights.ndjson')
beforeEach(() => rmSync(join(folder, 'deep'), { recursive: true, force: true }))
afterAll(() => rmSync(folder, { recursive: true }))

describe('the history of nights', () => {
  it('has no nights where there is no file', () => {
    expect(readNights(file)).toEqual({ lines: [], torn: 0 })
  })

  it('keeps what was appended, in the order of the nights', () => {
    const [later, earlier] = [aLine({ night: nightOf(2) }), aLine({ night: nightOf(1) })]
    appendNights(file, [later])
    appendNights(file, [earlier])
    expect(readNights(file).lines).toEqual([earlier, later])
  })

  it('goes on after a torn last line, which is left out and stays in the file', () => {
    appendNights(file, [aLine({ night: nightOf(1) })])
    appendFileSync(file, '{"version":1,"night":"2026-')
    expect(readNights(file)).toEqual({ lines: [aLine({ night: nightOf(1) })], torn: 1 })
    appendNights(file, [aLine({ night: nightOf(2) })])
    expect(readNights(file)).toEqual({ lines: [1, 2].map((n) => aLine({ night: nightOf(n) })), torn: 1 })
    expect(readFileSync(file, 'utf8')).toContain('"night":"2026-\n')
  })

  it('takes the last word of a night on a scenario', () => {
    appendNights(file, [aLine({ outcome: 'unknown' }), aLine()])
    expect(readNights(file).lines).toEqual([aLine()])
  })

  it('refuses a file that is something else, with the number of the line', () => {
    writeFileSync(join(folder, 'other.ndjson'), `${JSON.stringify(aLine())}\n{"scenario":"a","t":1}\n`)
    expect(() => readNights(join(folder, 'other.ndjson'))).toThrow(/other\.ndjson is no history of nights: line 2/)
  })
})
