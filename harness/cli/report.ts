import { type RenderingName, renderFile, renderings } from '../reporters/files.ts'
import { readRecord } from '../reporters/record.ts'
import type { Command } from './command.ts'
import { demandWritable, findRun } from './run-folder.ts'

export const report: Command = {
  name: 'report',
  argument: '<run>',
  summary: 'render the reports of a run again from verdict.json and history.ndjson',
  options: [],
  async run([name], _options, io) {
    const folder = findRun(name!, io)
    demandWritable(folder)
    const record = readRecord(folder)
    for (const file of Object.keys(renderings) as RenderingName[]) io.out(`${renderFile(folder, file, record)}\n`)
    return 0
  },
}
