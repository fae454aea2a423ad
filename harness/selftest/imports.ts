import { globSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { readFrom } from './defects.ts'

const relativeImport = /(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g

/** A file, and all that it imports, near and far. */
export function reachIn(root: string) {
  const readSource = readFrom(root)
  const known = new Map<string, ReadonlySet<string>>()
  return (start: string): ReadonlySet<string> => {
    const reached = known.get(start) ?? new Set([start])
    if (known.has(start)) return reached
    known.set(start, reached)
    // A set that grows while it is walked through.
    for (const path of reached)
      for (const [, target] of (readSource(path) ?? '').matchAll(relativeImport))
        (reached as Set<string>).add(normalize(join(dirname(path), target!)))
    return reached
  }
}

/** The files of the system that import a file, near or far. */
export function dependentsIn(root: string): (path: string) => string[] {
  const all = globSync('system/**/*.{ts,tsx}', { cwd: root }).map((path) => path.replaceAll('\\', '/'))
  const reach = reachIn(root)
  return (path) => all.filter((other) => other !== path && reach(other).has(path))
}
