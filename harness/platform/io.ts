import type { SquallConfig } from '../config.ts'
import type { Clock } from './clock.ts'
import type { Interruption } from './interruption.ts'
import type { Terminal } from './terminal.ts'

/** All that a command may touch of the process it runs in; tests hand in their own. */
export interface Io {
  /** The result. */
  out(text: string): void
  /** Progress and complaints. */
  err(text: string): void
  /** Whether progress goes to a terminal. */
  isTty: boolean
  /** Whether the result goes to a terminal, and not into a file or a pipe. Default: it does not. */
  isResultTty?: boolean
  /** Of the terminal of progress, in characters; it may change. Default: 80 by 24. */
  size?: () => { columns: number; rows: number }
  /** The terminal to draw a whole screen on and to read keys from; undefined where there is none. */
  terminal?: () => Terminal | undefined
  env: Record<string, string | undefined>
  clock: Clock
  /** Folder that relative paths on the command line start from. */
  cwd: string
  /** Folder of the project. */
  root: string
  interruption: Interruption
  /** What stands in `squall.config.ts`, and the folder of that file; nothing where there is none. */
  config?: SquallConfig & { folder: string }
}
