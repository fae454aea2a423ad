import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Diffs against the files of `system/`, applied while the nodes load their modules. */
export interface SystemPatch {
  /** Names as they appear in verdicts: ids of shipped defects, or paths of other diffs relative to the project root. */
  names: readonly string[]
  /** Files of unified diffs, applied in this order. The creator of the patch has checked that each applies exactly. */
  files: readonly string[]
  /** The modules that the diffs change and that nodes load, relative to the project root. */
  modules: readonly string[]
  /** The folder of the pages built with the diffs, if they change browser code. */
  pages?: string
  /** The folder into which processes on this machine write what they execute, if that is to be recorded. */
  coverage?: string
}

export const unpatched: SystemPatch = { names: [], files: [], modules: [] }

/** Passed to Node with `--import`. */
export const loaderFile = fileURLToPath(new URL('../selftest/loader.ts', import.meta.url))

const coverageLoader = fileURLToPath(new URL('../platform/coverage-loader.ts', import.meta.url))

/** Returns the Node flags and environment with which a process of the system starts on this machine. */
export const patchedStart = ({ files, pages, coverage }: SystemPatch, loader = loaderFile) => ({
  flags: [
    ...(files.length > 0 ? ['--import', loader] : []),
    ...(coverage === undefined ? [] : ['--import', coverageLoader]),
  ],
  env: {
    ...(files.length > 0 && { SQUALL_DIFFS: files.join(delimiter) }),
    ...(pages !== undefined && { CLIENT_ASSETS_DIR: pages }),
    // Functions that come from the compile cache are not counted exactly.
    ...(coverage !== undefined && { SQUALL_COVERAGE: coverage, NODE_DISABLE_COMPILE_CACHE: '1' }),
  } as Record<string, string>,
})

/** Returns the changed modules that, according to the logs, no process loaded; such a defect was never active. */
export const neverLoaded = ({ modules }: SystemPatch, logs: readonly string[]): string[] =>
  modules.filter((path) => !logs.some((log) => log.includes(`squall: changed ${path} while it was loaded`)))
