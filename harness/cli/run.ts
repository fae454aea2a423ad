import { join, relative, resolve } from 'node:path'
import type { PubSubName } from '../cluster/cluster.ts'
import type { DriverName } from '../cluster/drivers.ts'
import { exitCodes } from '../platform/exit-codes.ts'
import type { Io } from '../platform/io.ts'
import { openFile } from '../platform/open-file.ts'
import { freshSeed } from '../platform/random.ts'
import { allReporters } from '../reporters/index.ts'
import { json } from '../reporters/json.ts'
import { resultPalette, wantsColor } from '../reporters/palette.ts'
import { createProgress } from '../reporters/progress.ts'
import { repeatTotal } from '../reporters/repeat-total.ts'
import type { Reporter } from '../reporters/reporter.ts'
import { checkPrerequisites, requireRedis, withoutMissingRedis } from '../runner/prerequisites.ts'
import { type RunOptions, runAll } from '../runner/run.ts'
import { baseOptions, targetOptions } from '../runner/run-options.ts'
import { foldersElsewhere, selectScenarios } from '../runner/selection.ts'
import type { Scenario } from '../scenario.ts'
import { patchFor } from '../selftest/defects.ts'
import { type RunResult, worstOutcome } from '../verdict/result.ts'
import type { Command } from './command.ts'
import { flags, scenarioArgument } from './options.ts'

export interface RunFlags {
  seed?: number
  driver: DriverName
  target?: string
  nodes: number
  pubsub: PubSubName
  grep?: RegExp
  scenarios?: string[]
  tag?: string[]
  open?: boolean
  repeat: number
  jobs: number
  out?: string
  json?: boolean
  headed?: boolean
  budget?: number
  defect?: string[]
  retries?: number
  failFast?: boolean
  verbose?: boolean
}

export const run: Command = {
  name: 'run',
  ...scenarioArgument,
  completes: 'scenarios',
  summary: 'run scenarios, judge their histories, write a report (default: suite acceptance)',
  options: [
    flags.seed,
    flags.nodes,
    flags.tag,
    flags.grep,
    flags.scenarios,
    flags.repeat,
    flags.jobs,
    flags.retries,
    flags.failFast,
    flags.defect,
    flags.budget,
    flags.headed,
    flags.out,
    flags.open,
    flags.verbose,
    flags.json,
    flags.driver,
    flags.target,
    flags.pubsub,
  ],
  async run(names, options: RunFlags, io) {
    const { suite, scenarios: wanted } = await selectScenarios({
      names,
      root: io.root,
      cwd: io.cwd,
      otherFolders: foldersOf(options, io),
      ...(options.grep && { grep: options.grep }),
      ...(options.tag && { tags: options.tag }),
      ...(io.config && { config: io.config }),
    })
    const where = targetOptions(options, io)
    if (options.pubsub === 'redis') requireRedis(options.driver, io)
    const scenarios = options.driver === 'process' ? withoutMissingRedis(wanted, names, io) : wanted
    sayOwnNodes(scenarios, options.nodes, io)
    const patch = await patchFor(options.defect, io)
    return repeatedly(options, io, (reporter) => ({
      ...baseOptions(options, io),
      ...where,
      suite,
      scenarios,
      replayArguments: replayArguments({ ...options, names }, io),
      seed: options.seed ?? freshSeed(),
      nodes: options.nodes,
      pubsub: options.pubsub,
      patch,
      retries: options.retries ?? 0,
      ...(options.failFast && { isEnough: ({ outcome }) => outcome === 'violated' }),
      reporter,
    }))
  },
}

/** Where `--scenarios` leads to. */
export const foldersOf = ({ scenarios = [] }: { scenarios?: string[] }, { cwd }: Pick<Io, 'cwd'>): string[] =>
  scenarios.map((folder) => resolve(cwd, folder))

interface BesideRecording {
  target?: string
  scenarios?: string[]
  names?: readonly string[]
}

/** Returns the arguments that a replay needs because no recording holds them: where the system is, and where scenarios of one's own are. */
export const replayArguments = ({ target, names = [], ...options }: BesideRecording, io: Io): string[] => [
  ...(target === undefined ? [] : ['--target', target === 'compose' ? target : fromHere(target, io)]),
  ...[...foldersOf(options, io), ...foldersElsewhere(names, io)].flatMap((path) => ['--scenarios', fromHere(path, io)]),
]

const fromHere = (path: string, { cwd }: Io) => relative(cwd, resolve(cwd, path)) || '.'

/** Whoever chose a number of nodes is told which scenarios do not follow. */
function sayOwnNodes(scenarios: readonly Scenario[], nodes: number, io: Io) {
  if (nodes === flags.nodes.default) return
  const own = scenarios.filter(({ given }) => given?.nodes !== undefined && given.nodes !== nodes)
  if (own.length === 0) return
  const list = own.map(({ id, given }) => `${id} (${given!.nodes})`).join(', ')
  io.err(`squall: --nodes ${nodes} is not for scenarios that set their own number: ${list}\n`)
}

interface Repeated {
  repeat?: number
  json?: boolean
  out?: string
  verbose?: boolean
  open?: boolean
}

/** Runs as often as was asked for; the worst exit code counts. With --json, one document: a list when there is more than one run. */
export async function repeatedly(
  { repeat = 1, json: asJson = false, out, verbose = false, open = false }: Repeated,
  io: Io,
  optionsOf: (reporter: Required<Reporter>) => RunOptions,
): Promise<number> {
  checkPrerequisites(out, io)
  const documents: RunResult[] = []
  const folders: string[] = []
  const series = { progress: createProgress(repeat, io.clock), isOneOfMany: repeat > 1, verbose }
  for (let n = 0; n < repeat && io.interruption.by() === undefined; n += 1) {
    const reporter = allReporters({ ...reporterOptions(io, asJson), ...series })
    documents.push(await runAll(optionsOf({ ...reporter, onRunStart: withFolder(folders, reporter) })))
  }
  if (asJson) io.out(json(documents))
  else if (repeat > 1) io.out(repeatTotal(documents, resultPalette(io)))
  if (open && documents.length > 0) openFile(join(folders[worstIndex(documents)]!, 'report.html'), io)
  return worstCode(documents.map(({ exitCode }) => exitCode))
}

/** Notes the folder of each run: its result has a path that people type. */
const withFolder =
  (folders: string[], { onRunStart }: Required<Reporter>): Required<Reporter>['onRunStart'] =>
  (run) => {
    folders.push(run.folder)
    onRunStart(run)
  }

function worstIndex(runs: readonly RunResult[]): number {
  const worst = worstOutcome(runs.map(({ outcome }) => outcome))
  return runs.findIndex(({ outcome }) => outcome === worst)
}

/** Without --json, the table is the result; with it, the table is progress. */
const reporterOptions = (io: Io, json: boolean) => ({
  write: io.err,
  writeResult: json ? io.err : io.out,
  isTty: io.isTty,
  color: wantsColor(io.isTty, io.env),
  colorOfResult: json ? wantsColor(io.isTty, io.env) : wantsColor(io.isResultTty === true, io.env),
  clock: io.clock,
  ...(io.size && { size: io.size }),
})

const gravest = [
  exitCodes.violated,
  exitCodes.interrupted,
  exitCodes.terminated,
  exitCodes.budget,
  exitCodes.unknown,
  exitCodes.leaked,
  exitCodes.flaky,
]

/** A proven failure is never hidden by what came after it. */
export const worstCode = (codes: readonly number[]): number =>
  gravest.find((code) => codes.includes(code)) ?? codes.find((code) => code !== 0) ?? exitCodes.passed
