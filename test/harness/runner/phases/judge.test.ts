import { describe, expect, it } from 'vitest'
import { createRecorder } from '../../../../harness/history/recorder.ts'
import { judgeHistory } from '../../../../harness/runner/phases/judge.ts'
import type { RunState } from '../../../../harness/runner/run-state.ts'
import { type Checker, violated } from '../../../../harness/verdict/checker.ts'
import type { CheckResult, NotJudged } from '../../../../harness/verdict/result.ts'

const empty: Checker = { name: 'shelf-full', invariant: 'the shelf is full', check: () => violated('it is empty') }
const blind: Checker = { ...empty, name: 'shelf-seen', lacks: () => 'nobody shows the shelf' }

interface Given {
  checkers: Checker[]
  endedLoops: number
  hasEndedEarly?: true
}

async function judged({ checkers, endedLoops, hasEndedEarly }: Given) {
  const state = {
    scenario: { id: 'test/one', steps: [], expectations: [], checkers },
    settings: { endedLoops: () => endedLoops },
    endedLoopsBefore: 1,
    recorder: createRecorder({ elapsedMs: () => 0, sink: () => {}, isDefinite: () => false }),
    log: { remaining: () => 0 },
    checks: [] as CheckResult[],
    notJudged: [] as NotJudged[],
    ...(hasEndedEarly && { hasEndedEarly }),
  }
  await judgeHistory.run(state as unknown as RunState)
  return state
}

describe('the judges', () => {
  const own = ({ checks }: { checks: readonly CheckResult[] }) => checks.find(({ name }) => name === empty.name)

  it('say what they find', async () => {
    expect(own(await judged({ checkers: [empty], endedLoops: 1 }))).toMatchObject({ outcome: 'violated' })
  })

  it('prove nothing where a loop without an end has kept the harness from seeing', async () => {
    expect(own(await judged({ checkers: [empty], endedLoops: 2 }))).toMatchObject({
      outcome: 'unknown',
      why: 'it is empty, but a step kept this process busy without an end',
    })
  })

  it('leave out those that must wait for the end of a scenario that was ended early', async () => {
    const open: Checker = { ...empty, name: 'shelf-once-full', judgesOpen: true, check: () => violated('it was empty') }
    const { checks, notJudged } = await judged({ checkers: [empty, open], endedLoops: 1, hasEndedEarly: true })
    expect(checks.filter(({ outcome }) => outcome === 'violated').map(({ name }) => name)).toEqual(['shelf-once-full'])
    expect(notJudged).toContainEqual({ name: empty.name, why: expect.stringContaining('as soon as') })
    expect(own(await judged({ checkers: [empty, open], endedLoops: 1 }))).toMatchObject({ outcome: 'violated' })
  })

  it('leave nothing to pass where all that the scenario is about cannot be judged', async () => {
    const { checks, notJudged } = await judged({ checkers: [blind], endedLoops: 1 })
    expect(notJudged).toContainEqual({ name: 'shelf-seen', why: 'nobody shows the shelf' })
    expect(checks).toContainEqual({
      name: 'scenario-completed',
      outcome: 'unknown',
      why: expect.stringContaining('nothing that the scenario is about could be judged: shelf-seen'),
      evidence: {},
    })
  })
})
