import { type ConsoleOptions, consoleReporter } from './console.ts'
import { type RenderingName, renderFile } from './files.ts'
import { multiplex } from './multiplexer.ts'
import { type RunRecord, readRecord } from './record.ts'
import type { Reporter } from './reporter.ts'

const files = {
  junit: 'junit.xml',
  markdown: 'summary.md',
  html: 'report.html',
  ctrf: 'ctrf.json',
  metrics: 'metrics.om',
  perfetto: 'trace.perfetto.json',
} as const satisfies Record<string, RenderingName>

/** Derives one file from the run's record on disk, so that rendering it again gives the same bytes. */
function fileReporter(name: RenderingName, read: (folder: string) => RunRecord): Reporter {
  let folder = ''
  return {
    onRunStart(run) {
      folder = run.folder
    },
    onRunEnd: () => void renderFile(folder, name, read(folder)),
  }
}

/** Those that write the files of a run, by name. */
export function fileReporters(): Record<string, Reporter> {
  const records = readOnce(Object.keys(files).length)
  return Object.fromEntries(Object.entries(files).map(([name, file]) => [name, fileReporter(file, records)]))
}

/** The history of a long run takes most of the time of a report, so it is read once for all readers, and forgotten after the last. */
function readOnce(readers: number) {
  let known: { folder: string; record: RunRecord; left: number } | undefined
  return (folder: string): RunRecord => {
    if (known?.folder !== folder) known = { folder, record: readRecord(folder), left: readers }
    const { record } = known
    known.left -= 1
    if (known.left === 0) known = undefined
    return record
  }
}

/** Combines all reporters; files are written before the console prints their paths. */
export function allReporters(options: ConsoleOptions): Required<Reporter> {
  const all = { ...fileReporters(), console: consoleReporter(options) }
  return multiplex(all, (sentence) => options.write(`squall: ${sentence}\n`))
}
