import { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast'
import { isCallExpression, isExpressionStatement, isNewExpression, isTypeNode } from 'typescript/unstable/ast/is'
import { textOf } from './operator.ts'

const declarationsOfTypes: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.ImportDeclaration,
  SyntaxKind.ExportDeclaration,
  SyntaxKind.InterfaceDeclaration,
  SyntaxKind.TypeAliasDeclaration,
])

/** Visits every node that is there when the program runs: no types, no imports. */
export function forEachDescendant(node: Node, visit: (node: Node) => void) {
  node.forEachChild((child) => {
    if (isTypeNode(child) || declarationsOfTypes.has(child.kind)) return
    visit(child)
    forEachDescendant(child, visit)
  })
}

const logging = /(^|\.)log\??\.\w+$|^console\.\w+$/
const errorClass = /(Error|Exception|Refused|Bad[A-Z]\w*)$/

/** Words for people, in logs and errors, may say anything without the program doing something else. */
function isForPeople(node: Node, file: SourceFile): boolean {
  if (isExpressionStatement(node)) return isCallExpression(node.expression) && isForPeople(node.expression, file)
  if (isCallExpression(node)) return logging.test(textOf(node.expression, file).replaceAll(/\s/g, ''))
  return isNewExpression(node) && errorClass.test(textOf(node.expression, file))
}

/** Visits what can be got wrong such that somebody could notice: everything that runs, but no words for people. */
export function forEachMutable(file: SourceFile, visit: (node: Node) => void) {
  const walk = (node: Node) =>
    node.forEachChild((child): void => {
      if (isTypeNode(child) || declarationsOfTypes.has(child.kind) || isForPeople(child, file)) return
      visit(child)
      walk(child)
    })
  walk(file)
}
