import {
  isCallExpression,
  isCatchClause,
  isExpressionStatement,
  isPropertyAccessExpression,
  isThrowStatement,
} from 'typescript/unstable/ast/is'
import { lastNameOf, leaveOut, type Operator, replace } from './operator.ts'

/** `catch { ... }` and `.catch(...)` do nothing, a `throw` or a `reject()` is gone. */
export const errorSwallowed: Operator = {
  name: 'error-swallowed',
  title: 'an error is swallowed',
  edits(node, file) {
    if (isCatchClause(node)) return node.block.statements.length > 0 ? [replace(node.block, '{}', file)] : []
    if (isThrowStatement(node)) return [leaveOut(node, file), replace(node, 'return', file)]
    if (isExpressionStatement(node)) return lastNameOf(node.expression) === 'reject' ? [leaveOut(node, file)] : []
    if (!isCallExpression(node) || !isPropertyAccessExpression(node.expression)) return []
    const [handler] = node.arguments
    return node.expression.name.text === 'catch' && handler ? [replace(handler, '() => {}', file)] : []
  },
}
