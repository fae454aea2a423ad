import { existsSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import type { OwnSuite, SquallConfig } from '../config.ts'
import { UsageError } from '../platform/errors.ts'
import { orNearest } from '../platform/nearest.ts'
import type { Scenario } from '../scenario.ts'
import { loadAll, loadFolder, loadOther, loadScenario, requireDifferentIds, requireKnownIds } from './scenario-files.ts'
import { isSuite, suites } from './suites.ts'
import { hasTag, tagsOf } from './tags.ts'

export interface Selection {
  /** Names the run. */
  suite: string
  scenarios: Scenario[]
}

interface Places {
  root: string
  cwd: string
  /** What stands in `squall.config.ts`, and the folder of that file. */
  config?: SquallConfig & { folder: string }
}

interface Requested extends Places {
  names: readonly string[]
  grep?: RegExp
  /** Only scenarios that have one of them. Default: all. */
  tags?: readonly string[]
  /** Folders outside the project whose scenarios can be named too; without a name, all of theirs are meant. */
  otherFolders?: readonly string[]
}

type Known = Pick<Requested, 'root' | 'config' | 'otherFolders'>

/** Every scenario of the project, and those of the files and folders that suites of one's own name. */
export async function loadKnown({ root, config, otherFolders = [] }: Known): Promise<Scenario[]> {
  const entries = Object.values(config?.suites ?? {}).flatMap(({ scenarios = [] }) => scenarios)
  const paths = [...new Set(entries.filter((name) => isPath(name, config!.folder)))]
  const own = await Promise.all(paths.map((path) => ofPath(path, { root, cwd: config!.folder })))
  // A file may stand in several suites; Node gives the same scenario for it each time.
  return requireDifferentIds([...new Set([...(await loadAll(root, otherFolders)), ...own.flat()])])
}

/** Scenarios by suite, id or path of a file; each once. Throws a sentence when nothing is left, or a name is unknown. */
export async function selectScenarios(requested: Requested): Promise<Selection> {
  const { names, grep, tags = [], otherFolders = [], ...places } = requested
  const wanted =
    names.length > 0 ? names : otherFolders.length > 0 ? otherFolders : [places.config?.suite ?? 'acceptance']
  const chosen = await chosenBy({ ...places, names, otherFolders }, wanted)
  const unique = [...new Map(chosen.map((one) => [one.id, one])).values()]
  const tagged = unique.filter((one) => hasTag(one, tags))
  const matching = grep ? tagged.filter(({ id, title }) => grep.test(id) || grep.test(title)) : tagged
  const list = wanted.join(', ')
  if (unique.length === 0) throw new UsageError(`${list} has no scenarios`)
  if (tagged.length === 0) throw new UsageError(`no scenario of ${list} has the ${describeTags(tags, unique)}`)
  if (matching.length === 0) throw new UsageError(`no scenario of ${list} matches --grep ${grep!.source}`)
  const isNamed = names.length > 0 || otherFolders.length === 0
  return { suite: isNamed ? nameOf(wanted, matching, places) : 'selection', scenarios: matching }
}

async function chosenBy({ names, otherFolders = [], ...places }: Requested, wanted: readonly string[]) {
  if (names.length === 0 && otherFolders.length > 0) return (await Promise.all(otherFolders.map(loadOther))).flat()
  const known = wanted.every((name) => isFile(name, places.cwd)) ? [] : await loadKnown({ ...places, otherFolders })
  const chosen: Scenario[] = []
  for (const name of wanted) chosen.push(...(await named(name, known, places)))
  return chosen
}

/** `tag brwser, did you mean browser?; there are browser, store`. */
function describeTags(tags: readonly string[], scenarios: readonly Scenario[]): string {
  const known = [...new Set(scenarios.flatMap(tagsOf))].sort()
  const nearest = tags.length === 1 ? orNearest(tags[0]!, known) : ''
  return `${tags.length === 1 ? 'tag' : 'tags'} ${tags.join(', ')}${nearest}; there are ${known.join(', ')}`
}

const nameOf = (wanted: readonly string[], scenarios: readonly Scenario[], { config }: Places) => {
  if (wanted.length > 1) return 'selection'
  const [name = ''] = wanted
  return isSuite(name) || Object.hasOwn(config?.suites ?? {}, name) ? name : scenarios[0]!.id
}

async function loadNamed(file: string, shown: string, root: string): Promise<Scenario> {
  const one = await loadScenario(file, shown)
  const isOfProject = !relative(join(root, 'scenarios'), file).startsWith('..')
  return isOfProject ? requireKnownIds(one, shown, root) : one
}

const isFolder = (name: string, cwd: string) =>
  /^[./]/.test(name) && statSync(resolve(cwd, name), { throwIfNoEntry: false })?.isDirectory() === true
const isPath = (name: string, cwd: string) => isFile(name, cwd) || isFolder(name, cwd)

async function ofPath(name: string, { cwd, root }: Places): Promise<Scenario[]> {
  const path = resolve(cwd, name)
  if (isFile(name, cwd)) return [await loadNamed(path, name, root)]
  return (await loadFolder(path, cwd)).map(({ scenario }) => scenario)
}

/** Returns the folders of scenarios that are named by a path and stand elsewhere than in the project: no id leads to those. */
export const foldersElsewhere = (names: readonly string[], { root, cwd }: Pick<Places, 'root' | 'cwd'>): string[] => [
  ...new Set(
    names
      .filter((name) => isPath(name, cwd))
      .map((name) => (isFile(name, cwd) ? dirname(resolve(cwd, name)) : resolve(cwd, name)))
      .filter((folder) => relative(join(root, 'scenarios'), folder).startsWith('..')),
  ),
]

const isFile = (name: string, cwd: string) =>
  name.endsWith('.ts') && existsSync(resolve(cwd, name)) && statSync(resolve(cwd, name)).isFile()

async function named(name: string, known: readonly Scenario[], { cwd, root, config }: Places): Promise<Scenario[]> {
  if (isPath(name, cwd)) return ofPath(name, { cwd, root })
  if (name.endsWith('.ts')) throw new UsageError(`there is no scenario file ${name}`)
  const own = config?.suites?.[name]
  if (own) return ofSuite(own, known, { root, cwd: config.folder })
  if (isSuite(name)) return known.filter(suites[name].has)
  const found = known.filter((one) => isBelow(one, name))
  if (found.length > 0) return found
  const words = [...Object.keys(config?.suites ?? {}), ...Object.keys(suites), ...known.map(({ id }) => id)]
  throw new UsageError(
    `there is no scenario or suite ${name}${orNearest(name, words)}; "squall list scenarios" lists them`,
  )
}

/** The scenarios of a suite of one's own; its files are named from the folder of `squall.config.ts`. */
export async function ofSuite(
  { scenarios = ['acceptance'], tags = [], except = [] }: OwnSuite,
  known: readonly Scenario[],
  places: Omit<Places, 'config'>,
): Promise<Scenario[]> {
  const chosen: Scenario[] = []
  for (const name of scenarios) chosen.push(...(await named(name, known, places)))
  return chosen.filter((one) => hasTag(one, tags) && !except.some((name) => isBelow(one, name)))
}

const isBelow = ({ id }: Scenario, name: string) => id === name || id.startsWith(`${name}/`)
