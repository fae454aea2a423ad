import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Io } from '../platform/io.ts'
import { counts, describeDefects, duration, outcomeMark, when } from '../reporters/format.ts'
import { palette, wantsColor } from '../reporters/palette.ts'
import { isRunFolder, readRun } from '../reporters/record.ts'
import { outFolder } from '../runner/run-folder.ts'
import type { RunResult } from '../verdict/result.ts'
import type { Command } from './command.ts'
import { flags } from './options.ts'

export const trend: Command = {
  name: 'trend',
  summary: 'outcomes of the kept runs, oldest first',
  options: [flags.out, flags.json],
  async run(_names, { out, json }: { out?: string; json?: boolean }, io) {
    const runs = keptRuns(outFolder(io, out), io)
    const facts = runs.map((run) => ({
      folder: run.folder,
      startedAt: run.startedAt,
      suite: run.suite,
      seed: run.seed,
      defects: run.defects,
      outcome: run.outcome,
      ...counts(run),
      ...(run.ended === false && { ended: false }),
      durationMs: run.durationMs,
    }))
    if (json) io.out(`${JSON.stringify({ runs: facts }, null, 2)}\n`)
    else if (facts.length === 0) io.out('no run is kept; "squall run" makes one\n')
    else {
      const paint = palette(wantsColor(io.isTty, io.env))
      for (const one of facts)
        io.out(
          `${paint[one.outcome](`${outcomeMark[one.outcome]} ${one.outcome.padEnd(8)}`)}  ${when(one.startedAt)}  ${one.passed} passed, ${one.violated} violated, ${one.unknown} unknown  ${one.witnessed}/${one.faults} faults  ${duration(one.durationMs)}  ${one.folder}${one.ended === false ? '  did not end' : ''}${one.defects.length > 0 ? `  with ${describeDefects(one.defects)}` : ''}\n`,
        )
    }
    return 0
  },
}

/** Damaged runs are named and left out. */
function keptRuns(folder: string, io: Io): RunResult[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name !== 'latest') : []
  const runs = names.flatMap((name) => {
    if (!isRunFolder(join(folder, name))) return []
    try {
      return [readRun(join(folder, name))]
    } catch (error) {
      io.err(`squall: ${name} is left out: ${(error as Error).message}\n`)
      return []
    }
  })
  return runs.sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1))
}
