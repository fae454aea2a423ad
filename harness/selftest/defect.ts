import { readFileSync } from 'node:fs'
import { orNearest } from '../platform/nearest.ts'
import { applyDiffs, BadDiff, type Diff, parseDiff } from './diff.ts'

/** What stands above the diff of a shipped defect, all of it; above anybody's diff as much as its author cares to say. */
export interface DefectHeader {
  id: string
  /** What the code does wrong. */
  title: string
  /** What a user or an operator would see. */
  effect: string
  /** The scenario that must notice it. */
  scenario: string
  /** The checker that must raise the alarm. */
  checker: string
  /** Fits the words of that alarm. */
  finding: RegExp
  /** Whether random scenarios can find it; if not, why. */
  explore: { yes: true } | { yes: false; why: string }
}

export const headerKeys = ['id', 'title', 'effect', 'scenario', 'checker', 'finding', 'explore'] as const

/** A mistake in the system, as a diff (FI-18). */
export interface Defect {
  /** As verdicts name it: the id of a shipped one, else the path of its file from the project's root. */
  name: string
  file: string
  header: Partial<DefectHeader>
  diff: Diff
}

/** Reads the file of a defect. Throws BadDiff. */
export function readDefect(file: string, name: string): Defect {
  const diff = parseDiff(textOf(file, name), file)
  return { name, file, header: parseHeader(diff.head, diff.name), diff }
}

function textOf(file: string, name: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new BadDiff(`cannot read the diff ${name} (${(error as NodeJS.ErrnoException).code})`)
  }
}

/** `key: value` on lines of their own; other text, such as the head of a mail from git, is for people. Throws BadDiff. Pure. */
export function parseHeader(lines: readonly string[], name: string): Partial<DefectHeader> {
  const header: Partial<DefectHeader> = {}
  for (const line of lines) {
    const [, key, value] = /^([a-z]+): *(.*?) *$/.exec(line) ?? []
    if (key === undefined || value === undefined) continue
    if (!isKey(key))
      throw new BadDiff(
        `${name} has the header ${key}${orNearest(key, headerKeys)}; the headers are ${headerKeys.join(', ')}`,
      )
    if (value === '') throw new BadDiff(`${name} says nothing after "${key}:"`)
    Object.assign(header, { [key]: parsedValue(key, value, name) })
  }
  return header
}

const isKey = (word: string): word is keyof DefectHeader => (headerKeys as readonly string[]).includes(word)

function parsedValue(key: keyof DefectHeader, text: string, name: string) {
  if (key === 'finding') return patternOf(text, name)
  if (key === 'explore') return exploreOf(text, name)
  return text
}

function patternOf(text: string, name: string): RegExp {
  try {
    return new RegExp(text)
  } catch (error) {
    throw new BadDiff(`the finding of ${name} is no regular expression: ${(error as Error).message}`)
  }
}

function exploreOf(text: string, name: string): DefectHeader['explore'] {
  const [, why] = /^no, (.+)$/.exec(text) ?? []
  if (text !== 'yes' && why === undefined)
    throw new BadDiff(`${name} says "explore: ${text}"; expected "yes", or "no, " and the reason`)
  return why === undefined ? { yes: true } : { yes: false, why }
}

/** The files with all that the defects change in them, in their order, by path. Throws BadDiff when one does not apply. */
export function patchedFiles(defects: readonly Defect[], readSource: (path: string) => string | undefined) {
  const files = new Map<string, string>()
  for (const { diff } of defects)
    for (const { path } of diff.changes) {
      const source = files.get(path) ?? readSource(path)
      if (source === undefined) throw new BadDiff(`${diff.name} changes ${path}, and there is no such file`)
      files.set(path, applyDiffs(source, path, [diff]))
    }
  return files
}
