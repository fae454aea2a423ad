import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Outcome } from '../verdict/result.ts'
import { type Executed, readExecuted } from './executed.ts'
import { hashOf, systemFiles } from './sources.ts'

/** What one scenario, or the simulation, executed when it ran without a mutant. */
export interface Coverage {
  /** The id of the scenario, or `simulation`. */
  id: string
  outcome: Outcome
  durationMs: number
  executed: Executed
  /** Of the files of the system at that time, by path. */
  hashes: Readonly<Record<string, string>>
}

export type CoverageStore = ReturnType<typeof openCoverage>

/** Coverage that was recorded earlier, by scenario; it counts for a file as long as the file has the same text. */
export function openCoverage(root: string) {
  const folder = join(root, '.squall', 'coverage')
  const fileOf = (id: string) => join(folder, `${id.replaceAll('/', '--')}.json`)
  const hashes = Object.fromEntries(systemFiles(root).map((path) => [path, hashOf(root, [path])]))

  const read = (id: string): Coverage | undefined =>
    existsSync(fileOf(id)) ? (JSON.parse(readFileSync(fileOf(id), 'utf8')) as Coverage) : undefined
  const counts = ({ outcome, hashes: before }: Coverage, paths: readonly string[]) =>
    outcome === 'passed' && paths.every((path) => before[path] === hashes[path])

  return {
    /** What was recorded, if it counts for all of these files. */
    find(id: string, paths: readonly string[]): Coverage | undefined {
      const found = read(id)
      return found && counts(found, paths) ? found : undefined
    },
    /** Runs something without a mutant, in a folder for what its processes execute, and keeps what they did. */
    async record(
      id: string,
      run: (into: string) => Promise<Pick<Coverage, 'outcome' | 'durationMs'>>,
    ): Promise<Coverage> {
      const into = join(folder, 'running', `${id.replaceAll('/', '--')}-${process.pid}`)
      rmSync(into, { recursive: true, force: true })
      mkdirSync(into, { recursive: true })
      const ended = await run(into)
      const coverage = { id, ...ended, executed: readExecuted(into), hashes }
      rmSync(into, { recursive: true, force: true })
      writeFileSync(fileOf(id), JSON.stringify(coverage))
      return coverage
    },
  }
}
