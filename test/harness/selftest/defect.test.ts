import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadAll } from '../../../harness/runner/scenario-files.ts'
import { headerKeys, parseHeader, patchedFiles } from '../../../harness/selftest/defect.ts'
import { defectsIn, findDefects, readFrom, shippedDefects } from '../../../harness/selftest/defects.ts'
import { parseDiff } from '../../../harness/selftest/diff.ts'
import { unknownNamesIn } from '../../../harness/selftest/selftest.ts'
import { typeCheck } from '../../../harness/selftest/type-check.ts'

const root = process.cwd()
const places = { root, cwd: root }

describe('the header of a defect', () => {
  it('may say all, something or nothing, between other text', () => {
    const lines = ['id: DF-1', 'From: Ada', 'finding: ^lost: \\d+', 'explore: no, nobody goes there', 'Some: words', '']
    expect(parseHeader(lines, 'x.diff')).toEqual({
      id: 'DF-1',
      finding: /^lost: \d+/,
      explore: { yes: false, why: 'nobody goes there' },
    })
    expect(parseHeader(['explore: yes'], 'x.diff')).toEqual({ explore: { yes: true } })
    expect(parseHeader([], 'x.diff')).toEqual({})
  })

  it.each([
    [
      'scenarios: store/sell-out',
      'x.diff has the header scenarios, did you mean scenario?; the headers are id, title,',
    ],
    ['scenario:', 'x.diff says nothing after "scenario:"'],
    ['finding: (', 'the finding of x.diff is no regular expression'],
    ['explore: no', 'x.diff says "explore: no"; expected "yes", or "no, " and the reason'],
  ])('is refused when it says "%s"', (line, sentence) => {
    expect(() => parseHeader([line], 'x.diff')).toThrow(sentence)
  })
})

describe('defects are found', () => {
  it('by the id of a shipped one, by the path of a file, in the order in which they were asked for', () => {
    const file = 'test/fixtures/defects/newest-item-last.diff'
    const found = findDefects(['df-16,DF-8', file], places)
    expect(found.map(({ name }) => name)).toEqual(['DF-16', 'DF-8', file])
    expect(findDefects(['newest-item-last.diff'], { root, cwd: `${root}/test/fixtures/defects` })[0]!.name).toBe(file)
  })

  it.each([
    ['DF-1445', 'there is no defect DF-1445, did you mean DF-144?; "squall list defects" lists them'],
    ['mine.diff', 'there is no diff file mine.diff'],
    ['./test', 'there is no diff file ./test'],
  ])('and %s is not', (text, sentence) => {
    expect(() => findDefects([text], places)).toThrow(sentence)
  })

  it.each([
    ['test/fixtures/none', '--defects takes a folder of diff files; "test/fixtures/none" is none'],
    ['test/harness', 'there is no diff file in test/harness; expected files such as test/harness/mine.diff'],
  ])('and there are none in %s', (folder, sentence) => {
    expect(() => defectsIn(folder, places)).toThrow(sentence)
  })

  it('and a file that is none does not hide the others of its folder', () => {
    const names = defectsIn('test/fixtures/defects', places).map(({ name }) => basename(name))
    expect(names).toEqual(readdirSync('test/fixtures/defects').sort())
  })
})

describe('defects that are planted together', () => {
  const path = 'system/toy.ts'
  const one = (from: string, to: string) => {
    const text = `--- a/${path}\n+++ b/${path}\n@@ -1,1 +1,1 @@\n-${from}\n+${to}\n`
    return { name: to, file: to, header: {}, diff: parseDiff(text, to) }
  }
  const [first, then] = [one('a', 'b'), one('b', 'c')]

  it('are applied one after the other', () => {
    expect([...patchedFiles([first, then], () => 'a\n')]).toEqual([[path, 'c\n']])
    expect(() => patchedFiles([then, first], () => 'a\n')).toThrow(/^hunk 1 of 1 .* of c does not apply/)
  })

  it('are refused when there is no such file', () => {
    expect(() => patchedFiles([first], () => undefined)).toThrow('b changes system/toy.ts, and there is no such file')
  })
})

describe('the names in a header', () => {
  const [one] = findDefects(['test/fixtures/defects/removal-keeps-the-wrong-item.diff'], places)
  const problemOf = async (header: object) =>
    unknownNamesIn({ ...one!, header: { ...one!.header, ...header } }, await loadAll(root))

  it.each([
    [
      { scenario: 'cart/one-sever' },
      /names the scenario cart\/one-sever, which does not exist, did you mean cart\/one-server\?/,
    ],
    [
      { checker: 'recovery-time' },
      /names the checker recovery-time, but cart\/one-server is judged by .*cart-never-lost/,
    ],
  ])('are wrong in %j', async (header, sentence) => {
    expect(await problemOf(header)).toMatch(sentence)
  })

  it('are right, or not there', async () => {
    expect(await problemOf({})).toBeUndefined()
    expect(unknownNamesIn({ ...one!, header: {} }, [])).toBeUndefined()
  })
})

describe('the shipped defects (FI-18)', () => {
  const shipped = shippedDefects()

  it('are at least 99, each with an id of its own that its file begins with', () => {
    expect(shipped.length).toBeGreaterThanOrEqual(99)
    expect(new Set(shipped.map(({ header }) => header.id)).size).toBe(shipped.length)
    for (const { file, header, name } of shipped) {
      expect(basename(file)).toMatch(new RegExp(`^${header.id}-[a-z0-9-]+\\.diff$`))
      expect(name).toBe(header.id)
    }
  })

  it('say all there is to say, in one order', () => {
    for (const { file, diff } of shipped) {
      const keys = diff.head.filter((line) => line !== '').map((line) => line.split(':')[0])
      expect(keys, file).toEqual(headerKeys)
      expect(readFileSync(file, 'utf8')).toMatch(/\n\n(diff --git|---) /)
    }
  })

  it('name a scenario that there is, and a checker that judges it', async () => {
    const scenarios = await loadAll(root)
    expect(shipped.flatMap((one) => unknownNamesIn(one, scenarios) ?? [])).toEqual([])
  })

  it('apply exactly, each to the system as it is', () => {
    for (const one of shipped) expect(() => patchedFiles([one], readFrom(root))).not.toThrow()
  })

  it('leave no type error behind', async () => {
    const errors = await typeCheck(shipped, { root })
    expect(errors.size).toBe(shipped.length)
    expect([...errors].filter(([, error]) => error !== undefined)).toEqual([])
  }, 300_000)
})
