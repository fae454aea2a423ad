import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { UsageError } from '../platform/errors.ts'

/** What a scaffold makes. Paths are relative to one folder. */
export interface Creation {
  /** New files. */
  files: readonly { path: string; text: string }[]
  /** Files that there are, such as lists, with what becomes of their text. */
  changes?: readonly { path: string; change(text: string): string }[]
  /** What to do then, one line each. */
  next: readonly string[]
}

/** Writes all of it, or nothing. Throws UsageError where a file is already there: nothing that somebody wrote is lost. */
export function create({ files, changes = [] }: Creation, folder: string) {
  const taken = files.find(({ path }) => existsSync(join(folder, path)))
  if (taken)
    throw new UsageError(`${taken.path} is already there, and nothing was written; choose another name, or remove it`)
  const changed = changes.map(({ path, change }) => ({ path, text: change(readFileSync(join(folder, path), 'utf8')) }))
  for (const { path, text } of [...files, ...changed]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}
