import { cleanLeftovers } from '../leases/leases.ts'
import type { Io } from '../platform/io.ts'
import { outFolder, removeOldRuns } from '../runner/run-folder.ts'
import type { Command } from './command.ts'
import { flags, wholeNumber } from './options.ts'

interface CleanFlags {
  json?: boolean
  reports?: boolean
  keep: number
  out?: string
}

const oldRuns = ({ out, keep }: CleanFlags, io: Io) => removeOldRuns(outFolder(io, out), keep)

export const clean: Command = {
  name: 'clean',
  summary: 'kill processes and remove files that dead runs left behind; live runs are not touched',
  options: [
    { flags: '--reports', help: 'remove the folders of old runs too' },
    {
      flags: '--keep <n>',
      help: 'with --reports: how many of the newest runs stay',
      parse: wholeNumber('--keep', 0, 1_000_000),
      default: 10,
    },
    flags.out,
    flags.json,
  ],
  async run(_names, { json, ...options }: CleanFlags, io) {
    const cleaned = await cleanLeftovers()
    if (options.reports) cleaned.removed.push(...oldRuns(options, io))
    if (json) io.out(`${JSON.stringify(cleaned, null, 2)}\n`)
    else {
      for (const what of cleaned.killed) io.out(`ended ${what}\n`)
      for (const path of cleaned.removed) io.out(`removed ${path}\n`)
      if (cleaned.killed.length + cleaned.removed.length === 0) io.out('nothing was left behind\n')
    }
    return 0
  },
}
