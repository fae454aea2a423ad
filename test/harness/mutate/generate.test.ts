import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Candidate, withEdit } from '../../../harness/mutate/candidates.ts'
import { generateMutants, inDrawnOrder } from '../../../harness/mutate/generate.ts'
import { fileNameOf, mutantOf } from '../../../harness/mutate/mutant.ts'
import { operators } from '../../../harness/mutate/operators/index.ts'
import { essenceOf } from '../../../harness/mutate/same-program.ts'
import { filesToMutate } from '../../../harness/mutate/sources.ts'
import { seededRandom } from '../../../harness/platform/random.ts'
import { openCompiler } from '../../../harness/selftest/compiler.ts'
import { parseHeader } from '../../../harness/selftest/defect.ts'
import { applyChange, parseDiff } from '../../../harness/selftest/diff.ts'
import { dependentsIn } from '../../../harness/selftest/imports.ts'

const root = process.cwd()
const path = 'system/made-up.ts'
const candidate = (start: number, end: number, text: string, operator = operators[0]!): Candidate => ({
  operator,
  path,
  edit: { start, end, text },
})

describe('the same program', () => {
  const essence = (text: string) => essenceOf(path, text)
  const original = 'export function f(a: number, b: number) {\n  if (a > b) return true\n  return false\n}\n'

  it.each([
    ['other types', original.replace('a: number', 'a: 1 | 2')],
    ['other names of locals', original.replaceAll(/\bb\b/g, 'other')],
    ['what comes to the same', original.replace('if (a > b) return true\n  return false', 'return a > b')],
    ['a comment', `// why\n${original}`],
  ])('may have %s', async (_what, text) => {
    expect(await essence(text)).toBe(await essence(original))
  })

  it('has no other border', async () => {
    expect(await essence(original.replace('>', '>='))).not.toBe(await essence(original))
  })
})

describe('a mutant', () => {
  const source = 'const a = 1\nconst b = 2\nexport const c = a < b\n'
  const at = source.indexOf('<')
  const mutant = mutantOf(candidate(at, at + 1, '<='), source)

  it('is a diff that selftest --defects takes, with a header of its own', () => {
    const diff = parseDiff(mutant.diff, fileNameOf(mutant))
    const [change] = diff.changes
    expect(applyChange(source, change!, diff.name)).toBe(withEdit(source, mutant.edit))
    expect(parseHeader(diff.head, diff.name)).toEqual({
      id: mutant.id,
      title: `a condition is negated in ${path}:3 (condition-negated)`,
    })
    expect([mutant.line, fileNameOf(mutant)]).toEqual([3, `${mutant.id}-condition-negated-in-made-up.diff`])
  })

  it('has the same id as long as it is the same', () => {
    expect(mutantOf(candidate(at, at + 1, '<='), source).id).toBe(mutant.id)
    expect(mutantOf(candidate(at, at + 1, '>='), source).id).not.toBe(mutant.id)
  })
})

describe('the order in which mutants are drawn', () => {
  const [common, rare] = [operators[0]!, operators[1]!]
  const all = [
    ...Array.from({ length: 90 }, (_, n) => candidate(n, n + 1, 'x', common)),
    ...Array.from({ length: 10 }, (_, n) => candidate(n, n + 1, 'y', rare)),
  ]
  const drawn = (seed: number) => [...inDrawnOrder(all, seededRandom(seed))]

  it('has each candidate once, and is that of the seed', () => {
    expect(new Set(drawn(7))).toEqual(new Set(all))
    expect(drawn(7)).toHaveLength(all.length)
    expect(drawn(7)).toEqual(drawn(7))
    expect(drawn(8)).not.toEqual(drawn(7))
  })

  it('gives a rare kind of mistake the turns of a common one', () => {
    const first = drawn(7).slice(0, 20)
    expect(first.filter(({ operator }) => operator === rare).length).toBeGreaterThan(4)
  })
})

describe('the files that mistakes are made in', () => {
  it('are all but browser code, or those that fit a pattern', () => {
    const all = filesToMutate(root)
    expect(all).toContain('system/channels/socket.ts')
    expect(all.filter((file) => file.includes('/client/'))).toEqual([])
    expect(filesToMutate(root, ['system/apps/store/{cart/cart,client/cart}.ts', 'system/main.ts'])).toEqual([
      'system/apps/store/cart/cart.ts',
      'system/apps/store/client/cart.ts',
      'system/main.ts',
    ])
  })
})

describe('mutants of the system', () => {
  it('type-check, are no program that is there already, and are those of the seed', async () => {
    const paths = filesToMutate(root, ['system/apps/store/web/*.ts'])
    const make = () => generateMutants({ root, paths, count: 6, random: seededRandom(1) })
    const { mutants, candidates, thrownAway } = await make()
    expect(mutants).toHaveLength(6)
    expect(new Set(mutants.map(({ id }) => id)).size).toBe(6)
    expect(candidates).toBeGreaterThan(100)
    expect(thrownAway.doesNotTypeCheck).toBeGreaterThan(0)
    expect((await make()).mutants).toEqual(mutants)
  }, 120_000)

  it('are thrown away where the mistake shows in a file that imports theirs', () => {
    const cart = 'system/apps/store/cart/cart.ts'
    const compiler = openCompiler({ root })
    const source = readFileSync(cart, 'utf8')
    const changed = source.replace('number[] => [...items]', 'string[] => items.map(String)')
    const errorsIn = (text: string, files: string[]) => compiler.errorsWith(new Map([[cart, text]]), files)
    const dependents = dependentsIn(root)(cart)
    expect(dependents).toContain('system/apps/store/channels/cart-session.ts')
    expect(errorsIn(changed, [cart])).toBeUndefined()
    expect(errorsIn(changed, dependents)).toMatch(/^system\/apps\/store\/.*: error TS\d+: /)
    expect(errorsIn(source, [cart, ...dependents])).toBeUndefined()
    compiler.close()
  }, 60_000)

  it('are only made where they are wanted', async () => {
    const paths = filesToMutate(root, ['system/apps/store/cart/cart.ts'])
    const none = await generateMutants({ root, paths, count: 3, random: seededRandom(1), isWanted: () => false })
    expect(none.mutants).toEqual([])
    expect(none.thrownAway).toEqual({ doesNotTypeCheck: 0, sameProgram: 0, notCovered: none.candidates })
  })
})
