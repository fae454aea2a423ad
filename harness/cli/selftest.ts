import { UsageError } from '../platform/errors.ts'
import { codeOf } from '../platform/interruption.ts'
import type { Io } from '../platform/io.ts'
import { freshSeed, hex, seededRandom, seedOf } from '../platform/random.ts'
import { duration } from '../reporters/format.ts'
import { codeOfLeaks } from '../reporters/leak-report.ts'
import { checkPrerequisites, withoutMissingRedis } from '../runner/prerequisites.ts'
import { outFolder } from '../runner/run-folder.ts'
import { loadAll } from '../runner/scenario-files.ts'
import { suites } from '../runner/suites.ts'
import type { Scenario } from '../scenario.ts'
import type { Defect } from '../selftest/defect.ts'
import { defectsIn, findDefects, isShipped, shippedDefects, type Unreadable } from '../selftest/defects.ts'
import { drawDefects } from '../selftest/draw-defects.ts'
import { runSelftest, type SelftestProgress } from '../selftest/selftest.ts'
import {
  type DefectOutcome,
  type DefectResult,
  detection,
  exitCodeFor,
  type SelftestResult,
  summaryOf,
} from '../selftest/selftest-result.ts'
import type { Command } from './command.ts'
import { flags } from './options.ts'
import { worstCode } from './run.ts'

interface SelftestFlags {
  defect?: string[]
  defects?: string
  all?: boolean
  seed?: number
  jobs: number
  toTheEnd?: boolean
  out?: string
  json?: boolean
}

const jobs = { ...flags.jobs, help: 'defects in parallel; 5 on 2 CPUs, at most 8 by default' }
const toTheEnd = {
  flags: '--to-the-end',
  help: 'do not end a scenario as soon as its checker has found the defect, and keep what its browsers saw',
}
const folder = {
  flags: '--defects <folder>',
  help: 'instead of the shipped defects, those of the diff files in this folder',
}

const only = {
  ...flags.defect,
  help: 'only this defect: one of "squall list defects", or a diff file against system/ (repeatable)',
}

const all = {
  flags: '--all',
  help: 'every shipped defect, in place of one for each checker in each scenario, drawn from the seed',
}

export const selftest: Command = {
  name: 'selftest',
  summary: 'start the system with one defect after the other and demand that the checker catches it',
  options: [all, only, folder, flags.seed, jobs, toTheEnd, flags.out, flags.json],
  async run(_names, options: SelftestFlags, io) {
    const seed = options.seed ?? freshSeed()
    const wanted = wantedDefects(options, seed, io)
    checkPrerequisites(options.out, io)
    const scenarios = await loadAll(io.root)
    const runnable = withoutMissingRedis(scenarios, [], io)
    const suite = runnable.filter(suites.acceptance.has)
    const result = await runSelftest({
      defects: wanted.filter((one) => isPossible(one, scenarios, runnable)),
      scenarios,
      suite,
      checkTypes: wanted.some((one) => 'diff' in one && !isShipped(one)),
      root: io.root,
      seed,
      jobs: options.jobs,
      ...(options.toTheEnd && { toTheEnd: true }),
      out: outFolder(io, options.out),
      interruptedBy: io.interruption.by,
      onProgress: (progress) => io.err(`${lineOf(progress)}\n`),
    })
    report(result, options.json === true, io)
    const stopped = io.interruption.by()
    return worstCode([exitCodeFor(result, stopped && codeOf(stopped)), codeOfLeaks(result.leaks, io)])
  },
}

function wantedDefects(options: SelftestFlags, seed: number, io: Io): readonly (Defect | Unreadable)[] {
  const { all, defect, defects } = options
  const ways = [all && '--all', defect && '--defect', defects !== undefined && '--defects'].filter(Boolean)
  if (ways.length > 1)
    throw new UsageError(`selftest takes --all, --defect or --defects, and got ${ways.join(' and ')}; give one of them`)
  if (defects !== undefined) return defectsIn(defects, io)
  if (defect !== undefined) return findDefects(defect, io)
  return all ? shippedDefects() : drawn(seed, io)
}

function drawn(seed: number, io: Io): readonly Defect[] {
  const shipped = shippedDefects()
  const chosen = drawDefects(shipped, seededRandom(seedOf(seed, 'defects')))
  io.err(
    `${chosen.length} of ${shipped.length} defects, one for each checker in each scenario (seed ${hex(seed)}); --all for every one\n`,
  )
  return chosen
}

/** Without Redis those are left out whose scenario needs it, which was said already. */
const isPossible = (one: Defect | Unreadable, all: readonly Scenario[], possible: readonly Scenario[]) => {
  const named = 'diff' in one && all.find(({ id }) => id === one.header.scenario)
  return !named || named.canary === true || possible.includes(named)
}

const marks: Record<DefectOutcome, string> = {
  caught: '✓',
  survived: '✗',
  unknown: '?',
  'does-not-apply': '-',
  'does-not-type-check': '-',
}
const outcomeWidth = 'caught'.length

export function lineOf(progress: SelftestProgress): string {
  if (progress.kind === 'defect') return defectLine(progress.result)
  if (progress.kind === 'quiet') return `✓ quiet   ${progress.scenarios} scenarios without a defect raised no alarm`
  if (progress.kind === 'canary')
    return progress.caught ? '✓ caught  the canary failed, as it must' : '✗ missed  the canary did not fail'
  const { scenario, outcome, why } = progress
  return `✗ false alarm  ${scenario} is ${outcome} without a defect: ${why}`
}

function defectLine({ outcome, id, scenario, checker, seconds, ...result }: DefectResult): string {
  const finding = result.finding.replaceAll(/\s+/g, ' ')
  const head = `${marks[outcome]} ${outcome.padEnd(outcomeWidth)}  ${id}`
  if (outcome === 'caught')
    return `${head}  by ${checker} in ${scenario} after ${duration(seconds * 1_000)}: ${finding}`
  if (outcome === 'survived' || outcome === 'unknown')
    return `${head}  ${scenario ?? 'the acceptance suite'} after ${duration(seconds * 1_000)}: ${finding}`
  return `${head}  ${finding}`
}

function report(result: SelftestResult, asJson: boolean, io: Io) {
  const detectors = {
    live: result.defects.filter(({ caught }) => caught).length,
    of: result.defects.length,
    ...detection(result.defects),
  }
  if (asJson) io.out(`${JSON.stringify({ ...result, detectors }, null, 2)}\n`)
  else io.out(`${summaryOf(result)}\n`)
}
