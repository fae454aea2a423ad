import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Random } from '../platform/random.ts'
import { type Compiler, openCompiler } from '../selftest/compiler.ts'
import { dependentsIn } from '../selftest/imports.ts'
import { type Candidate, candidatesIn, withEdit } from './candidates.ts'
import { type Mutant, mutantOf } from './mutant.ts'
import { essenceOf } from './same-program.ts'

/** Why a candidate was thrown away, and how many. */
export interface ThrownAway {
  /** The compiler would have found the mistake. */
  doesNotTypeCheck: number
  /** The same program as the original, or as another mutant, after minification. */
  sameProgram: number
  /** No scenario runs the line (`--only-covered`). */
  notCovered: number
}

export interface Generated {
  mutants: Mutant[]
  thrownAway: ThrownAway
  /** How many mistakes could have been made. */
  candidates: number
}

interface GenerateOptions {
  root: string
  /** The files to make mistakes in, from the root. */
  paths: readonly string[]
  count: number
  random: Random
  isWanted?(candidate: Candidate): boolean
  goesOn?(): boolean
}

/** Makes mutants in the order that the seed says, until there are enough of them or no more candidates. */
export async function generateMutants(options: GenerateOptions): Promise<Generated> {
  const compiler = openCompiler({ root: options.root })
  try {
    return await generateWith(compiler, options)
  } finally {
    compiler.close()
  }
}

async function generateWith(
  compiler: Compiler,
  { root, paths, count, random, isWanted = () => true, goesOn = () => true }: GenerateOptions,
): Promise<Generated> {
  const all = paths.flatMap((path) => candidatesIn(path, compiler.syntaxOf(path)))
  const mutants: Mutant[] = []
  const thrownAway: ThrownAway = { doesNotTypeCheck: 0, sameProgram: 0, notCovered: 0 }
  const essences = createEssences(root)
  const types = createTypeCheck(compiler, root)
  let pass: Candidate[] = []

  function endPass() {
    const right = types.rightOf(pass)
    thrownAway.doesNotTypeCheck += pass.length - right.length
    for (const one of right) mutants.push(mutantOf(one, readFileSync(join(root, one.path), 'utf8')))
    pass = []
  }

  for (const candidate of inDrawnOrder(all, random)) {
    if (mutants.length >= count || !goesOn()) break
    if (!isWanted(candidate)) thrownAway.notCovered += 1
    else if (await essences.isKnown(candidate)) thrownAway.sameProgram += 1
    else if (!types.isRightItself(candidate)) thrownAway.doesNotTypeCheck += 1
    else {
      await essences.add(candidate)
      if (pass.some(({ path }) => path === candidate.path)) endPass()
      pass.push(candidate)
      if (pass.length >= Math.min(passMost, count - mutants.length)) endPass()
    }
  }
  if (mutants.length < count) endPass()
  return { mutants: mutants.slice(0, count), thrownAway, candidates: all.length }
}

/** Files that import a changed one, near or far, are looked at for this many mutants at once: most have no error there. */
const passMost = 12

/** An error shows in the file that changes, or in one that imports it. */
function createTypeCheck(compiler: Compiler, root: string) {
  const dependentsOf = dependentsIn(root)
  const textsOf = (candidates: readonly Candidate[]) =>
    new Map(candidates.map(({ path, edit }) => [path, withEdit(readFileSync(join(root, path), 'utf8'), edit)]))
  /** The candidates, each in another file, that make no error in the files that import theirs. */
  function rightOf(candidates: readonly Candidate[]): readonly Candidate[] {
    const lookAt = new Set(candidates.flatMap(({ path }) => dependentsOf(path)))
    if (compiler.errorsWith(textsOf(candidates), lookAt) === undefined) return candidates
    if (candidates.length === 1) return []
    const half = Math.ceil(candidates.length / 2)
    return [...rightOf(candidates.slice(0, half)), ...rightOf(candidates.slice(half))]
  }
  return {
    isRightItself: (one: Candidate) => compiler.errorsWith(textsOf([one]), [one.path]) === undefined,
    rightOf,
  }
}

/** What the files and the mutants so far come to. */
function createEssences(root: string) {
  const known = new Map<string, Set<string>>()
  const sourceOf = (path: string) => readFileSync(join(root, path), 'utf8')
  const ofCandidate = ({ path, edit }: Candidate) =>
    essenceOf(path, withEdit(sourceOf(path), edit)).catch(() => undefined)
  async function knownOf(path: string) {
    const found = known.get(path) ?? new Set([await essenceOf(path, sourceOf(path))])
    known.set(path, found)
    return found
  }
  return {
    /** A text that cannot be parsed is left to the compiler, which says why. */
    async isKnown(candidate: Candidate): Promise<boolean> {
      const essence = await ofCandidate(candidate)
      return essence !== undefined && (await knownOf(candidate.path)).has(essence)
    },
    async add(candidate: Candidate) {
      const essence = await ofCandidate(candidate)
      if (essence !== undefined) (await knownOf(candidate.path)).add(essence)
    },
  }
}

/**
 * Draws the kind of mistake first and then its place, so that rare kinds are as likely as common ones, and each kind is spread over the files
 * as the code is. Each candidate once. Pure.
 */
export function* inDrawnOrder(all: readonly Candidate[], random: Random): Generator<Candidate> {
  const left = [...Map.groupBy(all, ({ operator }) => operator.name).values()]
  while (left.length > 0) {
    const kind = random.integer(0, left.length - 1)
    const list = left[kind]!
    const at = random.integer(0, list.length - 1)
    yield list[at]!
    list[at] = list.at(-1)!
    list.pop()
    if (list.length === 0) left.splice(kind, 1)
  }
}
