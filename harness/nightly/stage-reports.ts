import { exitCodes } from '../platform/exit-codes.ts'
import { counts, verdictSentence } from '../reporters/format.ts'
import { count } from '../verdict/checker.ts'
import type { RunResult } from '../verdict/result.ts'
import { type NightFacts, nightLines } from './night.ts'
import type { Finding, StageEnd, StageReport } from './night-report.ts'
import type { StageName } from './stages.ts'

/** What a verb printed with `--json` and how it ended. */
export interface Ended {
  name: StageName
  code: number
  durationMs: number
  /** Whether its time was over before it ended by itself. */
  isOverTime: boolean
}

const emptyReport = ({ name, code, durationMs }: Ended, end: StageEnd, summary: string): StageReport => ({
  ...{ name, end, exitCode: code, durationMs, summary },
  ...{ findings: [], leaks: [], lines: [], covers: [] },
})

/** A stage that had no time, or nothing to do. */
export const notRun = (name: StageName, summary: string): StageReport =>
  emptyReport({ name, code: exitCodes.passed, durationMs: 0, isOverTime: false }, 'not-run', summary)

/** A stage of which this shard has nothing: it has done all that it had to. */
export const nothingToDo = (name: StageName, summary: string): StageReport =>
  emptyReport({ name, code: exitCodes.passed, durationMs: 0, isOverTime: false }, 'completed', summary)

/** A stage that could not be run, with the sentence that says why. */
export const failed = (ended: Ended, why: string): StageReport => emptyReport(ended, 'failed', why)

const endOf = ({ isOverTime }: Ended): StageEnd => (isOverTime ? 'cut-short' : 'completed')

/** Returns what a run of scenarios adds to a night. Pure. */
export function reportOfRun(run: RunResult, ended: Ended, facts: NightFacts): StageReport {
  const isCut = run.exitCode === exitCodes.budget || run.interrupted
  const { faults, witnessed } = counts(run)
  return {
    ...emptyReport(
      ended,
      isCut ? 'cut-short' : 'completed',
      `${verdictSentence(run)}${run.outcome === 'passed' ? '' : ` Faults witnessed: ${witnessed} of ${faults}.`}`,
    ),
    leaks: run.leaks,
    lines: nightLines(run, facts),
    // What was not judged shows nothing of the catalogue.
    covers: [...new Set(run.scenarios.filter(({ outcome }) => outcome === 'passed').flatMap(({ covers }) => covers))],
  }
}

interface SelftestDocument {
  defects: readonly {
    id: string
    outcome: string
    caught: boolean
    finding: string
  }[]
  falseAlarms: number
  cleanScenarios: number
  canary: string
  leaks: readonly string[]
}

/** Returns what a self-test adds. What an early end left undecided proves nothing, and neither do clean runs that it cut off. Pure. */
export function reportOfSelftest(document: SelftestDocument, ended: Ended, known: number): StageReport {
  const judged = document.defects.filter(({ outcome }) => !ended.isOverTime || outcome !== 'unknown')
  const live = judged.filter(({ caught }) => caught).length
  const falseAlarms = ended.isOverTime ? 0 : document.falseAlarms
  const survived: Finding[] = judged
    .filter(({ outcome }) => outcome === 'survived')
    .map(({ id, finding }) => ({
      title: `defect ${id} survived`,
      why: finding,
      command: `./squall selftest --defect ${id}`,
    }))
  const report = emptyReport(
    ended,
    endOf(ended),
    `detectors live: ${live} of ${judged.length}, drawn from ${known} defects; ${ended.isOverTime ? 'ended before the clean runs did' : `${falseAlarms} false alarms in ${count(document.cleanScenarios, 'scenario')} without a defect; canary ${document.canary}`}`,
  )
  const alarms =
    falseAlarms > 0
      ? [
          falseAlarm(
            falseAlarms,
            judged.map(({ id }) => id),
          ),
        ]
      : []
  return {
    ...report,
    exitCode: ended.isOverTime ? exitCodes.passed : ended.code,
    findings: [...survived, ...alarms, ...(document.canary === 'missed' ? [missedCanary] : [])],
    leaks: [...document.leaks],
    detectors: { live, of: judged.length },
  }
}

const falseAlarm = (alarms: number, ids: readonly string[]): Finding => ({
  title: 'false alarms',
  why: `${count(alarms, 'scenario')} did not pass without a defect`,
  command: `./squall selftest ${ids.map((id) => `--defect ${id}`).join(' ')}`,
})

const missedCanary: Finding = {
  title: 'canary missed',
  why: 'the scenario that must fail did not fail, so no verdict of this night means anything',
  command: './squall selftest',
}

interface ExploreDocument {
  scenarios: number
  distinct: number
  unknown: number
  faultKinds: readonly string[]
  violation?: { replayed: { times: number; of: number }; findings: readonly string[]; file: string }
}

/** Returns what a search for a violated invariant adds. Pure. */
export function reportOfExplore({ violation, ...document }: ExploreDocument, ended: Ended): StageReport {
  const { scenarios, distinct, unknown, faultKinds } = document
  const summary = `${count(scenarios, 'random scenario')}, ${distinct} distinct, ${unknown} inconclusive, with ${count(faultKinds.length, 'kind')} of faults`
  return {
    ...emptyReport(ended, 'completed', summary),
    findings: violation ? [ofViolation(violation)] : [],
  }
}

const ofViolation = ({ replayed, findings, file }: NonNullable<ExploreDocument['violation']>): Finding => ({
  title: 'a random scenario violated an invariant',
  why: `${findings[0] ?? 'no checker said why'}; the shrunk plan failed ${replayed.times} of ${replayed.of} times`,
  command: `./squall replay ${file}`,
})

interface SimulateDocument {
  histories: number
  violated: number
  unknown: number
  violations: readonly { checker: string; why: string; file: string }[]
}

/** Returns what a campaign of the simulator adds. Pure. */
export function reportOfSimulate(document: SimulateDocument, ended: Ended): StageReport {
  const { histories, violated, unknown, violations } = document
  return {
    ...emptyReport(
      ended,
      'completed',
      `${histories} simulated histories; ${violated} violated an invariant, ${unknown} inconclusive`,
    ),
    findings: violations.map(({ checker, why, file }) => ({
      title: `${checker} was violated in the simulator`,
      why,
      command: `./squall simulate --plan ${file}`,
    })),
  }
}

interface MutateDocument {
  seed: string
  score: { caught: number; of: number; percent?: number | undefined }
  outcomes: Readonly<Record<string, number>>
}

/** Returns what a sample of mutants adds. A mutant that survives is work for whoever writes scenarios, and no failure of the night. Pure. */
export function reportOfMutate({ seed, score, outcomes }: MutateDocument, ended: Ended): StageReport {
  const percent = score.percent === undefined ? '' : `: ${score.percent} %`
  const left = outcomes['not-run'] ?? 0
  return {
    ...emptyReport(
      ended,
      left > 0 ? 'cut-short' : 'completed',
      `caught ${score.caught} of ${count(score.of, 'mutant')}${percent}; ${left} not run; "./squall mutate --seed ${seed}" draws them again`,
    ),
    exitCode: exitCodes.passed,
    // It is printed before the nodes are cleaned up; what they left is said while the night runs.
    leaks: ended.code === exitCodes.leaked ? ['what the nodes of the mutants left'] : [],
    mutants: { caught: score.caught, of: score.of },
  }
}

interface BenchDocument {
  results: readonly { name: string }[]
}

/** Returns what the benchmarks add. A number below its gate is a regression, which the exit code says. Pure. */
export function reportOfBench({ results }: BenchDocument, ended: Ended): StageReport {
  const names = results.map(({ name }) => name).join(', ') || 'none'
  const verdict = ended.code === exitCodes.regression ? '; slower than a gate' : ''
  return {
    ...emptyReport(ended, endOf(ended), `measured: ${names}${verdict}`),
    // What the machine could not measure at night is no doubt about the system.
    exitCode: ended.code === exitCodes.regression ? ended.code : exitCodes.passed,
  }
}

interface LabDocument {
  results: readonly {
    name: string
    verdict: string
    findings: readonly { says: string; outcome: string; saw: string }[]
    unmeasured?: string
  }[]
}

/** Returns what the experiments add. A contradicted prediction fails the night; what a machine could not measure at night is no doubt. Pure. */
export function reportOfLab({ results }: LabDocument, ended: Ended): StageReport {
  const having = (verdict: string) => results.filter((one) => one.verdict === verdict)
  const contradicted = having('contradicted')
  const summary = `${having('as predicted').length} of ${count(results.length, 'experiment')} as predicted, ${contradicted.length} contradicted, ${having('unknown').length} unknown`
  return {
    ...emptyReport(ended, endOf(ended), summary),
    exitCode: exitCodes.passed,
    findings: contradicted.map(({ name, findings }) => {
      const { says = 'the prediction', saw = 'something else' } =
        findings.find(({ outcome }) => outcome === 'contradicted') ?? {}
      return {
        title: `experiment ${name} contradicted its prediction`,
        why: `predicted: ${says}; measured: ${saw}`,
        command: `./squall lab ${name}`,
      }
    }),
  }
}

interface CompareDocument {
  sentence: string
  verdict: string
  control: { verdict: string }
  command: string
}

/** Returns what the comparison adds: a control that differs from itself means that its numbers cannot be believed. Pure. */
export function reportOfCompare({ sentence, control, command }: CompareDocument, ended: Ended): StageReport {
  const isBiased = control.verdict === 'faster' || control.verdict === 'slower'
  return {
    ...emptyReport(ended, 'completed', `${sentence} Control against itself: ${control.verdict}.`),
    exitCode: exitCodes.passed,
    findings: isBiased
      ? [
          {
            title: 'the control of the comparison differs from itself',
            why: `the same configuration was measured as ${control.verdict} than itself, so the comparison proves nothing`,
            command: `./${command}`,
          },
        ]
      : [],
  }
}

/** One load, with what `load --json` printed. */
export interface LoadDocument {
  load: string
  users: number
  outcome: string
  why?: string
  thresholds: readonly { metric: string; requirement: string; isKept: boolean; measured?: number }[]
}

/**
 * Returns what the loads of k6 add. A script that could not be carried out fails nothing, and is named. A machine that is late crosses
 * thresholds too, so that crossing one is a regression and no violation. Pure.
 */
export function reportOfLoad(documents: readonly LoadDocument[], ended: Ended): StageReport {
  const isCrossed = documents.some(({ outcome }) => outcome === 'violated')
  return {
    ...emptyReport(ended, endOf(ended), documents.map(sentenceOfLoad).join('; ')),
    exitCode: isCrossed ? exitCodes.regression : exitCodes.passed,
  }
}

function sentenceOfLoad({ load, users, outcome, why, thresholds }: LoadDocument): string {
  const crossed = thresholds.filter(({ isKept }) => !isKept)
  const end = outcome === 'violated' ? 'crossed' : outcome
  const what = crossed.map(
    ({ metric, requirement, measured }) => `${metric} ${requirement} was ${measured ?? 'not measured'}`,
  )
  return `${load} with ${users} users ${[end, ...what, ...(why === undefined ? [] : [why])].join(', ')}`
}
