import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type RenderingName, renderFile, renderings } from '../../../harness/reporters/files.ts'
import { readLines, readRecord } from '../../../harness/reporters/record.ts'
import { script } from '../../../harness/reporters/script.ts'
import { style } from '../../../harness/reporters/style.ts'

const fixture = join(import.meta.dirname, 'fixture')
const names = Object.keys(renderings) as RenderingName[]
const folders: string[] = []
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
  folders.push(folder)
  return folder
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

describe('what is derived from a verdict', () => {
  it.each(names)('%s says everything that the fixture run holds', async (name) => {
    const text = renderings[name](readRecord(fixture)).replace(script, 'SCRIPT').replace(style, 'STYLE')
    await expect(text).toMatchFileSnapshot(`expected/${name}.txt`)
  })

  it.each(names)('%s is the same, byte for byte, when it is rendered again elsewhere', (name) => {
    const folder = newFolder()
    cpSync(fixture, folder, { recursive: true })
    const render = () => readFileSync(renderFile(folder, name, readRecord(folder)), 'utf8')
    const first = render()
    expect(render()).toBe(first)
    expect(first).toBe(renderings[name](readRecord(fixture)))
  })

  it('the page needs no network, and nothing that a program said becomes markup', () => {
    const page = renderings['report.html'](readRecord(fixture))
    expect(page).not.toMatch(/https?:\/\/|<script src|<link|url\(|@import/)
    expect(page).not.toMatch(/<(broken|markup|low)>/)
    expect(page).toContain('&lt;broken&gt;')
  })
})

describe('what this kind of cluster cannot tell', () => {
  it.each(names)('is named with its reason in %s', (name) => {
    const record = readRecord(fixture)
    const why = 'a process shares the network of its machine'
    const page = renderings[name]({
      ...record,
      run: { ...record.run, skipped: [{ id: 'cluster/off-the-network', why }] },
    })
    expect(page).toContain('cluster/off-the-network')
    expect(page).toContain(why)
  })
})

describe('what the faults of a scenario hit', () => {
  const cells = [
    { cell: 'buy at committed under db.kill db' },
    { cell: 'add at asked under node.kill n1', missed: 'the machine was too slow' },
  ]
  const record = readRecord(fixture)
  const scenarios = record.run.scenarios.map((one, index) => (index === 0 ? { ...one, cells } : one))

  it.each(['report.html', 'summary.md'] as const)('stands in %s, and what they did not hit with the reason', (name) => {
    const page = renderings[name]({ ...record, run: { ...record.run, scenarios } })
    for (const { cell, missed = '' } of cells) {
      expect(page).toContain(cell)
      expect(page).toContain(missed)
    }
  })

  it('stands in no report of a scenario that draws nothing', () => {
    expect(renderings['summary.md'](record)).not.toContain('hit')
  })
})

describe('the record of a run', () => {
  it('says in a sentence that a folder is no finished run', () => {
    const folder = newFolder()
    expect(() => readRecord(folder)).toThrow(/is no run: there is neither a verdict.json nor a run.json in it$/)
  })

  it('leaves out a torn last line, and names a damaged one before it', () => {
    const file = join(newFolder(), 'history.ndjson')
    writeFileSync(file, '{"i":0}\n{"i":1}\n{"i":')
    expect(readLines(file)).toEqual({ lines: [{ i: 0 }, { i: 1 }], isTorn: true })
    writeFileSync(file, '{"i":0}\n{"i":1}')
    expect(readLines(file)).toEqual({ lines: [{ i: 0 }, { i: 1 }], isTorn: false })
    writeFileSync(file, '{"i":0}\n{"i":\n{"i":2}\n')
    expect(() => readLines(file)).toThrow(/history.ndjson is damaged in line 2/)
  })
})
