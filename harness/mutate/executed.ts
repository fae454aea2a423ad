import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Edit } from './operators/operator.ts'

/** A piece of a file that was executed, in UTF-16 code units; `end` is exclusive. */
export type Piece = readonly [start: number, end: number]

/** What a run executed of each file that it loaded, by path from the root. */
export type Executed = Readonly<Record<string, readonly Piece[]>>

/** What the processes of one run left in their folder, put together. */
export function readExecuted(folder: string): Executed {
  const all: Record<string, Piece[]> = {}
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
  for (const name of files)
    for (const [path, pieces] of Object.entries(JSON.parse(readFileSync(join(folder, name), 'utf8')) as Executed))
      all[path] = [...(all[path] ?? []), ...pieces]
  return all
}

/** Whether the run executed the place that an edit changes; `source` is the file without it. Pure. */
export function executes(executed: Executed, path: string, { start, end }: Edit, source: string): boolean {
  const indent = source.slice(start, end).search(/\S/)
  const at = start + Math.max(0, indent)
  return (executed[path] ?? []).some(([from, to]) => from <= at && at < to)
}

/** How many code units of a file the run executed. Pure. */
export function sizeOf(pieces: readonly Piece[] = []): number {
  let [size, reached] = [0, 0]
  for (const [start, end] of pieces.toSorted((a, b) => a[0] - b[0])) {
    size += Math.max(0, end - Math.max(start, reached))
    reached = Math.max(reached, end)
  }
  return size
}
