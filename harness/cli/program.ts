import { readFileSync } from 'node:fs'
import { CommanderError, InvalidArgumentError, Option, Command as Program } from 'commander'
import { asEnvironment, EnvironmentMissing, UsageError } from '../platform/errors.ts'
import { exitCodeMeanings, exitCodes } from '../platform/exit-codes.ts'
import type { Io } from '../platform/io.ts'
import { orNearest } from '../platform/nearest.ts'
import { BadDiff } from '../selftest/diff.ts'
import { bench } from './bench.ts'
import { check } from './check.ts'
import { clean } from './clean.ts'
import type { Command, OptionSpec } from './command.ts'
import { compare } from './compare.ts'
import { completionOf } from './completion/index.ts'
import { optionsWithDefaults, readConfig, requireKnownDefaults } from './config.ts'
import { doctor } from './doctor.ts'
import { explore } from './explore.ts'
import { init } from './init.ts'
import { lab } from './lab.ts'
import { list } from './list.ts'
import { load } from './load.ts'
import { merge } from './merge.ts'
import { mutate } from './mutate.ts'
import { newFile } from './new.ts'
import { nightly } from './nightly.ts'
import { observe } from './observe.ts'
import { proxy } from './proxy.ts'
import { replay } from './replay.ts'
import { report } from './report.ts'
import { run } from './run.ts'
import { selftest } from './selftest.ts'
import { shrink } from './shrink.ts'
import { simulate } from './simulate.ts'
import { test } from './test.ts'
import { trend } from './trend.ts'
import { up } from './up.ts'
import { watch } from './watch.ts'

/** Every command by its name, in the order of the help. */
export const commands: Record<string, Command> = {
  run,
  list,
  up,
  observe,
  proxy,
  doctor,
  replay,
  check,
  shrink,
  selftest,
  mutate,
  explore,
  simulate,
  bench,
  compare,
  lab,
  load,
  nightly,
  merge,
  report,
  trend,
  clean,
  watch,
  init,
  new: newFile,
  test,
  completion: completionOf(() => commands),
}

const exitCodeSummary = (Object.keys(exitCodes) as (keyof typeof exitCodes)[])
  .map((name) => `${exitCodes[name]} ${exitCodeMeanings[name]}`)
  .join(', ')

/** Parses, runs one command and returns the exit code. Nothing that a person can do wrong shows a stack. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    const verb = argv.find((word) => !word.startsWith('-'))
    if (verb !== undefined) requireKnown(verb)
    let code: number = exitCodes.passed
    const configuredIo = await configured(argv, io)
    const program = build(configuredIo, async (command, names, options) => {
      code = await command.run(names, options, configuredIo)
    })
    if (argv.length === 0) {
      io.err(program.helpInformation())
      return exitCodes.usage
    }
    await program.parseAsync([...argv], { from: 'user' })
    return code
  } catch (error) {
    return complain(asEnvironment(error as Error), io)
  }
}

/** Help needs no configuration, and is there when it is wrong; `init` makes one. */
async function configured(argv: readonly string[], io: Io): Promise<Io> {
  const isAsking =
    argv.length === 0 || argv[0] === 'init' || argv.some((word) => ['--help', '-h', '--version', 'help'].includes(word))
  const config = isAsking ? undefined : await readConfig(io)
  requireKnownDefaults(commands, config)
  return config ? { ...io, config } : io
}

/** What a command line asks for. */
export interface Parsed {
  command: Command
  names: string[]
  options: object
}

/** Parses a command line and runs nothing. Throws what `main` would complain about. */
export async function parsed(argv: readonly string[], io: Io): Promise<Parsed> {
  let found: Parsed | undefined
  requireKnown(argv[0] ?? '')
  const program = build(io, async (command, names, options) => {
    found = { command, names, options }
  })
  await program.parseAsync([...argv], { from: 'user' })
  return found!
}

function requireKnown(verb: string) {
  if (verb in commands || verb === 'help') return
  throw new UsageError(
    `there is no command ${verb}${orNearest(verb, Object.keys(commands))}; "squall --help" shows what there is`,
  )
}

const versionOf = () =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version

type Perform = (command: Command, names: string[], options: object) => Promise<void>

function build(io: Io, perform: Perform): Program {
  const program = new Program('squall')
    .description('Breaks a cluster on purpose and judges what its clients saw.')
    .usage('<command> [options]')
    .version(versionOf(), '--version', 'print the version')
    .addHelpText(
      'after',
      `\nNew here? "squall doctor" looks at your machine, and docs/tutorial.md takes ten minutes.\n\nExit codes: ${exitCodeSummary}.`,
    )
  quiet(program, io)
  for (const command of Object.values(commands)) {
    const sub = program.command(command.name).description(command.summary)
    quiet(sub, io)
    const words = command.argument?.split(' ') ?? []
    for (const [index, word] of words.entries()) sub.argument(word, command.argumentHelp?.[index])
    for (const option of optionsWithDefaults(command, io.config)) sub.addOption(toOption(option))
    sub.action(async (...args: unknown[]) => {
      const names = args.slice(0, words.length).flat() as (string | undefined)[]
      const given = names.filter((name) => name !== undefined)
      await perform(command, given, sub.opts())
    })
  }
  return program
}

/** Commander throws instead of ending the process, because exit codes are decided here. */
function quiet(program: Program, io: Io) {
  program
    .exitOverride()
    .allowExcessArguments(false)
    .configureOutput({ writeOut: io.out, writeErr: () => {} })
}

function toOption({ flags, help, parse, default: standard }: OptionSpec): Option {
  const option = new Option(flags, help)
  if (standard !== undefined) option.default(standard)
  if (parse) option.argParser(parse as (text: string, before: unknown) => unknown)
  return option
}

const asCode = (error: Error): number => {
  if (error instanceof UsageError || error instanceof BadDiff || error instanceof InvalidArgumentError)
    return exitCodes.usage
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.passed : exitCodes.usage
  return error instanceof EnvironmentMissing ? exitCodes.environment : exitCodes.harnessBug
}

function complain(error: Error, io: Io): number {
  const code = asCode(error)
  if (code === exitCodes.passed) return code
  const sentence = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ')
  if (code !== exitCodes.harnessBug) io.err(`squall: ${sentence}\n`)
  else {
    io.err(`squall: the harness itself failed: ${sentence}; SQUALL_DEBUG=1 shows where\n`)
    if (io.env.SQUALL_DEBUG) io.err(`${error.stack}\n`)
  }
  return code
}
