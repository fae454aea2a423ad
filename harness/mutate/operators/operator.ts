import { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast'
import { isBlock, isCallExpression, isIdentifier, isPropertyAccessExpression } from 'typescript/unstable/ast/is'

/** A piece of a file, from `start` to `end` (exclusive, in UTF-16 code units), and what takes its place. */
export interface Edit {
  start: number
  end: number
  text: string
}

/** One kind of small mistake. */
export interface Operator {
  name: string
  /** What the code does wrong, for the title of a diff. */
  title: string
  /** Every way to make this mistake at this node; none where there is nothing to get wrong. Pure. */
  edits(node: Node, file: SourceFile): Edit[]
}

export const textOf = (node: Node, file: SourceFile) => file.text.slice(node.getStart(file), node.end)

export const replace = (node: Node, text: string, file: SourceFile): Edit => ({
  start: node.getStart(file),
  end: node.end,
  text,
})

/** Leaves a statement out, with the whole lines that it stands on; `{}` stays where the grammar wants a statement. */
export function leaveOut(statement: Node, file: SourceFile): Edit {
  const [start, end] = [statement.getStart(file), statement.end]
  const isInList = isBlock(statement.parent) || listParents.has(statement.parent.kind)
  if (!isInList) return { start, end, text: '{}' }
  const lineStart = file.text.lastIndexOf('\n', start - 1) + 1
  const lineEnd = file.text.indexOf('\n', end)
  const standsAlone =
    lineEnd >= 0 && file.text.slice(lineStart, start).trim() === '' && file.text.slice(end, lineEnd).trim() === ''
  return standsAlone ? { start: lineStart, end: lineEnd + 1, text: '' } : { start, end, text: '' }
}

const listParents: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.SourceFile,
  SyntaxKind.CaseClause,
  SyntaxKind.DefaultClause,
])

/** `x` for `x`, `this.x`, `a.b.x` and for a call of them; empty for everything else. */
export function lastNameOf(node: Node): string {
  if (isCallExpression(node)) return lastNameOf(node.expression)
  if (isPropertyAccessExpression(node)) return node.name.text
  return isIdentifier(node) ? node.text : ''
}

/** In parentheses, unless it is one word, one call or one access. */
export const bracketed = (node: Node, file: SourceFile) =>
  /^[\w.]+(\(\w*\))?$/.test(textOf(node, file)) ? textOf(node, file) : `(${textOf(node, file)})`
