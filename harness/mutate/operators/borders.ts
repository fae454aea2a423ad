import { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast'
import {
  isBinaryExpression,
  isCallExpression,
  isElementAccessExpression,
  isNumericLiteral,
  isPropertyAccessExpression,
} from 'typescript/unstable/ast/is'
import { type Edit, type Operator, replace, textOf } from './operator.ts'

const neighbour: Partial<Record<SyntaxKind, string>> = {
  [SyntaxKind.LessThanToken]: '<=',
  [SyntaxKind.LessThanEqualsToken]: '<',
  [SyntaxKind.GreaterThanToken]: '>=',
  [SyntaxKind.GreaterThanEqualsToken]: '>',
}

const additive: ReadonlySet<SyntaxKind> = new Set([SyntaxKind.PlusToken, SyntaxKind.MinusToken])
const takePlaces = new Set(['slice', 'splice', 'at', 'substring', 'subarray', 'with'])
const extremes: Record<string, string> = { min: 'max', max: 'min' }

/** `<` -> `<=`, `n - 1` -> `n`, `slice(1)` -> `slice(2)`, `list[0]` -> `list[1]`, `Math.min` -> `Math.max`. */
export const borderMoved: Operator = {
  name: 'border-moved',
  title: 'a border is off by one',
  edits(node, file) {
    if (isBinaryExpression(node)) return ofComparison(node, file)
    if (isCallExpression(node)) return ofPlaces(node, file)
    if (isElementAccessExpression(node) && isNumericLiteral(node.argumentExpression))
      return [replace(node.argumentExpression, oneMore(node.argumentExpression, file), file)]
    if (!isPropertyAccessExpression(node) || textOf(node.expression, file) !== 'Math') return []
    const other = extremes[node.name.text]
    return other === undefined ? [] : [replace(node.name, other, file)]
  },
}

const isOne = (node: Node) => isNumericLiteral(node) && node.text === '1'
const oneMore = (node: Node, file: SourceFile) => String(Number(textOf(node, file).replaceAll('_', '')) + 1)

function ofComparison(node: Node, file: SourceFile): Edit[] {
  if (!isBinaryExpression(node)) return []
  const other = neighbour[node.operatorToken.kind]
  if (other !== undefined) return [replace(node.operatorToken, other, file)]
  if (!additive.has(node.operatorToken.kind) || !isOne(node.right)) return []
  return [replace(node, textOf(node.left, file), file)]
}

function ofPlaces(node: Node, file: SourceFile): Edit[] {
  if (!isCallExpression(node) || !isPropertyAccessExpression(node.expression)) return []
  if (!takePlaces.has(node.expression.name.text)) return []
  return node.arguments.filter(isNumericLiteral).map((place) => replace(place, oneMore(place, file), file))
}
