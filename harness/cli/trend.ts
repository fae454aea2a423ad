import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type NightHistory, readNights } from '../nightly/history-file.ts'
import { trendPage } from '../nightly/page.ts'
import { standingsOf } from '../nightly/standing.ts'
import { trendText } from '../nightly/trend-text.ts'
import type { Io } from '../platform/io.ts'
import { counts, describeDefects, duration, flakyPart, outcomeMark, when } from '../reporters/format.ts'
import { resultPalette } from '../reporters/palette.ts'
import { isRunFolder, readRun } from '../reporters/record.ts'
import { exploreFolder, outFolder } from '../runner/run-folder.ts'
import { count } from '../verdict/checker.ts'
import type { RunResult } from '../verdict/result.ts'
import type { Command } from './command.ts'
import { flags } from './options.ts'

interface TrendFlags {
  out?: string
  history?: string
  html?: string
  json?: boolean
}

export const trend: Command = {
  name: 'trend',
  summary: 'outcomes of the kept runs, oldest first, and how every scenario stands after the nights',
  options: [
    flags.out,
    flags.history,
    { flags: '--html <file>', help: 'write the trend of the nights as a page that needs no network' },
    flags.json,
  ],
  async run(_names, { out, json, ...options }: TrendFlags, io) {
    const history = readNights(historyFile(options, out, io))
    if (options.html !== undefined) writeFileSync(resolve(io.cwd, options.html), trendPage(history.lines))
    const runs = [outFolder(io, out), exploreFolder(io, out)]
      .flatMap((folder) => keptRuns(folder, io))
      .sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1))
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
    if (json) io.out(`${JSON.stringify({ runs: facts, ...nightFacts(history) }, null, 2)}\n`)
    else if (facts.length === 0) io.out('no run is kept; "squall run" makes one\n')
    else {
      const paint = resultPalette(io)
      for (const one of facts)
        io.out(
          `${paint[one.outcome](`${outcomeMark[one.outcome]} ${one.outcome.padEnd(8)}`)}  ${when(one.startedAt)}  ${one.passed} passed, ${one.violated} violated, ${one.unknown} unknown${flakyPart(one.flaky)}  ${one.witnessed}/${one.faults} faults  ${duration(one.durationMs)}  ${one.folder}${one.ended === false ? '  did not end' : ''}${one.defects.length > 0 ? `  with ${describeDefects(one.defects)}` : ''}\n`,
        )
    }
    if (!json) sayNights(history, io)
    return 0
  },
}

const nightFacts = ({ lines }: NightHistory) => ({
  nights: new Set(lines.map(({ night }) => night)).size,
  standings: standingsOf(lines),
})

function sayNights({ lines, torn }: NightHistory, io: Io) {
  if (torn > 0)
    io.err(`squall: ${count(torn, 'torn line')} in the history of nights ${torn === 1 ? 'is' : 'are'} left out\n`)
  if (lines.length > 0) io.out(`\n${trendText(lines)}`)
}

/** Where the nights are kept: where somebody says, else with the runs. */
export const historyFile = ({ history }: { history?: string }, out: string | undefined, io: Io): string =>
  history === undefined ? join(outFolder(io, out), 'nights.ndjson') : resolve(io.cwd, history)

/** Damaged runs are named and left out. */
function keptRuns(folder: string, io: Io): RunResult[] {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name !== 'latest') : []
  return names.flatMap((name) => {
    if (!isRunFolder(join(folder, name))) return []
    try {
      return [readRun(join(folder, name))]
    } catch (error) {
      io.err(`squall: ${name} is left out: ${(error as Error).message}\n`)
      return []
    }
  })
}
