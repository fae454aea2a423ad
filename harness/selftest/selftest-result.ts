import { duration } from '../reporters/format.ts'
import { figureOf } from '../stats/figures.ts'
import type { RunResult, ScenarioResult } from '../verdict/result.ts'
import type { Defect } from './defects.ts'

/** What became of one defect. */
export interface DefectResult {
  id: string
  caught: boolean
  checker: string
  /** The words in which it was caught; what was said instead when it was not. */
  finding: string
  /** With the start of the cluster and its end. */
  seconds: number
  /** From the scenario's first step, when the defect is there, to the verdict: what somebody waits who does not know of it. */
  detectSeconds: number | null
}

export interface SelftestResult {
  defects: readonly DefectResult[]
  falseAlarms: number
  /** How many scenarios were told without a defect. */
  cleanScenarios: number
  canary: 'caught' | 'missed'
  leaks: readonly string[]
}

/** Caught means: the named checker says no, in the words of this defect. Any other alarm proves nothing about this detector. */
export function judgeDefect(run: RunResult, { checker, finding }: Defect): { caught: boolean; finding: string } {
  const checks = run.scenarios.flatMap((one) => one.checks)
  const alarm = checks.find((one) => one.name === checker && one.outcome === 'violated' && finding.test(one.why))
  if (alarm) return { caught: true, finding: alarm.why }
  const said = checks.filter(({ outcome }) => outcome !== 'passed').map(({ name, why }) => `${name}: ${why}`)
  return { caught: false, finding: `expected ${finding}; ${said.join('; ') || 'nobody noticed anything'}` }
}

/** Undefined when the scenario did not get as far as its steps. */
export function detectMsOf({ phases }: Pick<ScenarioResult, 'phases'>): number | undefined {
  const [steps, judge] = ['steps', 'judge'].map((phase) => phases.find(({ name }) => name === phase))
  return steps && judge && judge.endMs - steps.startMs
}

/** How long the caught ones took. */
export function detection(defects: readonly DefectResult[]) {
  const measured = defects.flatMap(({ id, caught, detectSeconds }) =>
    caught && detectSeconds !== null ? [{ id, detectSeconds }] : [],
  )
  if (measured.length === 0) return undefined
  const { median, most } = figureOf(measured.map(({ detectSeconds }) => detectSeconds))
  return { medianSeconds: median, worstSeconds: most, worst: measured.find((one) => one.detectSeconds === most)!.id }
}

/** The result in three sentences. */
export function summaryOf(result: SelftestResult): string {
  const { defects, falseAlarms, cleanScenarios, canary } = result
  const found = detection(defects)
  const times = found
    ? `time to detect: median ${duration(found.medianSeconds * 1_000)}, worst ${duration(found.worstSeconds * 1_000)} (${found.worst})`
    : 'time to detect: nothing was detected'
  return [
    `detectors live: ${defects.filter(({ caught }) => caught).length} of ${defects.length}`,
    `false alarms: ${falseAlarms} in ${cleanScenarios} scenarios without a defect; canary ${canary}`,
    `${times}, from the first step to the verdict`,
  ].join('\n')
}

/** Takes results in any order and hands them on in the order of their numbers. */
export function inOrder<T>(hand: (one: T) => void) {
  const waiting = new Map<number, T>()
  let next = 0
  return (index: number, one: T) => {
    waiting.set(index, one)
    for (; waiting.has(next); next += 1) {
      hand(waiting.get(next)!)
      waiting.delete(next)
    }
  }
}
