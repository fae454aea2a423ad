import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { promisify } from 'node:util'
import { type Defect, patchedFiles } from './defect.ts'
import { readFrom } from './defects.ts'
import { pathsOf } from './diff.ts'

/** What the compiler says about the system with a defect; undefined where it has nothing to say. */
export type TypeErrors = ReadonlyMap<string, string | undefined>

interface TypeCheckOptions {
  root: string
  /** Compilers at a time. */
  jobs?: number
  goesOn?(): boolean
}

/**
 * Checks the types of the system with each of the defects, by name. Two things keep a hundred defects under a minute: the compiler remembers
 * the clean system and looks only at what may have changed; and defects that cannot hide each other's errors are checked together, and one
 * by one only where the compiler complains. All of them must apply. Throws when the clean system has errors.
 */
export async function typeCheck(
  defects: readonly Defect[],
  { root, jobs = 2, goesOn = () => true }: TypeCheckOptions,
): Promise<TypeErrors> {
  const folder = mkdtempSync(join(tmpdir(), 'squall-types-'))
  const found = new Map<string, string | undefined>()
  const waiting = together(defects, reachIn(root))
  try {
    const clean = await copyOf(root, join(folder, 'clean'))
    const trees = Array.from({ length: Math.min(jobs, waiting.length) }, (_, index) => join(folder, `${index}`))
    await Promise.all(
      trees.map(async (tree) => {
        cpSync(clean, tree, { recursive: true, verbatimSymlinks: true })
        for (let next = waiting.shift(); next && goesOn(); next = waiting.shift())
          await checkGroup(next, found, tree, clean)
      }),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return found
}

async function checkGroup(
  group: readonly Defect[],
  found: Map<string, string | undefined>,
  tree: string,
  clean: string,
) {
  const errors = await errorsWith(group, tree, clean)
  if (errors === undefined || group.length === 1) for (const { name } of group) found.set(name, errors)
  else for (const one of group) found.set(one.name, await errorsWith([one], tree, clean))
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

const relativeImport = /(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g

/** A file, and all that it imports, near and far. */
export function reachIn(root: string) {
  const readSource = readFrom(root)
  const known = new Map<string, ReadonlySet<string>>()
  return (start: string): ReadonlySet<string> => {
    const reached = known.get(start) ?? new Set([start])
    if (known.has(start)) return reached
    known.set(start, reached)
    // A set that grows while it is walked through.
    for (const path of reached)
      for (const [, target] of (readSource(path) ?? '').matchAll(relativeImport))
        (reached as Set<string>).add(normalize(join(dirname(path), target!)))
    return reached
  }
}

const memory = 'tsc.json'

/** The system alone: the rest of the project may not know of it (and where it does, its types are checked on the way). */
async function copyOf(root: string, tree: string): Promise<string> {
  cpSync(join(root, 'system'), join(tree, 'system'), { recursive: true })
  cpSync(join(root, 'package.json'), join(tree, 'package.json'))
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'))
  const compilerOptions = { incremental: true, tsBuildInfoFile: memory }
  writeFileSync(
    join(tree, 'tsconfig.json'),
    JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, include: ['system'] }),
  )
  const errors = await compile(tree)
  if (errors !== undefined) throw new Error(`the system has type errors without any defect: ${errors}`)
  return tree
}

async function errorsWith(group: readonly Defect[], tree: string, clean: string): Promise<string | undefined> {
  const files = patchedFiles(group, readFrom(clean))
  for (const [path, text] of files) writeFileSync(join(tree, path), text)
  cpSync(join(clean, memory), join(tree, memory))
  const errors = await compile(tree)
  for (const path of files.keys()) writeFileSync(join(tree, path), readFileSync(join(clean, path)))
  return errors
}

/** The first thing that the compiler says, and how many more there are. */
async function compile(tree: string): Promise<string | undefined> {
  const compiler = join(tree, 'node_modules/typescript/lib/tsc.js')
  const said = await promisify(execFile)(process.execPath, [compiler, '--noEmit', '--singleThreaded', '-p', '.'], {
    cwd: tree,
  }).then(
    () => '',
    ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout.trim() || stderr.trim() || 'the compiler failed',
  )
  if (said === '') return undefined
  const [first = said, ...others] = said.split('\n').filter((line) => line.includes('error TS'))
  return others.length > 0 ? `${first} (and ${others.length} more)` : first
}
