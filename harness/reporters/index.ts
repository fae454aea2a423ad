import { type ConsoleOptions, consoleReporter } from './console.ts'
import { type RenderingName, renderFile } from './files.ts'
import { multiplex } from './multiplexer.ts'
import { readRecord } from './record.ts'
import type { Reporter } from './reporter.ts'

/** Derives one file from the run's record on disk, so that rendering it again gives the same bytes. */
function fileReporter(name: RenderingName): Reporter {
  let folder = ''
  return {
    onRunStart(run) {
      folder = run.folder
    },
    onRunEnd: () => void renderFile(folder, name, readRecord(folder)),
  }
}

const ofFiles = {
  junit: () => fileReporter('junit.xml'),
  markdown: () => fileReporter('summary.md'),
  html: () => fileReporter('report.html'),
  ctrf: () => fileReporter('ctrf.json'),
  metrics: () => fileReporter('metrics.om'),
  perfetto: () => fileReporter('trace.perfetto.json'),
} as const satisfies Record<string, () => Reporter>

/** Every reporter by its name. */
export const reporters = {
  ...ofFiles,
  console: consoleReporter,
} as const satisfies Record<string, (options: ConsoleOptions) => Reporter>

/** Combines all reporters; files are written before the console prints their paths. */
export function allReporters(options: ConsoleOptions): Required<Reporter> {
  const made = Object.entries(reporters).map(([name, make]) => [name, make(options)] as const)
  return multiplex(Object.fromEntries(made), (sentence) => options.write(`squall: ${sentence}\n`))
}

/** Those that write the files of a run, by name. */
export const fileReporters = (): Record<string, Reporter> =>
  Object.fromEntries(Object.entries(ofFiles).map(([name, make]) => [name, make()]))
