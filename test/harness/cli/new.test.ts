import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { addSorted } from '../../../harness/scaffold/lists.ts'
import { newDefect } from '../../../harness/scaffold/new-defect.ts'
import { parseHeader } from '../../../harness/selftest/defect.ts'
import { parseDiff } from '../../../harness/selftest/diff.ts'
import { squall } from './support.ts'

const lists = [
  'harness/index.ts',
  'harness/faults/index.ts',
  'harness/checkers/index.ts',
  'harness/bench/judging/checker-cases.ts',
]
const parent = mkdtempSync(join(tmpdir(), 'squall-test-'))
afterAll(() => rmSync(parent, { recursive: true }))

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(parent, 'p-'))
  for (const path of lists) cpSync(path, join(root, path), { recursive: true })
})
const make = (...words: string[]) => squall(['new', ...words], { root, cwd: root })
const added = (path: string) => {
  const before = readFileSync(path, 'utf8').split('\n')
  return readFileSync(join(root, path), 'utf8')
    .split('\n')
    .filter((line) => !before.includes(line))
}

describe('new', () => {
  it('makes a scenario in the folder of its group', async () => {
    const { code, out } = await make('scenario', 'mine/first-one')
    expect([code, out.split('\n')[0]]).toEqual([0, 'made scenarios/mine/first-one.ts'])
    const text = readFileSync(join(root, 'scenarios/mine/first-one.ts'), 'utf8')
    expect(text).toContain("from '../../harness/index.ts'")
    expect(text).toContain("  id: 'mine/first-one',\n  title: 'first one',")
  })

  it('makes a fault, and adds it to the list where it belongs', async () => {
    expect((await make('fault', 'db.isolation')).code).toBe(0)
    expect(existsSync(join(root, 'harness/faults/db-isolation.ts'))).toBe(true)
    expect(added('harness/faults/index.ts')).toEqual([
      "import { dbIsolation } from './db-isolation.ts'",
      "  'db.isolation': dbIsolation,",
    ])
    const kinds = [...readFileSync(join(root, 'harness/faults/index.ts'), 'utf8').matchAll(/^ {2}'([a-z.-]+)':/gm)]
    expect(kinds.map(([, kind]) => kind)).toEqual(kinds.map(([, kind]) => kind).toSorted())
  })

  it('makes the fault that the page about faults shows', async () => {
    await make('fault', 'db.isolation')
    const [, shown] = readFileSync('docs/adding-a-fault.md', 'utf8').split('// harness/faults/db-isolation.ts\n')
    const made = readFileSync(join(root, 'harness/faults/db-isolation.ts'), 'utf8')
    expect(made).toBe(shown!.split('```')[0]!.replace(' (FI-6)', ''))
  })

  it('makes the scenario that the page about scenarios shows', async () => {
    await make('scenario', 'mine/first')
    const [, shown] = readFileSync('docs/adding-a-scenario.md', 'utf8').split('// scenarios/mine/first.ts\n')
    expect(readFileSync(join(root, 'scenarios/mine/first.ts'), 'utf8')).toBe(shown!.split('```')[0])
  })

  it('makes a checker with its test, and adds it to every list that needs it', async () => {
    expect((await make('checker', 'never-forgotten')).code).toBe(0)
    expect(added('harness/checkers/index.ts')).toEqual([
      "import { neverForgotten } from './core/never-forgotten.ts'",
      '  neverForgotten,',
    ])
    expect(added('harness/index.ts')).toEqual(["export { neverForgotten } from './checkers/core/never-forgotten.ts'"])
    expect(added('harness/bench/judging/checker-cases.ts')).toEqual(["  'never-forgotten': background,"])
    expect(existsSync(join(root, 'test/harness/checkers/core/never-forgotten.test.ts'))).toBe(true)
  })

  it('makes a defect of a change of the system', () => {
    const diff = `--- a/system/apps/store/cart/cart.ts
+++ b/system/apps/store/cart/cart.ts
@@ -1 +1 @@
-old
+new
`
    const { files } = newDefect('cart-of-another', { diff, ids: ['DF-7', 'DF-12', 'DF-9'] })
    expect(files[0]!.path).toBe('harness/selftest/defects/DF-13-cart-of-another.diff')
    const read = parseDiff(files[0]!.text, 'x.diff')
    expect(parseHeader(read.head, 'x.diff')).toMatchObject({ id: 'DF-13', title: 'cart of another' })
  })

  it('makes no defect of nothing', () => {
    expect(() => newDefect('two-words', { diff: '\n', ids: [] })).toThrow(
      'system/ is as it was committed; make the mistake',
    )
  })

  it.each([
    [['defect', 'oneword'], /is no name of a defect; expected two to five words/],
    [['scenario', 'alone'], /"alone" is no id of a scenario; expected group\/name/],
    [['fault', 'Isolation'], /"Isolation" is no kind of fault; expected what\.does-what/],
    [['checker', 'one'], /"one" is no name of a checker/],
    [['fautl', 'db.x'], /cannot make "fautl", did you mean fault\?; there are scenario, fault, checker, defect/],
    [['fault'], /missing required argument 'name'/],
  ])('%j ends with one sentence and 64, and writes nothing', async (words, sentence) => {
    const before = readdirSync(root, { recursive: true })
    const { code, out, err } = await squall(['new', ...words], { root: process.cwd(), cwd: process.cwd() })
    expect([code, out]).toEqual([64, ''])
    expect(err).toMatch(sentence)
    expect(readdirSync(root, { recursive: true })).toEqual(before)
  })

  it('overwrites nothing, and changes no list then', async () => {
    await make('fault', 'db.isolation')
    const before = lists.map((path) => readFileSync(join(root, path), 'utf8'))
    const { code, err } = await make('fault', 'db.isolation')
    expect(code).toBe(64)
    expect(err).toContain('harness/faults/db-isolation.ts is already there, and nothing was written')
    expect(lists.map((path) => readFileSync(join(root, path), 'utf8'))).toEqual(before)
  })

  it('makes parts of Squall in its own folder only', async () => {
    const { code, err } = await squall(['new', 'fault', 'db.isolation'], { root, cwd: dirname(root) })
    expect([code, err]).toEqual([
      64,
      `squall: a fault is a part of Squall itself, and is made in its folder, ${root}\n`,
    ])
  })
})

it('adds a line at the end when it belongs there, and refuses where nothing is like it', () => {
  expect(addSorted('a,\nc,\n}', /^[a-z],$/, 'd,')).toBe('a,\nc,\nd,\n}')
  expect(addSorted('a,\nc,\n}', /^[a-z],$/, 'b,')).toBe('a,\nb,\nc,\n}')
  expect(() => addSorted('}', /^[a-z],$/, 'b,')).toThrow('found no line like')
})
