import { main } from '../../../harness/cli/program.ts'
import { systemClock } from '../../../harness/platform/clock.ts'
import type { Io } from '../../../harness/platform/io.ts'

interface Answer {
  code: number
  out: string
  err: string
}

/** An empty terminal in the folder of the project, which shows nothing. */
export const quietIo = (own: Partial<Io> = {}): Io => ({
  out: () => {},
  err: () => {},
  isTty: false,
  env: process.env,
  clock: systemClock,
  cwd: process.cwd(),
  root: process.cwd(),
  interruption: { by: () => undefined, onStop: () => {} },
  ...own,
})

/** Runs the command line in this process, as a person in an empty terminal would. */
export async function squall(words: string[], own: Partial<Io> = {}): Promise<Answer> {
  let out = ''
  let err = ''
  const io = quietIo({
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    ...own,
  })
  return { code: await main(words, io), out, err }
}
