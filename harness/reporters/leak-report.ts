import { exitCodes } from '../platform/exit-codes.ts'
import type { Io } from '../platform/io.ts'

/** Prints what is still left behind and returns the matching exit code. */
export function codeOfLeaks(leaks: readonly string[], io: Io): number {
  for (const leak of leaks) io.err(`✗ left behind  ${leak}\n`)
  return leaks.length > 0 ? exitCodes.leaked : exitCodes.passed
}
