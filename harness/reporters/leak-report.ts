import { exitCodes } from '../platform/exit-codes.ts'
import type { Io } from '../platform/io.ts'

/** Names what is left all the same, and returns the exit code for it. */
export function codeOfLeaks(leaks: readonly string[], io: Io): number {
  for (const leak of leaks) io.err(`✗ left behind  ${leak}\n`)
  return leaks.length > 0 ? exitCodes.leaked : exitCodes.passed
}
