import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UsageError } from '../platform/errors.ts'
import { orNearest } from '../platform/nearest.ts'
import type { Scenario } from '../scenario.ts'
import { catalogueIds } from './catalogue.ts'
import { corpusScenarios } from './plan-scenario.ts'

export function scenarioFiles(folder: string): string[] {
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return scenarioFiles(path)
    return entry.name.endsWith('.ts') ? [path] : []
  })
}

/** Loads one file. Throws a sentence that names the file and what is wrong with it. */
export async function loadScenario(file: string, shown = file): Promise<Scenario> {
  return asScenario(await loadModule(file, shown), shown)
}

type Loaded = { default?: unknown }

async function loadModule(file: string, shown: string): Promise<Loaded> {
  try {
    return (await import(pathToFileURL(file).href)) as Loaded
  } catch (error) {
    throw new UsageError(`${shown} is no scenario: ${whyNotLoaded(error as Error)}`)
  }
}

function asScenario(loaded: Loaded, shown: string): Scenario {
  const problem = shapeProblem(loaded.default)
  if (problem !== undefined) throw new UsageError(`${shown} is no scenario: ${problem}`)
  return loaded.default as Scenario
}

/** The line number, where the error knows one, is worth more than the stack. */
export function whyNotLoaded(error: Error): string {
  const line = /^(?:file:\/\/)?\S+?\.ts:(\d+)/.exec(error.stack ?? '')?.[1]
  const message = error.message.split('\n')[0]
  return `${error.name === 'Error' || error.name === 'BadScenario' ? '' : `${error.name}: `}${message}${line ? ` (line ${line})` : ''}`
}

function shapeProblem(value: unknown): string | undefined {
  if (value === undefined) return 'it has no default export; write "export default scenario({ ... })"'
  const { id, title, covers, steps, expectations } = (value ?? {}) as Record<string, unknown>
  if (typeof id !== 'string' || typeof title !== 'string' || !Array.isArray(covers))
    return 'its default export is not made by scenario({ id, title, invariant, covers, steps, expectations })'
  if (!Array.isArray(steps) || !Array.isArray(expectations)) return `${id} has no list of steps and expectations`
  return undefined
}

/** Scenarios of a project with a catalogue cover what stands in it; elsewhere ids are free. */
export function requireKnownIds(scenario: Scenario, shown: string, root: string): Scenario {
  const known = catalogueIds(root)
  if (known && scenario.covers.length === 0)
    throw new UsageError(`${shown} is no scenario: ${scenario.id} names no catalogue id that it covers`)
  const stranger = known && scenario.covers.find((id) => !known.has(id))
  if (stranger === undefined) return scenario
  throw new UsageError(
    `${shown} is no scenario: it covers ${stranger}, which the catalogue in docs/spec/ does not have${orNearest(stranger, [...known!])}`,
  )
}

/** What is shared between scenarios exports words by their names, and nothing by default. A file that makes a scenario forgot to. */
const isHelper = (loaded: Loaded, file: string) =>
  loaded.default === undefined && Object.keys(loaded).length > 0 && !makesScenario.test(readFileSync(file, 'utf8'))

/** At the beginning of a line: a function that makes scenarios for other files is indented. */
const makesScenario = /^(?:(?:export )?const \w+ = )?scenario\(/m

/** Every scenario of the project, the plans of the corpus first, and those of other folders: each in the order of their files. */
export async function loadAll(root: string, otherFolders: readonly string[] = []): Promise<Scenario[]> {
  const own = await loadFolder(join(root, 'scenarios'), root)
  const ofProject = own.map(({ scenario, shown }) => requireKnownIds(scenario, shown, root))
  const others = await Promise.all(otherFolders.map(loadOther))
  return requireDifferentIds([...scenariosOfCorpus(root), ...ofProject, ...others.flat()])
}

/** Returns them. Throws a sentence when two have the same id. */
export function requireDifferentIds(all: Scenario[]): Scenario[] {
  const twice = all.find(({ id }, index) => all.findIndex((one) => one.id === id) !== index)
  if (twice) throw new UsageError(`two scenarios are called ${twice.id}; give one of them another id`)
  return all
}

/** The scenarios of a folder outside the project, which need no id of the catalogue. Throws UsageError where there is none. */
export async function loadOther(folder: string): Promise<Scenario[]> {
  const loaded = await loadFolder(folder, process.cwd())
  if (loaded.length === 0) throw new UsageError(`--scenarios ${folder} has no scenario file (*.ts)`)
  return loaded.map(({ scenario }) => scenario)
}

/** Files are named from `from` in what is said about them. */
export async function loadFolder(folder: string, from: string): Promise<{ scenario: Scenario; shown: string }[]> {
  const files = scenarioFiles(folder).map((file) => ({ file, shown: relative(from, file) }))
  const loaded = await Promise.all(
    files.map(async ({ file, shown }) => ({ file, shown, it: await loadModule(file, shown) })),
  )
  return loaded
    .filter(({ it, file }) => !isHelper(it, file))
    .map(({ it, shown }) => ({ scenario: asScenario(it, shown), shown }))
}

function scenariosOfCorpus(root: string): Scenario[] {
  try {
    return corpusScenarios(root)
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
