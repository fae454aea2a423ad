import { exitCodes } from '../platform/exit-codes.ts'
import { anchorOf } from '../reporters/markup.ts'
import { count } from '../verdict/checker.ts'
import { describeStanding } from './format.ts'
import { type Finding, linesOfStages, type NightReport, type StageReport } from './night-report.ts'
import { type Standing, type StandingName, standingNames } from './standing.ts'

/** Everything that makes the night fail, the newest first, each with one sentence and the command that shows it again. Pure. */
export const failuresOf = ({ standings, stages }: NightReport): Finding[] => [
  ...standings.filter(({ isFailure }) => isFailure).map((one) => findingOf(one, stages)),
  ...stages.flatMap(({ findings }) => findings),
]

/** Returns a standing as something to look at: what, why and how often, the command that repeats only this scenario, and its page. Pure. */
export function findingOf(standing: Standing, stages: readonly StageReport[]): Finding {
  const { scenario, line } = standing
  const page = stages.find(({ lines }) => lines.some((one) => one.scenario === scenario))?.pages?.at(-1)
  return {
    title: `${scenario}, ${describeStanding(standing)}`,
    why: `${line.why ?? 'it passed tonight'}${describeAttempts(line)}`,
    command: commandOf(standing),
    ...(page !== undefined && { page: `${page}#${anchorOf(scenario)}` }),
  }
}

const describeAttempts = ({ attempts }: Standing['line']) =>
  attempts === undefined ? '' : `; tonight it failed ${attempts.failed} of ${count(attempts.of, 'time')}`

function commandOf({ scenario, line: { replay, seed, outcome } }: Standing) {
  if (outcome === 'passed') return `./squall run ${scenario} --seed ${seed} --repeat 10`
  return replay.includes(' replay ') ? `${replay} --grep '^${scenario}$'` : replay
}

export const having = ({ standings }: NightReport, ...names: StandingName[]): Standing[] =>
  standings.filter(({ name }) => names.includes(name))

/** Scenarios of these standings that do not fail the night, as something to look at. Pure. */
export const doubtsOf = (report: NightReport, ...names: StandingName[]): Finding[] =>
  having(report, ...names)
    .filter(({ isFailure }) => !isFailure)
    .map((one) => findingOf(one, report.stages))

/** Returns the verdict in one sentence. Pure. */
export function nightSentence(report: NightReport): string {
  const failures = failuresOf(report)
  const [first] = failures
  const partial = partialSentence(report)
  if (first) {
    const failed = `Failed: ${count(failures.length, 'failure')}, first ${first.title} (${first.why}).`
    return partial === undefined ? failed : `${failed} ${partial}`
  }
  if (partial !== undefined) return partial
  const doubtful = having(report, 'unknown').length
  if (doubtful > 0) return `Unknown: ${count(doubtful, 'scenario')} could not be judged.`
  const unsteady = having(report, 'flaky', 'intermittent').length
  if (unsteady > 0)
    return `Unsteady: ${count(unsteady, 'scenario')} now pass${unsteady === 1 ? 'es' : ''} and now fail${unsteady === 1 ? 's' : ''}.`
  if (report.exitCode !== 0) return `Not passed: the night ended with exit code ${report.exitCode}.`
  return `Passed: ${count(report.standings.length, 'scenario')} held every invariant.`
}

/** Says what the night lacks; undefined when it has all that it must have. */
function partialSentence(report: NightReport): string | undefined {
  if (report.interrupted) return 'Interrupted: the report is partial.'
  const open = incomplete(report)
  return open.length > 0 ? `Incomplete: ${open.join(', ')}.` : undefined
}

/** Returns the outcome whose sign and colour a night has. */
export const outcomeOfNight = ({ exitCode }: NightReport): 'passed' | 'violated' | 'unknown' =>
  exitCode === exitCodes.passed ? 'passed' : exitCode === exitCodes.violated ? 'violated' : 'unknown'

const shardsNamed = 3

function describeMissing(names: readonly string[]): string[] {
  if (names.length <= shardsNamed) return names.map((name) => `shard ${name} is missing`)
  return [`${names.length} shards are missing, first ${names[0]}`]
}

/** Stages that failed or lack something of what a night has to do, and shards that are missing. */
const incomplete = ({ stages, missingShards = [], unendedShards = [] }: NightReport): string[] => [
  ...describeMissing(missingShards),
  ...unendedShards.map((name) => (name.includes('/') ? `shard ${name} did not end` : 'the night did not end')),
  ...stages
    .filter(
      ({ name, end }) => end === 'failed' || (end !== 'completed' && (name === 'acceptance' || name === 'corpus')),
    )
    .map(
      ({ name, end }) =>
        `${name} ${end === 'failed' ? 'could not be run' : end === 'not-run' ? 'was not run' : 'was cut short'}`,
    ),
]

/** Returns the numbers of a night, each with its name. Pure. */
export function nightNumbers(report: NightReport): [number: string, what: string][] {
  const faults = linesOfStages(report.stages).flatMap((line) => line.faults)
  const sum = (of: 'asked' | 'witnessed') => faults.reduce((total, one) => total + one[of], 0)
  const detectors = report.stages.find((one) => one.detectors)?.detectors
  const mutants = report.stages.find((one) => one.mutants)?.mutants
  return [
    ...standingNames.map((name): [string, string] => [String(having(report, name).length), name]),
    [`${sum('witnessed')}/${sum('asked')}`, 'faults witnessed'],
    [detectors && detectors.of > 0 ? `${detectors.live}/${detectors.of}` : '–', 'detectors live'],
    [mutants && mutants.of > 0 ? `${mutants.caught}/${mutants.of}` : '–', 'mutants caught'],
    [`${report.catalogue.covered}/${report.catalogue.of}`, 'catalogue covered'],
    [String(report.stages.flatMap(({ leaks }) => leaks).length), 'left behind'],
  ]
}

/** Returns where the night comes from, as names and values. Pure. */
export const provenance = (report: NightReport): [name: string, value: string | number][] => [
  ['night', report.night],
  ['commit', report.commit ?? 'unknown'],
  ['seed', report.seed],
  ...(report.shard ? [['shard', `${report.shard.number}/${report.shard.of}`] as [string, string]] : []),
  ['budget, in minutes', Math.round(report.budgetMs / 6_000) / 10],
  ['exit code', report.exitCode],
  ...Object.entries(report.environment),
]
