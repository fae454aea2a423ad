import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Compiler, openCompiler } from './compiler.ts'
import { type Defect, patchedFiles } from './defect.ts'
import { readFrom } from './defects.ts'
import { pathsOf } from './diff.ts'
import { dependentsIn, reachIn } from './imports.ts'

/** What the compiler says about the system with a defect; undefined where it has nothing to say. */
export type TypeErrors = ReadonlyMap<string, string | undefined>

interface TypeCheckOptions {
  root: string
  goesOn?(): boolean
}

/**
 * Checks the types of the system with each of the defects, by name. One compile decides about most of them; each of the others is looked at
 * in its place, with all files that import its own. All of them must apply. Throws when the clean system has errors.
 */
export async function typeCheck(
  defects: readonly Defect[],
  { root, goesOn = () => true }: TypeCheckOptions,
): Promise<TypeErrors> {
  const undecided = await undecidedAmong(defects, root)
  const found = new Map<string, string | undefined>()
  for (const one of defects) if (!undecided.includes(one)) found.set(one.name, undefined)
  if (undecided.length === 0) return found
  const compiler = openCompiler({ root })
  try {
    const errorsWith = inPlace(compiler, root)
    for (const group of together(undecided, reachIn(root))) {
      if (!goesOn()) break
      const error = errorsWith(group)
      const isOfAll = error === undefined || group.length === 1
      for (const one of group) found.set(one.name, isOfAll ? error : errorsWith([one]))
      // The compiler blocks; a signal is heard in between.
      await setImmediate()
    }
  } finally {
    compiler.close()
  }
  return found
}

/** An error shows in a file that changes, or in one that imports it, near or far. */
function inPlace(compiler: Compiler, root: string) {
  const dependentsOf = dependentsIn(root)
  return (defects: readonly Defect[]) => {
    const texts = patchedFiles(defects, readFrom(root))
    return compiler.errorsWith(texts, new Set([...texts.keys(), ...[...texts.keys()].flatMap(dependentsOf)]))
  }
}

/**
 * Groups in which no defect can hide an error of another. An error shows in a file that a defect changes, or in one that imports it, near or
 * far; so none of the files of one may import, near or far, a file of another. Pure.
 */
export function together(defects: readonly Defect[], reach: (path: string) => ReadonlySet<string>): Defect[][] {
  const groups: Defect[][] = []
  const touch = (a: Defect, b: Defect) =>
    pathsOf([a.diff]).some((from) => pathsOf([b.diff]).some((to) => reach(from).has(to)))
  for (const defect of defects) {
    const fitting = groups.find((group) => group.every((other) => !touch(defect, other) && !touch(other, defect)))
    if (fitting) fitting.push(defect)
    else groups.push([defect])
  }
  return groups
}

/** A file with a defect, under a name of its own beside the clean one. Both without their extension. */
interface Copy {
  defect: Defect
  clean: string
  copy: string
}

/**
 * The defects that one compile of the system with a copy of every changed file cannot decide about. A copy that has no error of its own, and
 * declares to other files exactly what the clean file declares, cannot make an error anywhere. Throws when the clean system has errors.
 */
async function undecidedAmong(defects: readonly Defect[], root: string): Promise<Defect[]> {
  const tree = mkdtempSync(join(tmpdir(), 'squall-types-'))
  try {
    copySystem(root, tree)
    const copies = defects.flatMap((defect, index) => writeCopies(defect, `defect-${index}`, tree))
    const errors = await compile(tree)
    requireCleanSystem(errors, copies)
    const declarationOf = (path: string) => readFrom(tree)(join('declarations', `${path}.d.ts`))
    const isDecided = ({ clean, copy }: Copy) =>
      !errors.some((error) => isIn(copy, error)) &&
      declarationOf(copy) !== undefined &&
      declarationOf(copy) === declarationOf(clean)
    return [...new Set(copies.filter((one) => !isDecided(one)).map(({ defect }) => defect))]
  } finally {
    rmSync(tree, { recursive: true, force: true })
  }
}

/** The system alone: the rest of the project may not know of it (and where it does, its types are checked on the way). */
function copySystem(root: string, tree: string) {
  cpSync(join(root, 'system'), join(tree, 'system'), { recursive: true })
  cpSync(join(root, 'package.json'), join(tree, 'package.json'))
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'))
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: '.',
    outDir: 'declarations',
  }
  writeFileSync(
    join(tree, 'tsconfig.json'),
    JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, include: ['system'] }),
  )
}

/** Of the files that have types. */
function writeCopies(defect: Defect, suffix: string, tree: string): Copy[] {
  return [...patchedFiles([defect], readFrom(tree))].flatMap(([path, text]) => {
    const [, clean, extension] = /^(.*)(\.tsx?)$/.exec(path) ?? []
    if (clean === undefined) return []
    const copy = `${clean}.${suffix}`
    writeFileSync(join(tree, `${copy}${extension}`), text)
    return [{ defect, clean, copy }]
  })
}

/** The errors that the compiler finds, each with its file in front. */
async function compile(tree: string): Promise<string[]> {
  const compiler = join(tree, 'node_modules/typescript/lib/tsc.js')
  const options = { cwd: tree, maxBuffer: 64 * 1024 * 1024 }
  const run = promisify(execFile)(process.execPath, [compiler, '--singleThreaded', '-p', '.'], options)
  const { stdout } = await run.catch((failed: { stdout: string }) => failed)
  return stdout.split('\n').filter((line) => line.includes('error TS'))
}

const isIn = (path: string, error: string) => error.startsWith(`${path}.ts(`) || error.startsWith(`${path}.tsx(`)

/** What cannot be written as a declaration, such as a type that is not exported, is no mistake: nobody publishes the system as a library. */
const isOfDeclarations = (error: string) => /error TS4\d{3}:/.test(error)

function requireCleanSystem(errors: readonly string[], copies: readonly Copy[]) {
  const first = errors.find((error) => !isOfDeclarations(error) && !copies.some(({ copy }) => isIn(copy, error)))
  if (first !== undefined) throw new Error(`the system has type errors without any defect: ${first}`)
}
