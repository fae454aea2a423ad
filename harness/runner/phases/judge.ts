import type { Cluster } from '../../cluster/cluster.ts'
import { neverLoaded, type SystemPatch } from '../../cluster/system-patch.ts'
import { toHistory } from '../../history/history.ts'
import type { Scenario } from '../../scenario.ts'
import { type Checker, judge, unknown, type Verdict } from '../../verdict/checker.ts'
import { type CheckResult, type NotJudged, notCompleted } from '../../verdict/result.ts'
import { checkersFor } from '../checkers-of.ts'
import type { Phase, RunState } from '../run-state.ts'

/** Judges the whole history, also of a scenario that broke off. */
export const judgeHistory: Phase = {
  name: 'judge',
  always: true,
  isLastWord: true,
  async run(state) {
    const { scenario, settings, recorder, checks, notJudged, obstacle, cluster } = state
    const history = toHistory(recorder.events)
    const judges = checkersFor(scenario, history)
    const { able, early } = state.hasEndedEarly
      ? ableToJudgeEarly(judges.checkers)
      : { able: judges.checkers, early: [] }
    for (const checker of able) checks.push({ name: checker.name, ...unlessKeptBusy(judge(checker, history), state) })
    notJudged.push(...judges.notJudged, ...early)
    if (!isAboutSomething(scenario, judges.checkers)) checks.push(notCompleted(nothingJudged(notJudged)))
    if (cluster) checks.push(...defectsLoaded(cluster, settings.patch))
    checks.push(...replayedToItsEnd(state))
    if (obstacle !== undefined) checks.push(notCompleted(obstacle))
  },
}

const endedEarly = 'the scenario ended as soon as what the run looked for was found'

/** To the others what is on its way now would look lost. */
const ableToJudgeEarly = (checkers: readonly Checker[]) => ({
  able: checkers.filter(({ judgesOpen }) => judgesOpen),
  early: checkers.filter(({ judgesOpen }) => !judgesOpen).map(({ name }) => ({ name, why: endedEarly })),
})

/** A defect in a module that no node has loaded was never there, and what was seen says nothing about it. */
function defectsLoaded({ nodes }: Cluster, patch: SystemPatch): CheckResult[] {
  if (patch.modules.length === 0) return []
  const missing = neverLoaded(
    patch,
    nodes.map((node) => node.log()),
  )
  if (missing.length === 0) return []
  const why = `no node has loaded ${missing.join(', ')}, which ${patch.names.join(', ')} changes`
  return [{ name: 'defects-loaded', outcome: 'unknown', why, evidence: { missing } }]
}

/** A replay that broke off has an obstacle that says why; one that went on without using all of its schedule was another run. */
function replayedToItsEnd({ log, obstacle }: RunState): CheckResult[] {
  const left = log.remaining()
  if (left === 0 || obstacle !== undefined) return []
  const why = `schedule diverged: the scenario ended before ${left} recorded decisions were asked for`
  return [{ name: 'replayed-to-its-end', outcome: 'unknown', why, evidence: { left } }]
}

/** Whether anything judges what the scenario itself is about. */
const isAboutSomething = ({ expectations, checkers = [], alsoWith }: Scenario, judging: readonly Checker[]) =>
  expectations.length > 0 || judging.some((one) => checkers.includes(one) || alsoWith?.checkers.includes(one))

const nothingJudged = (notJudged: readonly NotJudged[]) =>
  `nothing that the scenario is about could be judged: ${notJudged.map(({ name, why }) => `${name} (${why})`).join('; ')}`

/** While a loop had no end, no client of the harness read, sent or noticed anything: what seems to be missing may only be unseen. */
function unlessKeptBusy(verdict: Verdict, { settings, endedLoopsBefore }: RunState): Verdict {
  const wasKeptBusy = (settings.endedLoops?.() ?? 0) > endedLoopsBefore
  if (verdict.outcome !== 'violated' || !wasKeptBusy) return verdict
  return unknown(`${verdict.why}, but a step kept this process busy without an end`, verdict.evidence)
}
