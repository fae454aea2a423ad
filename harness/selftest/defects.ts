import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type SystemPatch, unpatched } from '../cluster/system-patch.ts'
import { orNearest } from '../platform/nearest.ts'
import { type Defect, type DefectHeader, patchedFiles, readDefect } from './defect.ts'
import { BadDiff, pathsOf } from './diff.ts'
import { pageSources, pagesWith } from './pages.ts'

export interface ShippedDefect extends Defect {
  header: DefectHeader
}

const shippedFolder = fileURLToPath(new URL('./defects/', import.meta.url))
const idOf = (file: string) => /^[A-Z]+-\d+/.exec(basename(file))?.[0] ?? basename(file, '.diff')
const numberOf = (file: string) => Number(/\d+/.exec(basename(file))?.[0])

/** The diffs of a folder, in the order of their numbers, and of their names where they have none. */
export function diffFiles(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.diff') || name.endsWith('.patch'))
  return names.sort((a, b) => numberOf(a) - numberOf(b) || (a < b ? -1 : 1)).map((name) => join(folder, name))
}

/** Every defect that is shipped with the system (FI-18). A detector that nobody has tested is decoration. Throws BadDiff. */
export const shippedDefects = (): ShippedDefect[] =>
  shippedFiles().map((file) => readDefect(file, idOf(file)) as ShippedDefect)

export const isShipped = ({ file }: Pick<Defect, 'file'>) => file.startsWith(shippedFolder)

const shippedFiles = () => (existsSync(shippedFolder) ? diffFiles(shippedFolder) : [])

interface Places {
  root: string
  cwd: string
}

/** Defects by the id of a shipped one, or by the path of anybody's diff. Throws BadDiff. */
export const findDefects = (wanted: readonly string[], places: Places): Defect[] =>
  wanted.flatMap((text) => text.split(',')).map((text) => findDefect(text.trim(), places))

function findDefect(text: string, places: Places): Defect {
  const shipped = new Map(shippedFiles().map((file) => [idOf(file), file]))
  const file = shipped.get(text.toUpperCase())
  if (file !== undefined) return readDefect(file, idOf(file))
  const path = resolve(places.cwd, text)
  if (existsSync(path) && statSync(path).isFile()) return readDefect(path, nameOf(path, places.root))
  if (/[/.]/.test(text)) throw new BadDiff(`there is no diff file ${text}`)
  throw new BadDiff(
    `there is no defect ${text.toUpperCase()}${orNearest(text.toUpperCase(), [...shipped.keys()])}; "squall list defects" lists them, and a diff file goes by its path`,
  )
}

/** From the root, so that a record of a run names the same file wherever it is read. */
const nameOf = (path: string, root: string) => (relative(root, path).startsWith('..') ? path : relative(root, path))

/** Those that a recorded run names. Throws BadDiff when one of them is gone. */
export const recordedDefects = (names: readonly string[], root: string) => findDefects(names, { root, cwd: root })

/** The defects of anybody's folder; those that cannot be read come with the reason. Throws BadDiff when there is none. */
export function defectsIn(folder: string, { root, cwd }: Places): (Defect | Unreadable)[] {
  const path = resolve(cwd, folder)
  if (!existsSync(path) || !statSync(path).isDirectory())
    throw new BadDiff(`--defects takes a folder of diff files; "${folder}" is none`)
  const files = diffFiles(path)
  if (files.length === 0)
    throw new BadDiff(`there is no diff file in ${folder}; expected files such as ${folder}/mine.diff`)
  return files.map((file) => readable(file, nameOf(file, root)))
}

export interface Unreadable {
  name: string
  why: string
}

function readable(file: string, name: string): Defect | Unreadable {
  try {
    return readDefect(file, name)
  } catch (error) {
    if (error instanceof BadDiff) return { name, why: error.message }
    throw error
  }
}

export const readFrom = (root: string) => (path: string) =>
  existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined

/** What `--defect` asks for: ids of shipped defects, and diff files. Throws BadDiff before anything is started. */
export const patchFor = (wanted: readonly string[] = [], places: Places) =>
  patchOf(findDefects(wanted, places), places.root)

/** Checks that the defects apply, one after the other, and builds their pages. Throws BadDiff. */
export async function patchOf(defects: readonly Defect[], root: string): Promise<SystemPatch> {
  if (defects.length === 0) return unpatched
  const files = patchedFiles(defects, readFrom(root))
  const ofPages = pageSources(root)
  const touchesPages = [...files.keys()].some((path) => ofPages.has(path))
  return {
    names: defects.map(({ name }) => name),
    files: defects.map(({ file }) => file),
    modules: pathsOf(defects.map(({ diff }) => diff)).filter((path) => !ofPages.has(path)),
    ...(touchesPages && { pages: await pagesWith(files, root) }),
  }
}
