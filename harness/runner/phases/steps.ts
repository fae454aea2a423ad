import { ScheduleDiverged } from '../../plans/schedule.ts'
import { NotSupported } from '../../platform/errors.ts'
import type { Expectation, Step } from '../../scenario.ts'
import type { StepResult } from '../../verdict/result.ts'
import { NotReached } from '../context.ts'
import type { Phase, RunState } from '../run-state.ts'

/** Does what the scenario does, and looks after each step for what one should see then. */
export const steps: Phase = {
  name: 'steps',
  async run(state) {
    for (const [index, step] of state.scenario.steps.entries()) {
      if (state.settings.interrupted()) throw new NotReached('interrupted')
      await runStep(state, step, index + 1)
    }
  },
}

async function runStep(state: RunState, { title, run }: Step, n: number) {
  const { scenario, settings, recorder, open, elapsedMs } = state
  settings.reporter.onStep(scenario.id, n, title)
  recorder.record({ who: 'scenario', type: 'step', operation: title, value: n })
  const result: StepResult = { n, title, startMs: Math.round(elapsedMs()), endMs: 0 }
  state.steps.push(result)
  try {
    await run(open!.context)
    result.endMs = Math.round(elapsedMs())
    for (const one of scenario.expectations) if (one.after === n) await expectThat(state, one)
  } catch (error) {
    result.endMs = Math.round(elapsedMs())
    result.error = (error as Error).message
    if (error instanceof NotSupported) throw error
    throw new NotReached(saysWhy(error) ? result.error : `step ${n} (${title}) failed: ${result.error}`)
  }
}

/** What needs no mention of the step that it came from. */
const saysWhy = (error: unknown) => error instanceof NotReached || error instanceof ScheduleDiverged

async function expectThat({ open, recorder, expectations }: RunState, { after, title, check }: Expectation) {
  const record = (met: boolean, error?: string) =>
    recorder.record({
      who: 'scenario',
      type: 'expectation',
      value: { after, text: title, met },
      ...(error !== undefined && { error }),
    })
  try {
    await check(open!.context)
    expectations.push({ after, title, outcome: 'passed', why: 'seen' })
    record(true)
  } catch (error) {
    if (saysWhy(error) || error instanceof NotSupported) throw error
    const why = (error as Error).message
    expectations.push({ after, title, outcome: 'violated', why })
    record(false, why)
  }
}
