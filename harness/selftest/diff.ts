import { basename } from 'node:path'
import { applyPatch, parsePatch, type StructuredPatch, type StructuredPatchHunk } from 'diff'

/**
 * A unified diff against files of `system/`, and how it is applied: exactly, or not at all. Nodes load this file with the loader, also in a
 * container, so it imports nothing of the harness.
 */
export interface Diff {
  /** Name of its file, for sentences. */
  name: string
  /** What stands before the diff, line by line. */
  head: readonly string[]
  /** Each file that it changes, once. */
  changes: readonly Change[]
}

export interface Change {
  /** From the root of the project: `system/apps/store/store.ts`. */
  path: string
  patch: StructuredPatch
}

/** A diff that cannot be used: one sentence for people that names the diff, and the file and hunk in question; exit code 64. */
export class BadDiff extends Error {
  override name = 'BadDiff'
}

const firstLineOfDiff = /^(diff --git |--- )/
/** What `git format-patch` puts at the end of a mail. */
const mailSignature = /^-- \n[^\n]*\s*$/m

/** Reads the text of a diff file. Throws BadDiff. Pure. */
export function parseDiff(text: string, file: string): Diff {
  const name = basename(file)
  const lines = text.replaceAll('\r\n', '\n').replace(mailSignature, '').split('\n')
  const start = lines.findIndex((line) => firstLineOfDiff.test(line))
  if (start < 0) throw new BadDiff(`${name} holds no unified diff: expected lines such as "--- a/system/main.ts"`)
  const body = lines.slice(start).join('\n')
  const patches = parsed(body, name)
  const changes = patches.map((patch) => ({ path: pathOf(patch, name), patch }))
  requireNothingLeftOver(body, patches, name)
  const twice = changes.find(({ path }, index) => changes.findIndex((one) => one.path === path) !== index)
  if (twice)
    throw new BadDiff(`${name} changes ${twice.path} in two places of the diff; put its hunks under one header`)
  return { name, head: lines.slice(0, start), changes }
}

function parsed(body: string, name: string): StructuredPatch[] {
  try {
    return parsePatch(body)
  } catch (error) {
    throw new BadDiff(`${name} holds no unified diff that can be read: ${(error as Error).message.split('\n')[0]}`)
  }
}

const isOfHunk = (line: string) => /^[-+ ]/.test(line)

/** The parser skips what it does not know, and so lines that were added to a hunk by hand: a part of a defect is another defect. */
function requireNothingLeftOver(body: string, patches: readonly StructuredPatch[], name: string) {
  const inHunks = patches.flatMap(({ hunks }) => hunks.flatMap(({ lines }) => lines.filter(isOfHunk))).length
  const fileHeaders = 2 * patches.length
  const present = body.split('\n').filter(isOfHunk).length
  if (present > inHunks + fileHeaders)
    throw new BadDiff(`${name} has more lines than the "@@" lines of its hunks count; make the diff again with git`)
}

/** Only changes of files that are there can be applied while they load. */
function pathOf({ oldFileName = '', newFileName = '', hunks, isRename }: StructuredPatch, name: string): string {
  const [before, after] = [oldFileName.replace(/^a\//, ''), newFileName.replace(/^b\//, '')]
  if (before === '/dev/null')
    throw new BadDiff(`${name} creates ${after}; a defect can only change files that are there`)
  if (after === '/dev/null')
    throw new BadDiff(`${name} removes ${before}; a defect can only change files that are there`)
  if (isRename || before !== after)
    throw new BadDiff(`${name} renames ${before} to ${after}; a defect can only change files where they are`)
  if (!before.startsWith('system/') || before.split('/').includes('..'))
    throw new BadDiff(`${name} changes ${before}; a defect can only change files of system/`)
  if (!/\.(tsx?|css)$/.test(before))
    throw new BadDiff(
      `${name} changes ${before}, which no module loader reads; a defect can only change .ts, .tsx and .css files`,
    )
  if (hunks.length === 0) throw new BadDiff(`${name} has no hunk for ${before}`)
  return before
}

/** The source with one file's changes. Throws BadDiff when a hunk does not fit exactly, or fits in several places. Pure. */
export function applyChange(source: string, { path, patch }: Change, name: string): string {
  const changed = applyPatch(source, patch, { fuzzFactor: 0 })
  const hunk = changed === false ? firstThatDoesNotFit(source, patch) : firstAmbiguous(source, patch)
  if (hunk === undefined && changed !== false) return changed
  const which = `hunk ${(hunk ?? 0) + 1} of ${patch.hunks.length} (${rangeOf(patch.hunks[hunk ?? 0]!)}) of ${name}`
  throw new BadDiff(
    changed === false
      ? `${which} does not apply to ${path}: the lines that it expects are not there; make the diff again from the file as it is now`
      : `${which} does not apply to ${path} where it says, and fits in several other places; make the diff again from the file as it is now`,
  )
}

const rangeOf = ({ oldStart, oldLines, newStart, newLines }: StructuredPatchHunk) =>
  `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`

function firstThatDoesNotFit(source: string, patch: StructuredPatch): number {
  const fits = (count: number) =>
    applyPatch(source, { ...patch, hunks: patch.hunks.slice(0, count) }, { fuzzFactor: 0 }) !== false
  const firstBad = patch.hunks.findIndex((_, index) => !fits(index + 1))
  return Math.max(0, firstBad)
}

/** Lines above may have come and gone since, so a hunk may sit elsewhere than it says; but then there must be no choice. */
function firstAmbiguous(source: string, { hunks }: StructuredPatch): number | undefined {
  const lines = source.split(/\r?\n/)
  const found = hunks.findIndex((hunk) => {
    const expected = hunk.lines.filter((line) => /^[- ]|^$/.test(line)).map((line) => line.slice(1))
    const fitsAt = (at: number) => expected.every((line, index) => lines[at + index] === line)
    return !fitsAt(hunk.oldStart - 1) && lines.filter((_, at) => fitsAt(at)).length > 1
  })
  return found < 0 ? undefined : found
}

/** The source of a file with all that the diffs change in it, in their order. Throws BadDiff. Pure. */
export const applyDiffs = (source: string, path: string, diffs: readonly Diff[]): string =>
  diffs.reduce(
    (text, { name, changes }) =>
      changes.filter((change) => change.path === path).reduce((now, change) => applyChange(now, change, name), text),
    source,
  )

/** Every file that one of the diffs changes. */
export const pathsOf = (diffs: readonly Diff[]): string[] => [
  ...new Set(diffs.flatMap(({ changes }) => changes.map(({ path }) => path))),
]
