import { ScheduleDiverged } from '../../plans/schedule.ts'
import { asEnvironment, isUnrelatedToSystem } from '../../platform/errors.ts'
import { Abandoned, limited } from '../../platform/limited.ts'
import { type Compared, comparedBy } from '../../platform/mismatch.ts'
import { messageOf } from '../../platform/plain-text.ts'
import { type Expectation, type Step, stepsWithinMs, stepWithinMs } from '../../scenario.ts'
import type { StepResult } from '../../verdict/result.ts'
import { NotReached } from '../context.ts'
import type { Phase, RunState } from '../run-state.ts'
import { describeStarvation, isStarved } from '../starvation.ts'

/** Does what the scenario does, and looks after each step for what one should see then. */
export const steps: Phase = {
  name: 'steps',
  limitsItself: true,
  async run(state) {
    const endMs = state.elapsedMs() + (state.scenario.stepsWithinMs ?? stepsWithinMs)
    for (const [index, step] of state.scenario.steps.entries()) {
      if (state.isProven()) return
      const why = state.settings.stoppedBecause()
      if (why !== undefined) throw new NotReached(`${why} before step ${index + 1} (${step.title})`)
      await runStep(state, step, index + 1, endMs)
    }
  },
}

async function runStep(state: RunState, { title, run }: Step, n: number, endMs: number) {
  const { scenario, settings, recorder, open, elapsedMs } = state
  settings.reporter.onStep(scenario.id, n, title)
  recorder.record({ who: 'scenario', type: 'step', operation: title, value: n })
  const result: StepResult = { n, title, startMs: Math.round(elapsedMs()), endMs: 0 }
  state.steps.push(result)
  try {
    await inTime(state, endMs, `step ${n} (${title})`, () => run(open!.context))
    result.endMs = Math.round(elapsedMs())
    for (const one of scenario.expectations) {
      if (one.after !== n) continue
      if (state.isProven()) return
      await expectThat(state, one, endMs)
    }
  } catch (thrown) {
    const error = asEnvironment(thrown as Error)
    result.endMs = Math.round(elapsedMs())
    result.error = messageOf(error)
    if (isUnrelatedToSystem(error)) throw error
    throw new NotReached(saysWhy(error) ? result.error : `step ${n} (${title}) failed: ${result.error}`)
  }
}

/** Rejects with Abandoned at the limit of one step, at the one of all steps, or when the run is to end. */
function inTime<T>({ scenario, settings, elapsedMs }: RunState, endMs: number, what: string, work: () => Promise<T>) {
  const leftMs = endMs - elapsedMs()
  const ownMs = scenario.stepWithinMs ?? stepWithinMs
  const limit =
    leftMs < ownMs
      ? `the limit of ${seconds(scenario.stepsWithinMs ?? stepsWithinMs)} for all steps`
      : `its limit of ${seconds(ownMs)}`
  const endedBefore = settings.endedLoops?.() ?? 0
  return limited(work, {
    withinMs: Math.min(leftMs, ownMs),
    why() {
      const hasEnded = (settings.endedLoops?.() ?? 0) > endedBefore
      return `${what} was abandoned at ${limit}${hasEnded ? ': it kept this process busy without an end' : ''}`
    },
    stoppedBecause() {
      const reason = settings.stoppedBecause()
      return reason && `${what} was abandoned: ${reason}`
    },
  })
}

const seconds = (ms: number) => `${ms / 1_000} s`

/** What needs no mention of the step that it came from. */
const saysWhy = (error: unknown) =>
  error instanceof NotReached || error instanceof ScheduleDiverged || error instanceof Abandoned

async function expectThat(state: RunState, { after, title, promised, check }: Expectation, endMs: number) {
  const { open, recorder, expectations, cluster, notJudged, elapsedMs } = state
  const fromMs = elapsedMs()
  if (promised !== undefined && !cluster!.promises[promised])
    return void notJudged.push({ name: title, why: `the system does not promise ${promised}` })
  const record = (met: boolean, error?: string, compared?: Partial<Compared>) =>
    recorder.record({
      who: 'scenario',
      type: 'expectation',
      value: { after, text: title, met, ...compared },
      ...(error !== undefined && { error }),
    })
  try {
    await inTime(state, endMs, `the look for "${title}" after step ${after}`, () => check(open!.context))
    expectations.push({ after, title, outcome: 'passed', why: 'seen' })
    record(true)
  } catch (thrown) {
    const error = asEnvironment(thrown as Error)
    if (saysWhy(error) || isUnrelatedToSystem(error)) throw error
    const why = messageOf(error)
    const starved = starvedInstead(state, fromMs)
    if (starved !== undefined) throw new NotReached(`after step ${after}: ${title}: ${why}; ${starved}`)
    const compared = comparedBy(thrown)
    expectations.push({ after, title, outcome: 'violated', why, ...compared })
    record(false, why, compared)
  }
}

/** Shorter looks do not wait for anything. */
const waitMinMs = 1_000

/** What was waited for while a process had no processor for nearly all of the time is not seen to be missing: says so, or undefined. */
function starvedInstead({ meter, elapsedMs }: RunState, fromMs: number): string | undefined {
  const waitedMs = elapsedMs() - fromMs
  if (waitedMs < waitMinMs) return undefined
  const starvation = meter.between(fromMs, elapsedMs())
  return isStarved(starvation) ? describeStarvation(starvation) : undefined
}
