import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { delimiter, dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { applyDiffs, BadDiff, parseDiff, pathsOf } from './diff.ts'

/**
 * `SQUALL_DIFFS=a.diff:b.diff node --import harness/selftest/loader.ts system/main.ts`: runs a program with diffs applied, in this order,
 * to the modules of `system/` while they load; no file is changed. Says on stderr which modules it changed. Ends with 64 and a sentence
 * when a diff does not apply. Packages that the system imports are taken from where SQUALL_PACKAGES says, if it names a file.
 */
const usage = 64
const root = new URL('../../', import.meta.url)

function orEnd<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof BadDiff) && (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    process.stderr.write(`squall: ${(error as Error).message}\n`)
    process.exit(usage)
  }
}

const files = (process.env.SQUALL_DIFFS ?? '').split(delimiter).filter(Boolean)
const diffs = orEnd(() => files.map((file) => parseDiff(readFileSync(file, 'utf8'), file)))
const changed = new Map(pathsOf(diffs).map((path) => [new URL(path, root).href, path]))

const builtPackages = new Map<string, string>(
  Object.entries(process.env.SQUALL_PACKAGES ? JSON.parse(readFileSync(process.env.SQUALL_PACKAGES, 'utf8')) : {}),
)
const packageFolder = `${pathToFileURL(dirname(process.env.SQUALL_PACKAGES ?? '')).href}/`
const ownModules = new URL('system/', root).href

registerHooks({
  resolve(specifier, context, nextResolve) {
    const file = context.parentURL?.startsWith(ownModules) ? builtPackages.get(specifier) : undefined
    if (file === undefined) return nextResolve(specifier, context)
    return { url: packageFolder + file, format: 'module', shortCircuit: true }
  },
  load(url, context, nextLoad) {
    const path = changed.get(url.split('?')[0]!)
    if (path === undefined) return nextLoad(url, context)
    const source = orEnd(() => applyDiffs(readFileSync(new URL(url), 'utf8'), path, diffs))
    process.stderr.write(`squall: changed ${path} while it was loaded\n`)
    return { format: 'module-typescript', source, shortCircuit: true }
  },
})
