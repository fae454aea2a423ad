import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, type FSWatcher, watch as watchFiles } from 'node:fs'
import { join, relative } from 'node:path'
import { UsageError } from '../platform/errors.ts'
import { exitCodes } from '../platform/exit-codes.ts'
import { codeOf } from '../platform/interruption.ts'
import type { Io } from '../platform/io.ts'
import { readRun } from '../reporters/record.ts'
import { outFolder } from '../runner/run-folder.ts'
import { selectScenarios } from '../runner/selection.ts'
import type { Command } from './command.ts'
import { flags, scenarioArgument } from './options.ts'
import { createChanges } from './watch/changes.ts'

/** What a scenario depends on; below the project, and below the folder of `squall.config.ts`. */
const watched = ['system', 'harness', 'scenarios', 'squall', 'squall.config.ts']
/** Editors write several files at once, and some a file in several steps. */
const settleMs = 300

interface WatchFlags {
  seed?: number
  tag?: string[]
  jobs: number
}

export const watch: Command = {
  name: 'watch',
  ...scenarioArgument,
  summary:
    'run scenarios, and whenever a file changes those that failed again, or all when none did (default: suite smoke)',
  completes: 'scenarios',
  options: [flags.tag, flags.seed, flags.jobs],
  async run(names, options: WatchFlags, io) {
    const all = await idsOf(names.length > 0 ? names : [io.config?.suite ?? 'smoke'], options, io)
    const changes = createChanges(settleMs, io.clock)
    const watchers = foldersOf(io).map((path) => watchPath(path, changes.add, io))
    const runs = createRuns(options, io)
    io.interruption.onStop(changes.stop)
    for (let ids = all; ; ) {
      const failed = await runs.run(ids)
      if (io.interruption.by() !== undefined) break
      ids = failed.length > 0 ? failed : all
      io.err(
        `\nwatching; a change runs ${failed.length > 0 ? 'what failed' : 'all'}: ${ids.join(', ')} (Ctrl-C ends it)\n`,
      )
      const changed = await changes.next()
      if (io.interruption.by() !== undefined) break
      io.err(`changed: ${changed.join(', ')}\n`)
    }
    for (const one of watchers) one.close()
    return codeOf(io.interruption.by()!)
  },
}

/** Scenarios are run by their ids, and those of a file by its path. */
async function idsOf(names: readonly string[], { tag = [] }: WatchFlags, io: Io): Promise<string[]> {
  const selection = { names, root: io.root, cwd: io.cwd, tags: tag, ...(io.config && { config: io.config }) }
  const { scenarios } = await selectScenarios(selection)
  return names.every((name) => name.endsWith('.ts')) ? [...names] : scenarios.map(({ id }) => id)
}

function foldersOf({ root, config }: Io): string[] {
  const places = new Set([root, ...(config ? [config.folder] : [])])
  return [...places].flatMap((place) => watched.map((name) => join(place, name))).filter((path) => existsSync(path))
}

function watchPath(path: string, add: (name: string) => void, { cwd }: Io): FSWatcher {
  try {
    return watchFiles(path, { recursive: true }, (_event, name) => add(relative(cwd, join(path, name ?? ''))))
  } catch (error) {
    throw new UsageError(`cannot watch ${path}: ${(error as Error).message}`)
  }
}

/** Runs in processes of their own, because this one has read the old files. */
function createRuns({ seed, jobs }: WatchFlags, io: Io) {
  const out = join(outFolder(io), 'watch')
  const settings = ['--out', out, '--jobs', String(jobs), ...(seed === undefined ? [] : ['--seed', String(seed)])]
  let child: ChildProcess | undefined
  io.interruption.onStop((signal) => void child?.kill(signal))

  /** A group of its own: Ctrl-C reaches it once, through this process, and it heals. */
  const spawnRun = (ids: readonly string[]) =>
    spawn(join(io.root, 'squall'), ['run', ...ids, ...settings], {
      cwd: io.cwd,
      env: io.env as NodeJS.ProcessEnv,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    })

  return {
    /** Returns the ids of those that did not pass; all of them when the run could not begin. */
    async run(ids: readonly string[]): Promise<string[]> {
      child = spawnRun(ids)
      const code = await endOf(child)
      if (couldNotBegin.includes(code)) return [...ids]
      const { scenarios } = readRun(join(out, 'latest'))
      const failed = scenarios.filter(({ outcome }) => outcome !== 'passed').map(({ id }) => id)
      return ids.every((id) => id.endsWith('.ts')) && failed.length > 0 ? [...ids] : failed
    },
  }
}

const couldNotBegin: readonly number[] = [exitCodes.usage, exitCodes.environment, exitCodes.harnessBug]

const endOf = (child: ChildProcess) =>
  new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? exitCodes.harnessBug))
  })
