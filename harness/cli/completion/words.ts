import type { Command, Completes, OptionSpec } from '../command.ts'

/** What a shell offers for one command: its options, and what may follow each of them and the command itself. */
export interface Words {
  verb: string
  summary: string
  names: Completes
  options: { long: string; help: string; takesValue: boolean; values: Completes }[]
}

/** Every command as a shell sees it. Pure. */
export const wordsOf = (commands: readonly Command[]): Words[] =>
  commands.map(({ name, summary, completes = [], options }) => ({
    verb: name,
    summary: firstPart(summary),
    names: completes,
    options: options.map(optionOf),
  }))

const optionOf = ({ flags, help, completes = [] }: OptionSpec) => ({
  long: flags.split(' ')[0]!,
  help: firstPart(help),
  takesValue: flags.includes('<'),
  values: completes,
})

/** Shells show one short line. */
const firstPart = (text: string) => text.split(/[;(]/)[0]!.trim()

/** Asked when it is wanted, so that what was added since is offered too: the first words of the lines of these lists. */
export const listsOf: Readonly<Record<string, readonly string[]>> = {
  scenarios: ['suites', 'scenarios'],
  tags: ['tags'],
  defects: ['defects'],
}
