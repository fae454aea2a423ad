import { describe, expect, it } from 'vitest'
import { createRecorder } from '../../../../harness/history/recorder.ts'
import { EnvironmentMissing } from '../../../../harness/platform/errors.ts'
import { steps } from '../../../../harness/runner/phases/steps.ts'
import type { RunState } from '../../../../harness/runner/run-state.ts'
import type { Scenario } from '../../../../harness/scenario.ts'

/** A step that never returns must not hang the run: it is abandoned, and the reason names it and the limit (AT-3). */
const never = () => new Promise<never>(() => {})
const seen: Scenario['expectations'] = [{ after: 1, title: 'the shelf is full', check: async () => {} }]

const starvationOf = (waitedMs: number, overMs: number) => ({
  overMs,
  pressure: {},
  waitedMs: { n1: waitedMs },
  longestStallMs: {},
})

function stateOf(
  { waitedMs = 0, ...own }: Partial<Scenario> & { waitedMs?: number },
  stoppedBecause: () => string | undefined = () => undefined,
): RunState {
  const elapsedMs = () => performance.now()
  const reporter = { onStep() {} }
  return {
    scenario: { id: 'test/limits', steps: [{ title: 'wait', run: never }], expectations: [], ...own },
    settings: { reporter, stoppedBecause },
    recorder: createRecorder({ elapsedMs, sink: () => {}, isDefinite: () => false }),
    open: { context: {} },
    cluster: { promises: { longPolls: true } },
    notJudged: [],
    meter: { between: (fromMs: number, toMs: number) => starvationOf(waitedMs, toMs - fromMs) },
    elapsedMs,
    isProven: () => false,
    steps: [],
    expectations: [],
  } as unknown as RunState
}

describe('a step that does not return', () => {
  it('is abandoned at its own limit', async () => {
    const state = stateOf({ stepWithinMs: 20 })
    await expect(steps.run(state)).rejects.toThrow('step 1 (wait) was abandoned at its limit of 0.02 s')
    expect(state.steps[0]!.error).toContain('was abandoned')
  })

  it('is abandoned at the limit of all steps', async () => {
    await expect(steps.run(stateOf({ stepsWithinMs: 20 }))).rejects.toThrow(
      'step 1 (wait) was abandoned at the limit of 0.02 s for all steps',
    )
  })

  it('is abandoned when the run is to end', async () => {
    let asked = 0
    const state = stateOf({}, () => (asked++ > 0 ? 'the budget of 6 s is used up' : undefined))
    await expect(steps.run(state)).rejects.toThrow('step 1 (wait) was abandoned: the budget of 6 s is used up')
  })

  it('and an expectation that does not return proves nothing', async () => {
    const state = stateOf({
      stepWithinMs: 20,
      steps: [{ title: 'look', run: async () => {} }],
      expectations: [{ ...seen[0]!, check: never }],
    })
    await expect(steps.run(state)).rejects.toThrow('the look for "the shelf is full" after step 1 was abandoned')
    expect(state.expectations).toEqual([])
  })
})

describe('a scenario in which was found what the run looked for', () => {
  const provenAt = (looks: number, own: Partial<Scenario>) => {
    let asked = 0
    return Object.assign(stateOf(own), { isProven: () => asked++ >= looks })
  }

  it('is not run any further, and lacks nothing', async () => {
    const state = provenAt(1, {
      steps: [
        { title: 'go', run: async () => {} },
        { title: 'wait', run: never },
      ],
    })
    await steps.run(state)
    expect(state.steps).toMatchObject([{ title: 'go' }])
  })

  it('is not looked at any further', async () => {
    const state = provenAt(2, { steps: [{ title: 'go', run: async () => {} }], expectations: [...seen, ...seen] })
    await steps.run(state)
    expect(state.expectations).toMatchObject([{ outcome: 'passed' }])
  })
})

it('steps that return in time are not disturbed', async () => {
  const state = stateOf({ steps: [{ title: 'go', run: async () => {} }], expectations: seen })
  await steps.run(state)
  expect(state.expectations).toMatchObject([{ outcome: 'passed' }])
})

it('what the machine lacks is not the fault of the step', async () => {
  const noFiles = Object.assign(new Error('spawn EMFILE'), { code: 'EMFILE' })
  const state = stateOf({ steps: [{ title: 'open', run: () => Promise.reject(noFiles) }] })
  await expect(steps.run(state)).rejects.toThrow(EnvironmentMissing)
})

it('what the system does not promise is not expected, and the verdict says so', async () => {
  const fails = async () => {
    throw new Error('it is not so')
  }
  const look = (promised: 'longPolls' | 'slowReaderIsCut') => ({ promised, after: 1, title: promised, check: fails })
  const state = stateOf({
    steps: [{ title: 'go', run: async () => {} }],
    expectations: [look('longPolls'), look('slowReaderIsCut')],
  })
  await steps.run(state)
  expect(state.expectations).toMatchObject([{ title: 'longPolls', outcome: 'violated' }])
  expect(state.notJudged).toEqual([{ name: 'slowReaderIsCut', why: 'the system does not promise slowReaderIsCut' }])
})

describe('what was waited for in vain', () => {
  const waits = async () => {
    await new Promise((resolve) => setTimeout(resolve, 1_050))
    throw new Error('timed out after 1000 ms waiting for "the shelf is full"')
  }
  const after = (waitedMs: number) =>
    stateOf({
      steps: [{ title: 'go', run: async () => {} }],
      expectations: [{ after: 1, title: 'the shelf is full', check: waits }],
      waitedMs,
    })

  it('is violated where every process got its turns', async () => {
    const state = after(700)
    await steps.run(state)
    expect(state.expectations).toMatchObject([{ outcome: 'violated' }])
  })

  it('is not seen to be missing while a process had no processor for nearly all of the time, and the reason says so', async () => {
    const state = after(1_050)
    await expect(steps.run(state)).rejects.toThrow(
      /timed out .*; the machine was starved: n1 waited 1\.\d s of 1\.\d s/,
    )
    expect(state.expectations).toEqual([])
  })
})
