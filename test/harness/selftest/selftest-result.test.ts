import { describe, expect, it } from 'vitest'
import {
  type DefectOutcome,
  type DefectResult,
  detection,
  detectMsOf,
  exitCodeFor,
  inOrder,
  judgeDefect,
  summaryOf,
} from '../../../harness/selftest/selftest-result.ts'
import type { Outcome, RunResult } from '../../../harness/verdict/result.ts'

type Check = [name: string, outcome: Outcome, why: string]
const runOf = (outcome: Outcome, ...checks: Check[]) =>
  ({
    outcome,
    scenarios: [{ id: 'a/one', checks: checks.map(([name, its, why]) => ({ name, outcome: its, why, evidence: {} })) }],
  }) as unknown as RunResult

describe('what became of a defect', () => {
  const expected = { checker: 'at-most-once', finding: /^duplicate: / }

  it.each<[DefectOutcome, Outcome, Check]>([
    ['caught', 'violated', ['at-most-once', 'violated', 'duplicate: n1/3 twice']],
    ['survived', 'violated', ['at-most-once', 'violated', 'reordered: x']],
    ['survived', 'violated', ['never-oversold', 'violated', 'duplicate: x']],
    ['unknown', 'unknown', ['at-most-once', 'unknown', 'duplicate: x']],
    ['unknown', 'unknown', ['scenario-completed', 'unknown', 'a step failed']],
    ['survived', 'passed', ['at-most-once', 'passed', 'fine']],
  ])('%s, when the run is %s with %j', (outcome, ofRun, check) => {
    expect(judgeDefect(runOf(ofRun, check), expected).outcome).toBe(outcome)
  })

  it('is not known while the named checker has not judged, whatever another one says', () => {
    const run = runOf('violated', ['never-oversold', 'violated', 'x'], ['at-most-once', 'unknown', 'no messages'])
    expect(judgeDefect(run, expected).outcome).toBe('unknown')
  })

  it('is caught by anybody where nobody is named, and says by whom and where', () => {
    const run = runOf('violated', ['b', 'passed', 'fine'], ['c', 'violated', 'bad'])
    expect(judgeDefect(run, {})).toEqual({ outcome: 'caught', finding: 'bad', scenario: 'a/one', checker: 'c' })
    expect(judgeDefect(runOf('passed', ['b', 'passed', 'fine']), {})).toMatchObject({
      outcome: 'survived',
      finding: 'nobody noticed anything',
    })
  })

  it('is not known where no scenario ran', () => {
    expect(judgeDefect({ outcome: 'unknown', scenarios: [] }, {}).outcome).toBe('unknown')
  })

  it('says what was expected and what was said instead', () => {
    const { finding } = judgeDefect(runOf('violated', ['x', 'violated', 'y'], ['z', 'passed', 'fine']), expected)
    expect(finding).toBe('expected at-most-once /^duplicate: /; x: y')
  })
})

describe('the result of the self-test (FI-18)', () => {
  const result = (id: string, detectSeconds: number | null, outcome: DefectOutcome = 'caught'): DefectResult => ({
    id,
    outcome,
    caught: outcome === 'caught',
    scenario: 'a/one',
    checker: 'at-most-once',
    finding: 'duplicate',
    seconds: 9,
    detectSeconds,
    folder: null,
  })

  it('measures from the first step to the verdict, and nothing for a scenario without steps', () => {
    const phases = [
      { name: 'provision', startMs: 0, endMs: 1_500 },
      { name: 'steps', startMs: 1_700, endMs: 4_000 },
      { name: 'judge', startMs: 5_000, endMs: 5_100 },
    ]
    expect(detectMsOf({ phases })).toBe(3_400)
    expect(detectMsOf({ phases: phases.slice(0, 1) })).toBeUndefined()
  })

  it('counts the time of what was caught only', () => {
    const defects = [result('DF-1', 2), result('DF-2', 8), result('DF-3', 4), result('DF-4', 99, 'survived')]
    expect(detection(defects)).toEqual({ medianSeconds: 4, worstSeconds: 8, worst: 'DF-2' })
    expect(detection([result('DF-1', null)])).toBeUndefined()
  })

  const whole = (...outcomes: DefectOutcome[]) => ({
    defects: outcomes.map((outcome, index) => result(`DF-${index}`, 2, outcome)),
    falseAlarms: 0,
    cleanScenarios: 5,
    canary: 'caught' as const,
    leaks: [],
  })

  it('says how many detectors are live, what became of the others, how many alarms were false, and how long it took', () => {
    const text = summaryOf({ ...whole('caught', 'survived', 'does-not-apply', 'survived'), falseAlarms: 1 })
    expect(text.split('\n')).toEqual([
      'detectors live: 1 of 4; 2 survived, 1 does-not-apply',
      'false alarms: 1 in 5 scenarios without a defect; canary caught',
      'time to detect: median 2.0 s, worst 2.0 s (DF-0), from the first step to the verdict',
    ])
    expect(summaryOf(whole('caught'))).toMatch(/^detectors live: 1 of 1\n/)
  })

  it('ends with 1 for what survived, whatever else there is; then the interruption; then what is unknown; then bad diffs', () => {
    const code = (outcomes: DefectOutcome[], interrupted?: number) => exitCodeFor(whole(...outcomes), interrupted)
    expect(code(['caught', 'survived', 'unknown', 'does-not-apply'], 130)).toBe(1)
    expect(code(['unknown', 'does-not-apply'], 130)).toBe(130)
    expect(code(['caught', 'unknown', 'does-not-type-check'])).toBe(2)
    expect([code(['caught', 'does-not-apply']), code(['does-not-type-check'])]).toEqual([64, 64])
    expect(code(['caught'])).toBe(0)
    expect(exitCodeFor({ ...whole('caught'), falseAlarms: 1 }, undefined)).toBe(1)
    expect(exitCodeFor({ ...whole('caught'), canary: 'missed' }, undefined)).toBe(1)
  })

  it('reports what ended early in the order in which it was asked for', () => {
    const said: string[] = []
    const say = inOrder((word: string) => said.push(word))
    say(2, 'c')
    say(0, 'a')
    expect(said).toEqual(['a'])
    say(1, 'b')
    expect(said).toEqual(['a', 'b', 'c'])
  })
})
