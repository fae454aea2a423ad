import { main } from '../../../harness/cli/program.ts'
import { systemClock } from '../../../harness/platform/clock.ts'
import type { Io } from '../../../harness/platform/io.ts'

interface Answer {
  code: number
  out: string
  err: string
}

/** Runs the command line in this process, as a person in an empty terminal would. */
export async function squall(words: string[], own: Partial<Io> = {}): Promise<Answer> {
  let out = ''
  let err = ''
  const code = await main(words, {
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    isTty: false,
    env: process.env,
    clock: systemClock,
    cwd: process.cwd(),
    root: process.cwd(),
    interruption: { by: () => undefined, onStop: () => {} },
    ...own,
  })
  return { code, out, err }
}
