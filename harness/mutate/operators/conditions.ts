import { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast'
import {
  isBinaryExpression,
  isConditionalExpression,
  isIfStatement,
  isPrefixUnaryExpression,
  isWhileStatement,
} from 'typescript/unstable/ast/is'
import { bracketed, type Edit, type Operator, replace, textOf } from './operator.ts'

const opposite: Partial<Record<SyntaxKind, string>> = {
  [SyntaxKind.EqualsEqualsEqualsToken]: '!==',
  [SyntaxKind.ExclamationEqualsEqualsToken]: '===',
  [SyntaxKind.EqualsEqualsToken]: '!=',
  [SyntaxKind.ExclamationEqualsToken]: '==',
}

const isNot = (node: Node) => isPrefixUnaryExpression(node) && node.operator === SyntaxKind.ExclamationToken

/** What an `if`, a `while` or a `?:` depends on. */
function conditionOf(node: Node): Node | undefined {
  if (isIfStatement(node) || isWhileStatement(node)) return node.expression
  return isConditionalExpression(node) ? node.condition : undefined
}

/** `a === b` -> `a !== b`, `!a` -> `a`, `if (a)` -> `if (!a)`. */
export const conditionNegated: Operator = {
  name: 'condition-negated',
  title: 'a condition is negated',
  edits(node, file) {
    if (isBinaryExpression(node)) {
      const other = opposite[node.operatorToken.kind]
      return other === undefined ? [] : [replace(node.operatorToken, other, file)]
    }
    if (isPrefixUnaryExpression(node)) return isNot(node) ? [replace(node, textOf(node.operand, file), file)] : []
    const condition = conditionOf(node)
    if (condition === undefined || isNot(condition) || isEquality(condition)) return []
    return [replace(condition, `!${bracketed(condition, file)}`, file)]
  },
}

const isEquality = (node: Node) => isBinaryExpression(node) && opposite[node.operatorToken.kind] !== undefined

const logical: ReadonlySet<SyntaxKind> = new Set([SyntaxKind.AmpersandAmpersandToken, SyntaxKind.BarBarToken])

/** `a && b` -> `a` or `b`, `if (a)` -> `if (true)`, `a ? b : c` -> `b` or `c`. */
export const conditionLoosened: Operator = {
  name: 'condition-loosened',
  title: 'a condition asks for less',
  edits(node, file) {
    if (isBinaryExpression(node) && logical.has(node.operatorToken.kind))
      return eitherOf(node, node.left, node.right, file)
    if (isConditionalExpression(node)) return eitherOf(node, node.whenTrue, node.whenFalse, file)
    return isIfStatement(node) ? [replace(node.expression, 'true', file)] : []
  },
}

const eitherOf = (node: Node, a: Node, b: Node, file: SourceFile): Edit[] =>
  [a, b].map((part) => replace(node, `(${textOf(part, file)})`, file))
