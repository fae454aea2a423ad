import { fileURLToPath } from 'node:url'
import { systemClock } from '../platform/clock.ts'
import { endSoon, watchSignals } from '../platform/interruption.ts'
import { watchHarness } from '../platform/last-resort.ts'
import { createTerminal } from '../platform/terminal.ts'
import { main } from './program.ts'

/** The command line: the only file of it that touches the process. */
const say = (text: string) => void process.stderr.write(text)

// A reader that went away (`squall list | head`) is no error.
process.stdout.on('error', () => process.exit(0))

const interruption = watchSignals(process, (sentence) => say(`squall: ${sentence}\n`))
const lastResort = watchHarness(process, say, interruption)
const code = await main(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: say,
  isTty: process.stderr.isTTY === true,
  isResultTty: process.stdout.isTTY === true,
  size: () => ({ columns: process.stderr.columns || 80, rows: process.stderr.rows || 24 }),
  terminal: () =>
    process.stdin.isTTY && process.stdout.isTTY ? createTerminal(process.stdin, process.stdout, process) : undefined,
  env: process.env,
  clock: systemClock,
  cwd: process.cwd(),
  root: fileURLToPath(new URL('../..', import.meta.url)),
  interruption,
})

// Sockets of clients that were cut off may still be waiting for an answer; nobody needs it any more.
process.exitCode = lastResort.codeAfter(code)
endSoon(process)
