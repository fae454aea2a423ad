import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { BadDiff } from './diff.ts'

/** The pages of the system, built with defects into folders of their own. */
const program = fileURLToPath(new URL('./build-pages.ts', import.meta.url))
const buildFiles = ['vite.config.ts', 'package-lock.json']
const relativeImport = /(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g

/** Every file that a page may be built of, by its path: what lies in a `client` folder, and what that imports. */
export function pageSources(root: string): Map<string, string> {
  const sources = new Map<string, string>()
  const add = (path: string) => {
    if (sources.has(path) || !existsSync(join(root, path))) return
    const text = readFileSync(join(root, path), 'utf8')
    sources.set(path, text)
    for (const [, target] of text.matchAll(relativeImport)) add(normalize(join(dirname(path), target!)))
  }
  for (const path of clientFiles(root)) add(path)
  return sources
}

const clientFiles = (root: string) =>
  readdirSync(join(root, 'system'), { recursive: true, withFileTypes: true })
    .map((entry) => ({ entry, path: join(entry.parentPath, entry.name).slice(root.length).replace(/^\//, '') }))
    .filter(({ entry, path }) => entry.isFile() && path.split('/').includes('client'))
    .map(({ path }) => path)
    .sort()

/** The folder of the pages with these files in place of those of the project; built once for the same sources. Throws BadDiff. */
export async function pagesWith(patched: ReadonlyMap<string, string>, root: string): Promise<string> {
  const folder = join(root, '.squall', 'pages', keyOf(patched, root))
  if (existsSync(folder)) return folder
  mkdirSync(dirname(folder), { recursive: true })
  const building = mkdtempSync(`${folder}.`)
  try {
    await build(patched, building, root)
    // Another run may have built the same in the meantime.
    if (!existsSync(folder)) renameSync(join(building, 'pages'), folder)
    return folder
  } finally {
    rmSync(building, { recursive: true, force: true })
  }
}

/** Of all that the pages are made of. */
export function keyOf(patched: ReadonlyMap<string, string>, root: string): string {
  const hash = createHash('sha256')
  const add = (path: string, text: string) => hash.update(JSON.stringify([path, text]))
  for (const [path, text] of pageSources(root)) add(path, patched.get(path) ?? text)
  for (const path of buildFiles) if (existsSync(join(root, path))) add(path, readFileSync(join(root, path), 'utf8'))
  return hash.digest('hex').slice(0, 16)
}

/** In a process of its own, so that nothing that is measured at the same time stands still; the configuration counts from the root. */
async function build(patched: ReadonlyMap<string, string>, folder: string, root: string) {
  const ofPages = pageSources(root)
  const changed = Object.fromEntries([...patched].filter(([path]) => ofPages.has(path)))
  const list = join(folder, 'changed.json')
  writeFileSync(list, JSON.stringify(changed))
  await promisify(execFile)(process.execPath, [program, list, join(folder, 'pages')], { cwd: root }).catch(
    ({ stderr }: { stderr?: string }) => {
      throw new BadDiff(
        `the pages cannot be built with ${Object.keys(changed).join(', ')}: ${lastLineOf(stderr ?? '')}`,
      )
    },
  )
}

const lastLineOf = (text: string) => text.trim().split('\n').at(-1) ?? ''
