import { exitCodes } from './exit-codes.ts'
import { codeOf, type Interruption } from './interruption.ts'
import { messageOf } from './plain-text.ts'

export interface LastResort {
  /** The exit code of a command that has ended: one that seemed to pass has missed something when a failure came to nobody. */
  codeAfter(code: number): number
}

/**
 * What happens when the harness itself is at fault. A failure that nobody awaited does not end a run, in which other scenarios go on; and a
 * command that waits for something that cannot happen any more ends with a code of ours instead of Node's.
 */
export function watchHarness(
  target: Pick<NodeJS.Process, 'on' | 'exit'>,
  say: (sentence: string) => void,
  interruption: Pick<Interruption, 'by'>,
): LastResort {
  let missed = 0
  let hasEnded = false
  target.on('unhandledRejection', (reason) => {
    missed += 1
    say(`squall: something failed that nobody waited for, which is a bug of Squall: ${messageOf(reason)}\n`)
  })
  target.on('beforeExit', () => {
    if (hasEnded) return
    const signal = interruption.by()
    say('squall: the command waits for what cannot happen any more, which is a bug of Squall; its watchdog cleans up\n')
    target.exit(signal === undefined ? exitCodes.harnessBug : codeOf(signal))
  })
  return {
    codeAfter(code) {
      hasEnded = true
      return code === exitCodes.passed && missed > 0 ? exitCodes.harnessBug : code
    },
  }
}
