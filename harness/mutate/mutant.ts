import { createHash } from 'node:crypto'
import { createTwoFilesPatch } from 'diff'
import { type Candidate, withEdit } from './candidates.ts'
import type { Edit } from './operators/operator.ts'

/** One small mistake in the system, as a diff. */
export interface Mutant {
  /** The same mistake in the same text has the same id: `M-1f3a9c02`. */
  id: string
  operator: string
  /** From the root. */
  path: string
  /** Of the place where the text changes, counted from 1. */
  line: number
  edit: Edit
  /** With the header that `selftest --defects` reads. */
  diff: string
}

const digitsOfId = 8
const linesAround = 3

/** Pure. */
export function mutantOf({ operator, path, edit }: Candidate, source: string): Mutant {
  const changed = withEdit(source, edit)
  const id = `M-${createHash('sha256')
    .update(JSON.stringify([path, source, changed]))
    .digest('hex')
    .slice(0, digitsOfId)}`
  const line = source.slice(0, edit.start).split('\n').length
  const header = `id: ${id}\ntitle: ${operator.title} in ${path}:${line} (${operator.name})\n`
  const patch = createTwoFilesPatch(`a/${path}`, `b/${path}`, source, changed, undefined, undefined, {
    context: linesAround,
    headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
  })
  return { id, operator: operator.name, path, line, edit, diff: `${header}\n${patch}` }
}

/** The name of its file, for people who look through a folder of them. */
export const fileNameOf = ({ id, operator, path }: Mutant) =>
  `${id}-${operator}-in-${path.split('/').at(-1)!.replace(/\.ts$/, '')}.diff`
