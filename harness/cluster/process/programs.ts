import { execFile } from 'node:child_process'
import { createHash, type Hash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { systemClock as clock } from '../../platform/clock.ts'

/** A script that a node runs, and the folder in which Node keeps its compiled code (NODE_COMPILE_CACHE). */
export interface Program {
  script: string
  compileCache: string
}

export interface Programs {
  /** `system/main.ts` itself: for nodes whose modules change while they load, or that load modules from elsewhere. */
  source: Program
  /** The same with its dependencies in one file, from which a node starts in half the processor time; the source where it cannot be built. */
  bundle: Program
}

const root = fileURLToPath(new URL('../../../', import.meta.url))
const builder = fileURLToPath(new URL('./build-bundle.ts', import.meta.url))
const packageBuilder = fileURLToPath(new URL('./build-packages.ts', import.meta.url))
const unusedForMs = 86_400_000

/** Returns both, the bundle built once for the same sources; in `ownFolder` where the project's folder is read-only. */
export async function preparePrograms(ownFolder: string, projectRoot = root): Promise<Programs> {
  const folder = cacheFolder(projectRoot) ?? join(ownFolder, 'programs')
  const source = { script: join(projectRoot, 'system/main.ts'), compileCache: join(folder, 'source') }
  const built = join(folder, keyOf(projectRoot))
  const bundle = { script: join(built, 'main.cjs'), compileCache: join(built, 'compiled') }
  if (!(await isBuilt(built, projectRoot, [builder]))) return { source, bundle: source }
  return { source, bundle }
}

/**
 * Returns the file that says where the built packages of the system are (SQUALL_PACKAGES), for nodes that run the source; undefined where
 * they cannot be built. Built once for the same packages.
 */
export async function preparePackages(ownFolder: string, projectRoot = root): Promise<string | undefined> {
  const packages = packagesOf(projectRoot)
  const hash = createHash('sha256').update(JSON.stringify([process.version, projectRoot, packages]))
  addFiles(hash, [packageBuilder, join(projectRoot, 'package-lock.json')])
  const built = join(cacheFolder(projectRoot) ?? join(ownFolder, 'programs'), hash.digest('hex').slice(0, 16))
  const isThere = await isBuilt(built, projectRoot, [packageBuilder, ...packages])
  return isThere ? join(built, 'packages.json') : undefined
}

/** What nodes import that is neither their own nor Node's. */
function packagesOf(projectRoot: string): string[] {
  const texts = sourcesOf(projectRoot)
    .filter((path) => !path.includes('/client/'))
    .map((path) => readFileSync(path, 'utf8'))
  const names = texts.flatMap((text) =>
    [...text.matchAll(/^(?:import|\}).* from '([^.'][^']*)'/gm)].map(([, name]) => name!),
  )
  return [...new Set(names)].filter((name) => !name.startsWith('node:')).sort()
}

function sourcesOf(projectRoot: string): string[] {
  const folder = join(projectRoot, 'system')
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  return paths.filter((path) => path.endsWith('.ts')).map((path) => join(folder, path))
}

function addFiles(hash: Hash, files: readonly string[]) {
  for (const file of files) if (existsSync(file)) hash.update(JSON.stringify([file, readFileSync(file, 'utf8')]))
}

/** Builds a folder unless it is there, and marks it as used. Returns whether it is there. */
async function isBuilt(folder: string, projectRoot: string, command: readonly string[]): Promise<boolean> {
  if (!existsSync(folder) && !(await buildInto(folder, projectRoot, command))) return false
  const now = clock.now() / 1_000
  utimesSync(folder, now, now)
  return true
}

function cacheFolder(projectRoot: string): string | undefined {
  const folder = join(projectRoot, '.squall', 'programs')
  try {
    mkdirSync(folder, { recursive: true })
    rmSync(mkdtempSync(join(folder, 'writable.')), { recursive: true })
    return folder
  } catch {
    return undefined
  }
}

/** Of all that the bundle is made of. */
function keyOf(projectRoot: string): string {
  const hash = createHash('sha256').update(JSON.stringify([process.version, projectRoot]))
  addFiles(hash, [builder, join(projectRoot, 'package-lock.json'), ...sourcesOf(projectRoot)])
  return hash.digest('hex').slice(0, 16)
}

/** Returns whether it could be built; where not, the nodes say themselves what is wrong with the source. */
async function buildInto(folder: string, projectRoot: string, [script, ...args]: readonly string[]): Promise<boolean> {
  const building = mkdtempSync(`${folder}.`)
  try {
    await promisify(execFile)(process.execPath, [script!, building, ...args], { cwd: projectRoot })
    // Another run may have built the same in the meantime.
    if (!existsSync(folder)) renameSync(building, folder)
    removeUnused(dirname(folder))
    return true
  } catch {
    return false
  } finally {
    rmSync(building, { recursive: true, force: true })
  }
}

function removeUnused(folder: string) {
  const bundles = readdirSync(folder).filter((name) => /^[0-9a-f]{16}/.test(name))
  for (const path of bundles.map((name) => join(folder, name)))
    if (clock.now() - statSync(path).mtimeMs > unusedForMs) rmSync(path, { recursive: true, force: true })
}
