import { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast'
import {
  isCallExpression,
  isIdentifier,
  isNewExpression,
  isNumericLiteral,
  isObjectLiteralExpression,
  isPropertyAccessExpression,
  isPropertyAssignment,
  isShorthandPropertyAssignment,
  isSpreadElement,
  isStringLiteral,
  isVariableStatement,
} from 'typescript/unstable/ast/is'
import { type Edit, type Operator, replace, textOf } from './operator.ts'
import { forEachDescendant } from './walk.ts'

/** `f(a, b)` -> `f(b, a)`. */
export const argumentsSwapped: Operator = {
  name: 'arguments-swapped',
  title: 'two arguments are swapped',
  edits(node, file) {
    if (!isCallExpression(node) && !isNewExpression(node)) return []
    const given = [...(node.arguments ?? [])]
    return neighbours(given)
      .filter(([a, b]) => ![a, b].some(isSpreadElement) && textOf(a, file) !== textOf(b, file))
      .map(([a, b]) => swapped(a, b, file))
  },
}

const neighbours = <T>(list: readonly T[]): [T, T][] =>
  list.slice(1).map((second, index) => [list[index]!, second] as [T, T])

const swapped = (a: Node, b: Node, file: SourceFile): Edit => ({
  start: a.getStart(file),
  end: b.end,
  text: `${textOf(b, file)}${file.text.slice(a.end, b.getStart(file))}${textOf(a, file)}`,
})

/** `{ a: x, b: y }` -> `{ a: y, b: x }`, `it.a` -> `it.b` where this file uses both. */
export const fieldsSwapped: Operator = {
  name: 'fields-swapped',
  title: 'one field is taken for another',
  edits(node, file) {
    if (isObjectLiteralExpression(node)) return ofObject(node, file)
    if (!isPropertyAccessExpression(node) || !isIdentifier(node.name)) return []
    const other = nextOf(fieldsUsedOf(textOf(node.expression, file), file), node.name.text)
    return other === undefined ? [] : [replace(node.name, other, file)]
  },
}

interface Field {
  node: Node
  name: string
  value: string
}

function ofObject(node: Node, file: SourceFile): Edit[] {
  if (!isObjectLiteralExpression(node)) return []
  const fields = node.properties.map((one): Field | undefined => {
    if (isShorthandPropertyAssignment(one))
      return { node: one, name: textOf(one.name, file), value: textOf(one.name, file) }
    if (!isPropertyAssignment(one)) return undefined
    return { node: one, name: textOf(one.name, file), value: textOf(one.initializer, file) }
  })
  return neighbours(fields).flatMap(([a, b]) => {
    if (!a || !b || a.value === b.value) return []
    const between = file.text.slice(a.node.end, b.node.getStart(file))
    const text = `${a.name}: ${b.value}${between}${b.name}: ${a.value}`
    return [{ start: a.node.getStart(file), end: b.node.end, text }]
  })
}

/** The one after it, and the first after the last; undefined where there is no other. */
function nextOf(all: readonly string[], one: string): string | undefined {
  if (all.length < 2) return undefined
  return all[(all.indexOf(one) + 1) % all.length]
}

/** What is found in a file, once for each file. */
function onceForEachFile<T>(find: (file: SourceFile) => T): (file: SourceFile) => T {
  const known = new WeakMap<SourceFile, T>()
  return (file) => {
    const found = known.get(file) ?? find(file)
    known.set(file, found)
    return found
  }
}

const allFieldsUsed = onceForEachFile((file) => {
  const fields = new Map<string, Set<string>>()
  forEachDescendant(file, (node) => {
    if (!isPropertyAccessExpression(node) || !isIdentifier(node.name)) return
    const of = textOf(node.expression, file)
    fields.set(of, (fields.get(of) ?? new Set()).add(node.name.text))
  })
  return fields
})

const fieldsUsedOf = (object: string, file: SourceFile) => [...(allFieldsUsed(file).get(object) ?? [])]

type Constants = Record<'strings' | 'numbers' | 'namedStrings' | 'namedNumbers', string[]>

/** The literals of a file, and its own named constants, in the order in which they appear. */
const constantsOf = onceForEachFile((file): Constants => {
  const found: Constants = { strings: [], numbers: [], namedStrings: [], namedNumbers: [] }
  const add = (list: string[], text: string) => void (list.includes(text) || list.push(text))
  forEachDescendant(file, (node) => {
    if (isStringLiteral(node)) add(found.strings, textOf(node, file))
    if (isNumericLiteral(node)) add(found.numbers, textOf(node, file))
  })
  for (const statement of file.statements)
    for (const { name, initializer } of isVariableStatement(statement) ? statement.declarationList.declarations : []) {
      if (initializer && isStringLiteral(initializer)) add(found.namedStrings, textOf(name, file))
      if (initializer && /^[\d_.\s*/+()-]+$/.test(textOf(initializer, file)))
        add(found.namedNumbers, textOf(name, file))
    }
  return found
})

/** `true` -> `false`, and a text, a number or a named constant -> the next one of its file. */
export const constantSwapped: Operator = {
  name: 'constant-swapped',
  title: 'one constant is taken for another',
  edits(node, file) {
    if (node.kind === SyntaxKind.TrueKeyword) return [replace(node, 'false', file)]
    if (node.kind === SyntaxKind.FalseKeyword) return [replace(node, 'true', file)]
    const other = nextOf(othersOf(node, file), textOf(node, file))
    return other === undefined ? [] : [replace(node, other, file)]
  },
}

function othersOf(node: Node, file: SourceFile): string[] {
  const { strings, numbers, namedStrings, namedNumbers } = constantsOf(file)
  if (isStringLiteral(node)) return strings
  if (isNumericLiteral(node)) return numbers
  if (!isIdentifier(node) || isNameOf(node)) return []
  return [namedStrings, namedNumbers].find((names) => names.includes(node.text)) ?? []
}

/** The name of a declaration or of a member, and not a value. */
function isNameOf(node: Node): boolean {
  const { parent } = node
  return 'name' in parent && parent.name === node
}
