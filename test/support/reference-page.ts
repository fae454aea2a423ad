import { checkers } from '../../harness/checkers/index.ts'
import type { Command, OptionSpec } from '../../harness/cli/command.ts'
import { flags } from '../../harness/cli/options.ts'
import { describeAim } from '../../harness/faults/aims.ts'
import { faults } from '../../harness/faults/index.ts'
import { describeOptionsInFull } from '../../harness/faults/options.ts'
import { exitCodeMeanings, exitCodes } from '../../harness/platform/exit-codes.ts'

/** The content of `docs/reference.md`: everything in it is read from the code. */
export const referencePage = (commands: Readonly<Record<string, Command>>): string =>
  `${[
    '# Reference',
    'Made from the code: `npm run reference` writes it again, and a test holds it up to date.',
    '## Commands',
    ...Object.values(commands).flatMap(commandPart),
    '## Exit codes',
    table(
      ['code', 'means'],
      namesOf(exitCodes).map((name) => [String(exitCodes[name]), exitCodeMeanings[name]]),
    ),
    'What a pipeline should do with each: [Squall in CI](ci.md).',
    '## Faults',
    'In scenarios, plans and the console: a kind, a target and options. [How to add one](adding-a-fault.md).',
    table(
      ['kind', 'does', 'target', 'options'],
      Object.values(faults).map(({ kind, title, aim, options }) => [
        `\`${kind}\``,
        title,
        describeAim(aim),
        describeOptionsInFull(options).join('; '),
      ]),
    ),
    '## Checkers',
    'Each judges the whole history of a scenario. [How to add one](adding-a-checker.md).',
    table(
      ['name', 'invariant'],
      Object.values(checkers).map(({ name, invariant }) => [`\`${name}\``, invariant]),
    ),
  ].join('\n\n')}\n`

function commandPart({ name, argument, argumentHelp = [], summary, options }: Command): string[] {
  const usage = `### squall ${[name, argument].filter((part) => part !== undefined).join(' ')}`
  const rows = options.map((option) => [`\`${option.flags}\``, option.help, defaultOf(option)])
  const words = argument?.split(' ').map((word, index) => `\`${word}\`: ${argumentHelp[index]}.`) ?? []
  return [usage, sentence(summary), ...words, ...(rows.length > 0 ? [table(['option', 'is', 'default'], rows)] : [])]
}

/** Its help says how. */
const dependsOnMachine = (option: OptionSpec) =>
  option.default === flags.jobs.default && option.flags === flags.jobs.flags

const defaultOf = (option: OptionSpec) =>
  option.default === undefined || dependsOnMachine(option) ? '' : `\`${option.default}\``

const sentence = (text: string) => `${text[0]!.toUpperCase()}${text.slice(1)}.`
const namesOf = <T extends object>(record: T) => Object.keys(record) as (keyof T & string)[]

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${head.map(() => '--|').join('')}`, ...rows.map(line)].join('\n')
}
