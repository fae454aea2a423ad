import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { build, type Plugin } from 'vite'

/**
 * `node harness/selftest/build-pages.ts CHANGED OUT`, from the project's root: builds the pages of the system into the folder OUT, with
 * what the JSON file CHANGED holds (path -> source) in place of the files. Ends with 1 and a sentence when they cannot be built, or when
 * no page is made of one of these files.
 */
const [list = '', out = ''] = process.argv.slice(2)
const changed = new Map(
  Object.entries(JSON.parse(readFileSync(list, 'utf8')) as Record<string, string>).map(([path, source]) => [
    resolve(path),
    { path, source },
  ]),
)
const used = new Set<string>()

const withChanges: Plugin = {
  name: 'defects',
  enforce: 'pre',
  load(id) {
    const found = changed.get(id.split('?')[0]!)
    if (found === undefined) return null
    used.add(found.path)
    return found.source
  },
}

function end(sentence: string) {
  process.stderr.write(`${sentence.replace(/\s*\n\s*/g, ' ')}\n`)
  process.exit(1)
}

await build({
  configFile: existsSync('vite.config.ts') ? resolve('vite.config.ts') : false,
  logLevel: 'silent',
  build: { outDir: resolve(out), emptyOutDir: true },
  plugins: [withChanges],
}).catch((error: Error) => end(error.message))

const unused = [...changed.values()].filter(({ path }) => !used.has(path)).map(({ path }) => path)
if (unused.length > 0) end(`no page is made of ${unused.join(', ')}`)
