import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { unzipSync, type Zippable, zipSync } from 'fflate'
import { parse } from 'node-html-parser'
import { afterAll, describe, expect, it } from 'vitest'
import { renderFile, renderings } from '../../../harness/reporters/files.ts'
import { readRecord } from '../../../harness/reporters/record.ts'
import { writeGreenRun, writeKilledRun, writeViolatedRun } from './runs.ts'

const folders: string[] = []
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
  folders.push(folder)
  return folder
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => statSync(join(folder, path)).isFile())

/** Packs a folder and unpacks it in another place. */
function moved(folder: string): string {
  const files: Zippable = Object.fromEntries(filesOf(folder).map((path) => [path, readFileSync(join(folder, path))]))
  const elsewhere = join(newFolder(), 'downloaded artefact')
  for (const [path, content] of Object.entries(unzipSync(zipSync(files)))) {
    mkdirSync(dirname(join(elsewhere, path)), { recursive: true })
    writeFileSync(join(elsewhere, path), content)
  }
  rmSync(folder, { recursive: true })
  mkdirSync(folder)
  return elsewhere
}

/** The files that a report leads to, by links, pictures and the commands that open traces. */
function targetsIn(folder: string): string[] {
  const page = parse(readFileSync(join(folder, 'report.html'), 'utf8'))
  const links = page.querySelectorAll('a[href]').map((link) => decodeURI(link.getAttribute('href')!))
  const pictures = page.querySelectorAll('[src]').map((one) => one.getAttribute('src')!)
  const commands = page.querySelectorAll('button[data-copy]').map((one) => one.getAttribute('data-copy')!)
  const traces = commands.flatMap((text) => /show-trace (.*)$/.exec(text)?.[1] ?? [])
  return [...links, ...pictures, ...traces].filter((one) => !one.startsWith('#') && !one.startsWith('data:'))
}

describe.each([
  ['a violated run', writeViolatedRun, ['browser/stock/alice-trace.zip', 'logs/stock/n1.log', 'verdict.json']],
  ['a green run', writeGreenRun, ['verdict.json', 'history.ndjson', 'faults.ndjson']],
] as const)('the folder of %s, zipped and opened elsewhere', (_what, write, some) => {
  const folder = newFolder()
  write(folder)
  const before = Object.fromEntries(filesOf(folder).map((path) => [path, readFileSync(join(folder, path), 'utf8')]))
  const elsewhere = moved(folder)

  it('has no dead link', () => {
    const targets = targetsIn(elsewhere)
    expect(targets).toEqual(expect.arrayContaining([...some]))
    expect(targets.filter((path) => !existsSync(join(elsewhere, path)))).toEqual([])
  })

  it('gives the same bytes when it is rendered again there', () => {
    for (const name of Object.keys(renderings) as (keyof typeof renderings)[])
      expect(readFileSync(renderFile(elsewhere, name, readRecord(elsewhere)), 'utf8'), name).toBe(before[name])
  })
})

it('the report of a run that was killed says so first, and has no dead link', () => {
  const folder = newFolder()
  writeKilledRun(folder)
  const elsewhere = moved(folder)
  const page = parse(readFileSync(join(elsewhere, 'report.html'), 'utf8'))
  expect(page.querySelector('h1')!.text).toMatch(
    /^Unknown: the run did not end, because it was killed or still runs; 2 scenarios had begun\./,
  )
  expect(targetsIn(elsewhere)).toEqual(['history.ndjson'])
})
