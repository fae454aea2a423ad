import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'

/** How the nodes differ from the files of `system/`: diffs that are applied while their modules load. */
export interface SystemPatch {
  /** As verdicts name them: ids of shipped defects, paths of other diffs from the project's root. */
  names: readonly string[]
  /** Files of unified diffs, applied in this order. Each changes what it says exactly: whoever made this has checked it. */
  files: readonly string[]
  /** The modules that they change and a node loads, from the project's root. */
  modules: readonly string[]
  /** The folder of the pages built with the diffs, where they change browser code. */
  pages?: string
}

export const unpatched: SystemPatch = { names: [], files: [], modules: [] }

/** Given to Node by `--import`. */
export const loaderFile = fileURLToPath(new URL('../selftest/loader.ts', import.meta.url))

/** What a process of the system is started with on this machine. */
export const patchedStart = ({ files, pages }: SystemPatch, loader = loaderFile) => ({
  flags: files.length > 0 ? ['--import', loader] : [],
  env: {
    ...(files.length > 0 && { SQUALL_DIFFS: files.join(delimiter) }),
    ...(pages !== undefined && { CLIENT_ASSETS_DIR: pages }),
  } as Record<string, string>,
})

/** The modules that the diffs change and that nobody loaded, by what the processes said: nothing of such a defect was ever there. */
export const neverLoaded = ({ modules }: SystemPatch, logs: readonly string[]): string[] =>
  modules.filter((path) => !logs.some((log) => log.includes(`squall: changed ${path} while it was loaded`)))
