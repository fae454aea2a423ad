import { type Node, SyntaxKind } from 'typescript/unstable/ast'
import {
  isAwaitExpression,
  isBinaryExpression,
  isBlock,
  isCallExpression,
  isDeleteExpression,
  isExpressionStatement,
  isIfStatement,
  isTryStatement,
  isVoidExpression,
} from 'typescript/unstable/ast/is'
import { lastNameOf, leaveOut, type Operator, replace } from './operator.ts'

const cleaning =
  /^(clear|close|cancel|delete|remove|unsubscribe|dispose|release|stop|end|untrack|destroy|off|forget|drop|detach|disarm|unref|abort|kill|leave|free|reset|discard|expire|evict|purge|terminate|demonitor|unlink)([A-Z]|$)/

/** `await x()` and `void x()` count as `x()`. */
function callIn(node: Node): Node {
  return isAwaitExpression(node) || isVoidExpression(node) ? callIn(node.expression) : node
}

const isCleanup = (node: Node) => {
  if (!isExpressionStatement(node)) return false
  const inner = callIn(node.expression)
  return isDeleteExpression(inner) || (isCallExpression(inner) && cleaning.test(lastNameOf(inner)))
}

/** `timer.cancel()` is gone, `finally { ... }` does nothing. */
export const cleanupLeftOut: Operator = {
  name: 'cleanup-left-out',
  title: 'something is not cleaned up',
  edits(node, file) {
    if (isCleanup(node)) return [leaveOut(node, file)]
    if (!isTryStatement(node) || !node.finallyBlock || node.finallyBlock.statements.length === 0) return []
    return [replace(node.finallyBlock, '{}', file)]
  },
}

/** `await x()` -> `x()`. */
export const awaitLeftOut: Operator = {
  name: 'await-left-out',
  title: 'a promise is not awaited',
  edits: (node, file) =>
    isAwaitExpression(node) ? [{ start: node.getStart(file), end: node.expression.getStart(file), text: '' }] : [],
}

const leavesEarly: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.ReturnStatement,
  SyntaxKind.ContinueStatement,
  SyntaxKind.BreakStatement,
])

/** A call, an assignment, or an `if` that only leaves early, is gone. What cleans up or throws has operators of its own. */
export const statementLeftOut: Operator = {
  name: 'statement-left-out',
  title: 'a statement is left out',
  edits(node, file) {
    if (isIfStatement(node)) return isGuard(node) ? [leaveOut(node, file)] : []
    if (!isExpressionStatement(node) || isCleanup(node)) return []
    const inner = callIn(node.expression)
    return isCallExpression(inner) || isBinaryExpression(inner) ? [leaveOut(node, file)] : []
  },
}

function isGuard(node: Node): boolean {
  if (!isIfStatement(node) || node.elseStatement !== undefined) return false
  const { thenStatement: then } = node
  const only = isBlock(then) && then.statements.length === 1 ? then.statements[0]! : then
  return leavesEarly.has(only.kind)
}
