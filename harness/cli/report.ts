import { join } from 'node:path'
import { openFile } from '../platform/open-file.ts'
import { type RenderingName, renderFile, renderings } from '../reporters/files.ts'
import { readRecord, tornLine } from '../reporters/record.ts'
import { findRun, requireWritable } from '../runner/run-folder.ts'
import type { Command } from './command.ts'
import { flags, runArgument } from './options.ts'

export const report: Command = {
  name: 'report',
  ...runArgument,
  completes: 'paths',
  summary: 'render the reports of a run again from verdict.json and history.ndjson',
  options: [flags.open],
  async run([name], { open }: { open?: boolean }, io) {
    const folder = findRun(name!, io)
    requireWritable(folder)
    const record = readRecord(folder)
    io.err(tornLine(record) ?? '')
    for (const file of Object.keys(renderings) as RenderingName[]) io.out(`${renderFile(folder, file, record)}\n`)
    if (open) openFile(join(folder, 'report.html'), io)
    return 0
  },
}
