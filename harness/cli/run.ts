import { join, resolve } from 'node:path'
import { apps } from '../apps/index.ts'
import { findBrowser } from '../clients/find-browser.ts'
import type { PubSubName } from '../cluster/cluster.ts'
import type { DriverName } from '../cluster/drivers.ts'
import { BadTarget, readTarget } from '../cluster/remote/target.ts'
import { findRedis } from '../cluster/services/redis.ts'
import { freshSeed } from '../platform/random.ts'
import { allReporters } from '../reporters/index.ts'
import { json } from '../reporters/json.ts'
import { wantsColor } from '../reporters/palette.ts'
import type { Reporter } from '../reporters/reporter.ts'
import { type RunOptions, runAll } from '../runner/run.ts'
import { outFolder, requireBuiltAssets, requireWritable } from '../runner/run-folder.ts'
import { selectScenarios } from '../runner/scenario-files.ts'
import type { Scenario } from '../scenario.ts'
import { exitCodes, type RunResult } from '../verdict/result.ts'
import type { Command, Io } from './command.ts'
import { UsageError } from './errors.ts'
import { flags } from './options.ts'

export interface RunFlags {
  seed?: number
  driver: DriverName
  target?: string
  nodes: number
  pubsub: PubSubName
  grep?: RegExp
  repeat: number
  jobs: number
  out?: string
  json?: boolean
  headed?: boolean
  budget?: number
  defect?: string[]
}

export const run: Command = {
  name: 'run',
  argument: '[scenario...]',
  summary: 'run scenarios, judge what was seen, write a report (default: the suite acceptance)',
  options: [
    flags.seed,
    flags.nodes,
    flags.grep,
    flags.repeat,
    flags.jobs,
    flags.defect,
    flags.budget,
    flags.headed,
    flags.out,
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
      ...(options.grep && { grep: options.grep }),
    })
    const where = targetOptions(options, io)
    if (options.pubsub === 'redis') requireRedis(options.driver, io)
    const scenarios = options.driver === 'process' ? withoutMissingRedis(wanted, names, io) : wanted
    return repeatedly(options, io, (reporter) => ({
      ...baseOptions(options, io),
      ...where,
      suite,
      scenarios,
      seed: options.seed ?? freshSeed(),
      nodes: options.nodes,
      pubsub: options.pubsub,
      defects: options.defect ?? [],
      reporter,
    }))
  },
}

/** What the driver needs to know of the target. Throws a sentence when the file is missing, or is not one. */
export function targetOptions({ driver, target }: Pick<RunFlags, 'driver' | 'target'>, io: Io) {
  if (driver === 'remote' && target === undefined)
    throw new UsageError('--driver remote needs --target FILE, which says where the running system is')
  if (driver !== 'remote' && target !== undefined)
    throw new UsageError(`--target is for --driver remote, and the driver is ${driver}`)
  if (target === undefined) return { driver }
  const file = target === 'compose' ? join(io.root, 'deploy/compose.json') : resolve(io.cwd, target)
  try {
    readTarget(file, Object.values(apps))
  } catch (error) {
    throw error instanceof BadTarget ? new UsageError(error.message) : error
  }
  // There is one system: its scenarios come one after the other.
  return { driver, target: file, jobs: 1 }
}

/** Containers bring their own. */
export function requireRedis(driver: DriverName, io: Io) {
  if (driver === 'process') findRedis(io.env)
}

/**
 * A suite is about what this machine can show: without redis-server it leaves out the scenarios of Redis, and says so. Whoever asks for
 * one of them by name gets `unknown`.
 */
export function withoutMissingRedis(
  wanted: readonly Scenario[],
  names: readonly string[],
  io: Io,
): readonly Scenario[] {
  const left = wanted.filter(({ id, given }) => given?.pubsub !== 'redis' || names.includes(id))
  if (left.length === wanted.length || left.length === 0) return wanted
  try {
    findRedis(io.env)
    return wanted
  } catch (error) {
    const out = wanted.filter((one) => !left.includes(one)).map(({ id }) => id)
    io.err(`squall: leaves out ${out.join(', ')}: ${(error as Error).message}\n`)
    return left
  }
}

type Common = Pick<RunFlags, 'jobs' | 'out' | 'headed' | 'budget'>

export const baseOptions = ({ jobs, headed, out, budget }: Common, io: Io) => ({
  jobs,
  headed: headed === true,
  out: outFolder(io, out),
  interruptedBy: io.interruption.by,
  ...(budget !== undefined && { budgetMs: budget }),
})

/** What must be there before anything is started. */
export function checkPrerequisites(out: string | undefined, io: Io) {
  requireBuiltAssets(io.root)
  findBrowser(io.env)
  requireWritable(outFolder(io, out))
}

/** Runs as often as was asked for; the worst exit code counts. With --json, one document: a list when there is more than one run. */
export async function repeatedly(
  { repeat = 1, json: asJson = false, out }: { repeat?: number; json?: boolean; out?: string },
  io: Io,
  optionsOf: (reporter: Required<Reporter>) => RunOptions,
): Promise<number> {
  checkPrerequisites(out, io)
  const documents: RunResult[] = []
  for (let n = 0; n < repeat && io.interruption.by() === undefined; n += 1) {
    const reporter = allReporters(reporterOptions(io, asJson))
    documents.push(await runAll(optionsOf(reporter)))
  }
  if (asJson) io.out(json(documents))
  return worstCode(documents.map(({ exitCode }) => exitCode))
}

/** Without --json, the table is the result; with it, the table is progress. */
export const reporterOptions = (io: Io, json: boolean) => ({
  write: io.err,
  writeResult: json ? io.err : io.out,
  isTty: io.isTty,
  color: wantsColor(io.isTty, io.env),
  clock: io.clock,
})

const gravest = [
  exitCodes.violated,
  exitCodes.interrupted,
  exitCodes.terminated,
  exitCodes.budget,
  exitCodes.unknown,
  exitCodes.leaked,
]

/** A proven failure is never hidden by what came after it. */
export const worstCode = (codes: readonly number[]): number =>
  gravest.find((code) => codes.includes(code)) ?? codes.find((code) => code !== 0) ?? exitCodes.passed
