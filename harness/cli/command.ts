import type { Clock } from '../platform/clock.ts'
import type { Interruption } from '../platform/interruption.ts'

/** All that a command may touch of the process it runs in; tests hand in their own. */
export interface Io {
  /** The result. */
  out(text: string): void
  /** Progress and complaints. */
  err(text: string): void
  /** Whether progress goes to a terminal. */
  isTty: boolean
  env: Record<string, string | undefined>
  clock: Clock
  /** Folder that relative paths on the command line start from. */
  cwd: string
  /** Folder of the project. */
  root: string
  interruption: Interruption
}

export interface OptionSpec {
  /** As commander wants it: `--nodes <n>`. */
  flags: string
  help: string
  parse?(text: string, before: unknown): unknown
  default?: unknown
}

/** One command: what it is called, what it takes, and a function that answers the exit code. */
export interface Command {
  name: string
  /** `[scenario...]`, `<run>` or nothing. */
  argument?: string
  summary: string
  options: readonly OptionSpec[]
  // Each command knows the options that it declares.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  run(names: string[], options: any, io: Io): Promise<number>
}
