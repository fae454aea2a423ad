import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'
import { UsageError } from '../platform/errors.ts'

/** The sources of the system from the root, in the order of their names. */
export const systemFiles = (root: string): string[] =>
  globSync('system/**/*.ts', { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()

/** Those that fit one of the globs; browser code only where a glob names it. Throws a sentence when none fits. */
export function filesToMutate(root: string, globs: readonly string[] = []): string[] {
  const all = systemFiles(root)
  const isBrowserCode = (path: string) => path.split('/').includes('client')
  if (globs.length === 0) return all.filter((path) => !isBrowserCode(path))
  const stray = globs.find((glob) => !all.some((path) => matchesGlob(path, glob)))
  if (stray !== undefined)
    throw new UsageError(
      `--files takes a pattern of files of the system, such as "system/channels/**"; nothing fits "${stray}"`,
    )
  return all.filter((path) => globs.some((glob) => matchesGlob(path, glob)))
}

/** Of the texts of files, and of their names. */
export function hashOf(root: string, paths: readonly string[]): string {
  const hash = createHash('sha256')
  for (const path of paths)
    hash.update(JSON.stringify([path, existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null]))
  return hash.digest('hex').slice(0, 16)
}
