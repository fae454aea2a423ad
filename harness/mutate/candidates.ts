import type { SourceFile } from 'typescript/unstable/ast'
import { operators } from './operators/index.ts'
import type { Edit, Operator } from './operators/operator.ts'
import { forEachMutable } from './operators/walk.ts'

/** A mistake that could be made at one place of one file; not known yet whether it makes a difference. */
export interface Candidate {
  operator: Operator
  path: string
  edit: Edit
}

/** Every mistake that could be made in a file, in the order of their places; those that give the same text once. Pure. */
export function candidatesIn(path: string, file: SourceFile, among: readonly Operator[] = operators): Candidate[] {
  const found = new Map<string, Candidate>()
  forEachMutable(file, (node) => {
    for (const operator of among)
      for (const edit of operator.edits(node, file)) {
        const key = `${edit.start}-${edit.end}-${edit.text}`
        if (!found.has(key)) found.set(key, { operator, path, edit })
      }
  })
  return [...found.values()].sort((a, b) => a.edit.start - b.edit.start)
}

/** Pure. */
export const withEdit = (text: string, { start, end, text: other }: Edit) =>
  text.slice(0, start) + other + text.slice(end)
