import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const read = new Map<string, ReadonlySet<string>>()

/** The ids of the requirements that the project's catalogue defines; undefined where there is no catalogue. */
export function catalogueIds(root: string): ReadonlySet<string> | undefined {
  const folder = join(root, 'docs', 'spec')
  if (!existsSync(folder)) return undefined
  const known = read.get(folder) ?? new Set(filesOf(folder).flatMap(idsDefinedIn))
  read.set(folder, known)
  return known
}

const filesOf = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))

/** An entry begins with its id: `- **CH-1 Layering.** ...`, or is the first cell of a row. */
const idsDefinedIn = (text: string) => [...text.matchAll(/^(?:- \*\*|\| )([A-Z]{2}-\d+)\b/gm)].map(([, id]) => id!)
