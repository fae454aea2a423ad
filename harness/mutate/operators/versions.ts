import { type Node, SyntaxKind } from 'typescript/unstable/ast'
import { isBinaryExpression, isIdentifier, isLiteralExpression } from 'typescript/unstable/ast/is'
import { lastNameOf, type Operator, replace } from './operator.ts'

const comparing: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.EqualsEqualsEqualsToken,
  SyntaxKind.ExclamationEqualsEqualsToken,
  SyntaxKind.LessThanToken,
  SyntaxKind.LessThanEqualsToken,
  SyntaxKind.GreaterThanToken,
  SyntaxKind.GreaterThanEqualsToken,
])

/** Names of what tells new from old. */
const versionName =
  /(version|clock|epoch|generation|incarnation|revision|sequence|stamp|token|hash)s?$|^(seq|ref|joinRef|counter|since|vsn|turn|id)$|[a-z](Seq|Ref|Counter|Since|Id|At|Vsn|Turn)$/i

const isConstant = (node: Node) => isLiteralExpression(node) || (isIdentifier(node) && node.text === 'undefined')

/** `message.ref === ref` -> `true` or `false`: old and new are the same, or never. */
export const versionNotCompared: Operator = {
  name: 'version-not-compared',
  title: 'old and new are not told apart',
  edits(node, file) {
    if (!isBinaryExpression(node) || !comparing.has(node.operatorToken.kind)) return []
    if ([node.left, node.right].some(isConstant)) return []
    if (![node.left, node.right].some((side) => versionName.test(lastNameOf(side)))) return []
    return ['true', 'false'].map((text) => replace(node, text, file))
  },
}
