import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readBegun, readStages, unendedNight } from '../nightly/begun-night.ts'
import { appendNights, readNights } from '../nightly/history-file.ts'
import { mergeNights } from '../nightly/merge-nights.ts'
import type { NightReport } from '../nightly/night-report.ts'
import { UsageError } from '../platform/errors.ts'
import type { Io } from '../platform/io.ts'
import { outFolder } from '../runner/run-folder.ts'
import type { Command } from './command.ts'
import { finishNight } from './finish-night.ts'
import { flags } from './options.ts'
import { historyFile } from './trend.ts'

export const merge: Command = {
  name: 'merge',
  argument: '<folders...>',
  argumentHelp: ['the folders of the shards'],
  completes: 'paths',
  summary:
    'join the shards of a night into one report, those that were killed too, and append the night to the history',
  options: [
    flags.history,
    { flags: '--out <folder>', help: 'folder of the merged night (default: a new one in reports)' },
    flags.json,
  ],
  async run(folders, { json = false, ...options }: { history?: string; out?: string; json?: boolean }, io) {
    const merged = mergeNights(folders.map((folder) => readNight(folder, io)))
    const name = `nightly-${merged.night.replace(/[-:]|\.\d+/g, '')}-${merged.seed}`
    const folder = options.out === undefined ? join(outFolder(io), name) : resolve(io.cwd, options.out)
    const file = historyFile(options, undefined, io)
    const report = finishNight({ ...merged, folder, history: readNights(file).lines, json }, io)
    if (merged.interrupted)
      io.err('squall: a shard was interrupted, so that the night is not appended to the history\n')
    else
      appendNights(
        file,
        merged.stages.flatMap(({ lines }) => lines),
      )
    return report.exitCode
  },
}

function readNight(folder: string, { cwd }: Io): NightReport {
  const file = join(resolve(cwd, folder), 'nightly.json')
  const begun = readBegun(resolve(cwd, folder))
  if (!existsSync(file) && begun) return unendedNight(begun, readStages(resolve(cwd, folder)))
  if (!existsSync(file)) throw new UsageError(`${folder} is no night: there is no nightly.json in it`)
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as NightReport
  } catch (error) {
    throw new UsageError(`${file} is damaged: ${(error as Error).message}`)
  }
}
