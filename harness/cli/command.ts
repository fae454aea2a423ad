import type { Io } from '../platform/io.ts'

/** What a shell offers: these words, the names of a list, or the files of the machine. */
export type Completes = readonly string[] | 'scenarios' | 'tags' | 'defects' | 'paths'

export interface OptionSpec {
  /** As commander wants it: `--nodes <n>`. */
  flags: string
  help: string
  parse?(text: string, before: unknown): unknown
  default?: unknown
  /** What may follow it. Default: nothing that a shell knows. */
  completes?: Completes
}

/** One command: what it is called, what it takes, and a function that returns the exit code. */
export interface Command {
  name: string
  /** `[scenario...]`, `<run>`, `<kind> <name>` or nothing. */
  argument?: string
  /** What each word of the argument may be, in their order. */
  argumentHelp?: readonly string[]
  summary: string
  /** What its argument may be. Default: nothing that a shell knows. */
  completes?: Completes
  options: readonly OptionSpec[]
  // Each command knows the options that it declares.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  run(names: string[], options: any, io: Io): Promise<number>
}
