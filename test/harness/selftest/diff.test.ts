import { describe, expect, it } from 'vitest'
import { applyDiffs, parseDiff, pathsOf } from '../../../harness/selftest/diff.ts'

const path = 'system/apps/toy.ts'
const source = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', ''].join('\n')
const headed = (...hunks: string[]) => [`--- a/${path}`, `+++ b/${path}`, ...hunks, ''].join('\n')
const second = ['@@ -1,3 +1,3 @@', ' one', '-two', '+TWO', ' three'].join('\n')
const eighth = ['@@ -7,3 +7,3 @@', ' seven', '-eight', '+EIGHT', ' nine'].join('\n')
const apply = (text: string, to = source) => applyDiffs(to, path, [parseDiff(text, '/somewhere/toy.diff')])

describe('a diff is applied', () => {
  it('where it says', () => {
    expect(apply(headed(second, eighth))).toBe(source.replace('two', 'TWO').replace('eight', 'EIGHT'))
  })

  it('where its lines have moved to, when there is one such place', () => {
    expect(apply(headed(eighth), `new\n${source}`)).toBe(`new\n${source.replace('eight', 'EIGHT')}`)
  })

  it('after another one, to what that one has left', () => {
    const again = headed(['@@ -1,3 +1,3 @@', ' one', '-TWO', '+2', ' three'].join('\n'))
    const diffs = [headed(second), again].map((text) => parseDiff(text, 'x.diff'))
    expect(applyDiffs(source, path, diffs)).toBe(source.replace('two', '2'))
    expect(() => applyDiffs(source, path, [...diffs].reverse())).toThrow(/does not apply/)
  })

  it('with the head of git, of a mail from git, and with the line ends of Windows', () => {
    const git = `diff --git a/${path} b/${path}\nindex 1234567..89abcde 100644\n${headed(second)}`
    for (const text of [
      git,
      `From: ada\nSubject: two\n---\n x | 2 +-\n\n${git}-- \n2.43.0\n\n`,
      git.replaceAll('\n', '\r\n'),
    ])
      expect(apply(text)).toBe(source.replace('two', 'TWO'))
    expect(parseDiff(`id: DF-1\n\n${git}`, 'x.diff').head).toEqual(['id: DF-1', ''])
  })

  it('to each of its files', () => {
    const other = headed(second).replaceAll('toy', 'other')
    expect(pathsOf([parseDiff(headed(second) + other, 'x.diff')])).toEqual([path, 'system/apps/other.ts'])
  })
})

describe('a diff is refused, with the file and the hunk', () => {
  const refused = (text: string, to?: string) => expect(() => apply(text, to))

  it('when a line of its context has changed: there is no fuzz', () => {
    refused(headed(second, eighth), source.replace('nine', 'NINE')).toThrow(
      'hunk 2 of 2 (@@ -7,3 +7,3 @@) of toy.diff does not apply to system/apps/toy.ts: the lines that it expects are not there; make the diff again from the file as it is now',
    )
    refused(headed(second), source.replace('one', 'ONE')).toThrow(/^hunk 1 of 1 /)
  })

  it('also when that line is far from the change', () => {
    const wide = ['@@ -1,7 +1,7 @@', ' one', ' two', ' three', '-four', '+FOUR', ' five', ' six', ' seven'].join('\n')
    expect(apply(headed(wide))).toBe(source.replace('four', 'FOUR'))
    for (const line of ['one', 'seven']) refused(headed(wide), source.replace(line, 'other')).toThrow(/does not apply/)
  })

  it('when its lines have moved and there are several such places', () => {
    refused(headed(eighth), `new\n${source}${source}`).toThrow(/^hunk 1 of 1 .* fits in several other places/)
  })

  it.each([
    ['that is none', 'two is now TWO', 'toy.diff holds no unified diff: expected lines such as "--- a/system/main.ts"'],
    [
      'with a line more than it counts',
      headed(second.replace('+TWO', '+TWO\n+AND')),
      /holds no unified diff that can be read/,
    ],
    ['with a line more at its end', headed(`${second}\n\n+AND`), /more lines than the "@@" lines/],
    [
      'that creates a file',
      headed(second).replace(`a/${path}`, '/dev/null'),
      /^toy\.diff creates system\/apps\/toy\.ts/,
    ],
    [
      'that removes a file',
      headed(second).replace(`b/${path}`, '/dev/null'),
      /^toy\.diff removes system\/apps\/toy\.ts/,
    ],
    ['that renames a file', headed(second).replace(`b/${path}`, 'b/system/new.ts'), /renames .* to system\/new\.ts/],
    ['of a test', headed(second).replaceAll(path, 'test/x.test.ts'), /can only change files of system\//],
    ['that climbs out', headed(second).replaceAll(path, 'system/../harness/x.ts'), /can only change files of system\//],
    ['of SQL', headed(second).replaceAll('toy.ts', 'toy.sql'), /which no module loader reads/],
    ['of one file twice', headed(second) + headed(eighth), /in two places of the diff/],
    ['without a hunk', headed(), /has no hunk for system\/apps\/toy\.ts/],
  ])('%s', (_what, text, sentence) => {
    refused(text).toThrow(sentence)
  })
})
