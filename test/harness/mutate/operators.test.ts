import { afterAll, describe, expect, it } from 'vitest'
import { candidatesIn, withEdit } from '../../../harness/mutate/candidates.ts'
import { operators } from '../../../harness/mutate/operators/index.ts'
import { openCompiler } from '../../../harness/selftest/compiler.ts'

/** What each kind of mistake makes of a piece of code: all of it, in the order of the places. */
const cases: [operator: string, before: string, after: string[]][] = [
  ['condition-negated', 'x = a === b', ['x = a !== b']],
  ['condition-negated', 'x = !a', ['x = a']],
  ['condition-negated', 'if (a) b()', ['if (!a) b()']],
  ['condition-negated', 'if (a && c) b()', ['if (!(a && c)) b()']],
  ['condition-negated', 'x = a.b() ? 1 : 2', ['x = !a.b() ? 1 : 2']],
  ['condition-negated', 'if (a !== b) c()', ['if (a === b) c()']],
  ['condition-loosened', 'x = a && b', ['x = (a)', 'x = (b)']],
  ['condition-loosened', 'x = a || b', ['x = (a)', 'x = (b)']],
  ['condition-loosened', 'x = a ? b : c', ['x = (b)', 'x = (c)']],
  ['condition-loosened', 'if (a) b()', ['if (true) b()']],
  ['border-moved', 'x = a < b', ['x = a <= b']],
  ['border-moved', 'x = a <= b', ['x = a < b']],
  ['border-moved', 'x = a > b', ['x = a >= b']],
  ['border-moved', 'x = a >= b', ['x = a > b']],
  ['border-moved', 'x = n - 1', ['x = n']],
  ['border-moved', 'x = n + 2', []],
  ['border-moved', 'x = list.slice(1)', ['x = list.slice(2)']],
  ['border-moved', 'x = list[0]', ['x = list[1]']],
  ['border-moved', 'x = Math.min(a, b)', ['x = Math.max(a, b)']],
  ['statement-left-out', '{\n  a()\n  b = 1\n}', ['{\n  b = 1\n}', '{\n  a()\n}']],
  ['statement-left-out', 'if (a) b()', ['if (a) {}']],
  ['statement-left-out', 'function f() {\n  if (a) return\n  return 1\n}', ['function f() {\n  return 1\n}']],
  ['statement-left-out', 'timer.cancel()', []],
  ['await-left-out', 'await a()', ['a()']],
  ['await-left-out', 'x = await a.b', ['x = a.b']],
  ['arguments-swapped', 'f(a, b)', ['f(b, a)']],
  ['arguments-swapped', 'new F(a, b, a)', ['new F(b, a, a)', 'new F(a, a, b)']],
  ['arguments-swapped', 'f(a, a)', []],
  ['arguments-swapped', 'f(...a, b)', []],
  ['fields-swapped', 'x = { a: p, b: q }', ['x = { a: q, b: p }']],
  ['fields-swapped', 'x = { a, b }', ['x = { a: b, b: a }']],
  ['fields-swapped', 'x = m.a\ny = m.b', ['x = m.b\ny = m.b', 'x = m.a\ny = m.a']],
  ['constant-swapped', 'x = true', ['x = false']],
  ['constant-swapped', "x = 'join'\ny = 'leave'", ["x = 'leave'\ny = 'leave'", "x = 'join'\ny = 'join'"]],
  ['constant-swapped', 'x = 5\ny = 60', ['x = 60\ny = 60', 'x = 5\ny = 5']],
  [
    'constant-swapped',
    'const idleMs = 1 * 10\nconst drainMs = 1 * 10\nwait(idleMs)',
    [
      'const idleMs = 10 * 10\nconst drainMs = 1 * 10\nwait(idleMs)',
      'const idleMs = 1 * 1\nconst drainMs = 1 * 10\nwait(idleMs)',
      'const idleMs = 1 * 10\nconst drainMs = 10 * 10\nwait(idleMs)',
      'const idleMs = 1 * 10\nconst drainMs = 1 * 1\nwait(idleMs)',
      'const idleMs = 1 * 10\nconst drainMs = 1 * 10\nwait(drainMs)',
    ],
  ],
  ['error-swallowed', 'try {\n  a()\n} catch (error) {\n  b(error)\n}', ['try {\n  a()\n} catch (error) {}']],
  ['error-swallowed', 'function f() {\n  throw a\n}', ['function f() {\n}', 'function f() {\n  return\n}']],
  ['error-swallowed', 'a().catch(b)', ['a().catch(() => {})']],
  ['error-swallowed', 'reject(a)', ['']],
  ['version-not-compared', 'x = message.ref === ref', ['x = true', 'x = false']],
  ['version-not-compared', 'x = theirs.version > mine.version', ['x = true', 'x = false']],
  ['version-not-compared', 'x = a.size > b.size', []],
  ['version-not-compared', 'x = ref === undefined', []],
  ['cleanup-left-out', 'timer.cancel()', ['']],
  ['cleanup-left-out', 'await pool.closeAll()', ['']],
  ['cleanup-left-out', 'delete a.b', ['']],
  ['cleanup-left-out', 'try {\n  a()\n} finally {\n  b()\n}', ['try {\n  a()\n} finally {}']],
  ['cleanup-left-out', 'ending()', []],
]

const pathOf = (index: number) => `mutants/case-${index}.ts`
const compiler = openCompiler({
  root: process.cwd(),
  texts: new Map(cases.map(([, before], index) => [pathOf(index), before])),
})
afterAll(compiler.close)

const madeOf = (index: number, name: string, text: string) =>
  candidatesIn(
    pathOf(index),
    compiler.syntaxOf(pathOf(index)),
    operators.filter((one) => one.name === name),
  ).map(({ edit }) => withEdit(text, edit))

describe('each kind of mistake', () => {
  it.each(cases.map((one, index) => [...one, index] as const))('%s in %j', (name, before, after, index) => {
    expect(madeOf(index, name, before)).toEqual(after)
  })

  it('has a case', () => {
    expect(operators.map(({ name }) => name).filter((name) => !cases.some(([of]) => of === name))).toEqual([])
  })
})

describe('what is no place for a mistake', () => {
  const texts = [
    "import { a } from './a.ts'\nexport { b } from './b.ts'",
    "interface A { kind: 'join' | 'leave'; n: 1 | 2 }\ntype B = A extends { n: 1 } ? true : false",
    "log.info({ a, b }, 'joined')\nthis.log?.warn('left', a === b)\nconsole.error('c')",
    "export const refuse = (a: string) => new TypeError('expected ' + a + ' or ' + a)",
  ]
  const own = openCompiler({ root: process.cwd(), texts: new Map(texts.map((text, n) => [`mutants/${n}.ts`, text])) })
  afterAll(own.close)

  it.each(texts.map((text, n) => [text, n] as const))('%j', (_text, n) => {
    const found = candidatesIn(`mutants/${n}.ts`, own.syntaxOf(`mutants/${n}.ts`))
    expect(found.map(({ operator, edit }) => [operator.name, edit.text])).toEqual([])
  })
})
