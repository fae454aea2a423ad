import { cleanLeftovers } from '../leases/leases.ts'
import type { Command } from './command.ts'
import { flags } from './options.ts'

export const clean: Command = {
  name: 'clean',
  summary: 'kill processes and remove files that dead runs left behind; live runs are not touched',
  options: [flags.json],
  async run(_names, { json }: { json?: boolean }, io) {
    const cleaned = await cleanLeftovers()
    if (json) io.out(`${JSON.stringify(cleaned, null, 2)}\n`)
    else {
      for (const what of cleaned.killed) io.out(`ended ${what}\n`)
      for (const path of cleaned.removed) io.out(`removed ${path}\n`)
      if (cleaned.killed.length + cleaned.removed.length === 0) io.out('nothing was left behind\n')
    }
    return 0
  },
}
