import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import type { SquallConfig } from '../config.ts'
import { UsageError } from '../platform/errors.ts'
import type { Io } from '../platform/io.ts'
import { orNearest } from '../platform/nearest.ts'
import { whyNotLoaded } from '../runner/scenario-files.ts'
import { isSuite } from '../runner/suites.ts'
import type { Command, OptionSpec } from './command.ts'

export const configName = 'squall.config.ts'

const names = z.array(z.string().min(1))
const ownSuite = z.strictObject({
  summary: z.string().min(1),
  scenarios: names.optional(),
  tags: names.optional(),
  except: names.optional(),
})
const suiteName = z.string().regex(/^[a-z][a-z0-9-]*$/, 'expected small letters, digits and dashes')
const value = z.union([z.string(), z.number(), z.boolean()])
const shape = z.strictObject({
  suites: z.record(suiteName, ownSuite).optional(),
  suite: z.string().optional(),
  defaults: z.record(z.string(), z.record(z.string(), value)).optional(),
})

/** Reads `squall.config.ts` of this folder, or else of the project. Throws UsageError with one sentence that names the file and what is wrong. */
export async function readConfig({ cwd, root }: Pick<Io, 'cwd' | 'root'>): Promise<Io['config']> {
  const file = [cwd, root].map((folder) => join(folder, configName)).find((path) => existsSync(path))
  if (file === undefined) return undefined
  const shown = relative(cwd, file)
  const loaded = await import(pathToFileURL(file).href).catch((error: Error) => {
    throw new UsageError(`${shown} cannot be read: ${whyNotLoaded(error)}`)
  })
  const problem = problemOf(loaded.default)
  if (problem !== undefined) throw new UsageError(`${shown} is wrong: ${problem}`)
  return { ...(loaded.default as SquallConfig), folder: dirname(file) }
}

function problemOf(config: unknown): string | undefined {
  if (config === undefined) return 'it has no default export; write "export default defineConfig({ ... })"'
  const { error, data } = shape.safeParse(config)
  if (error) return describeIssue(error.issues[0]!)
  const taken = Object.keys(data.suites ?? {}).find(isSuite)
  if (taken !== undefined) return `suites.${taken} has the name of a suite that there is; give it another`
  return undefined
}

const keysOf: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(shape.shape),
  suites: Object.keys(ownSuite.shape),
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join('.')
  if (issue.code !== 'unrecognized_keys') return `${path === '' ? 'its default export' : path}: ${issue.message}`
  const [key = ''] = issue.keys
  const known = keysOf[issue.path.length === 0 ? '' : String(issue.path[0])] ?? []
  return `${[...issue.path, key].join('.')} is unknown${orNearest(key, known)}; there are ${known.join(', ')}`
}

/** What stands for a path in the defaults, and starts from the folder of the file. */
const paths = ['target', 'out', 'history']

/** The options of a command, with the defaults of the file. Throws UsageError for a default that the command would refuse. */
export function optionsWithDefaults(command: Command, config: Io['config']): OptionSpec[] {
  const own: Readonly<Record<string, unknown>> = config?.defaults?.[command.name as never] ?? {}
  return command.options.map((option) => {
    const key = keyOf(option)
    return Object.hasOwn(own, key) ? { ...option, default: parsed(command, option, own[key], config!.folder) } : option
  })
}

/** `--fail-fast` is `failFast`. */
export const keyOf = ({ flags }: OptionSpec): string =>
  flags.replace(/^--([\w-]+).*$/, '$1').replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())

const takesValue = ({ flags }: OptionSpec) => flags.includes('<')

function parsed(command: Command, option: OptionSpec, given: unknown, folder: string): unknown {
  const where = `${configName}: defaults.${command.name}.${keyOf(option)}`
  if (!takesValue(option)) {
    if (typeof given === 'boolean') return given
    throw new UsageError(`${where} takes true or false; got ${JSON.stringify(given)}`)
  }
  const text = paths.includes(keyOf(option)) && given !== 'compose' ? resolve(folder, String(given)) : String(given)
  try {
    return option.parse ? option.parse(text, undefined) : text
  } catch (error) {
    throw new UsageError(`${where}: ${(error as Error).message}`)
  }
}

/** Throws UsageError for a verb or an option that does not exist. */
export function requireKnownDefaults(commands: Readonly<Record<string, Command>>, config: Io['config']) {
  for (const [verb, own] of Object.entries(config?.defaults ?? {})) {
    const command = Object.hasOwn(commands, verb) ? commands[verb] : undefined
    if (!command)
      throw new UsageError(
        `${configName}: there is no command ${verb} for defaults${orNearest(verb, Object.keys(commands))}`,
      )
    const known = command.options.map(keyOf)
    const stray = Object.keys(own).find((key) => !known.includes(key))
    if (stray !== undefined)
      throw new UsageError(
        `${configName}: defaults.${verb}.${stray} is unknown${orNearest(stray, known)}; ${verb} takes ${known.join(', ')}`,
      )
  }
}
