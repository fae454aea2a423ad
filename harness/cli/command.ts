import type { Io } from '../platform/io.ts'

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
