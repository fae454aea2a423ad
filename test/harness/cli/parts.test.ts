import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checkers } from '../../../harness/checkers/index.ts'
import { parseDuration } from '../../../harness/cli/options.ts'
import { worstCode } from '../../../harness/cli/run.ts'
import { closingOf } from '../../../harness/cli/test.ts'
import { watchSignals } from '../../../harness/platform/interruption.ts'
import { nearest } from '../../../harness/platform/nearest.ts'
import { parseSeed } from '../../../harness/platform/random.ts'
import { loadAll } from '../../../harness/runner/scenario-files.ts'
import { defects } from '../../../harness/selftest/defects.ts'
import {
  type DefectResult,
  detection,
  detectMsOf,
  inOrder,
  judgeDefect,
  summaryOf,
} from '../../../harness/selftest/selftest-result.ts'
import type { RunResult } from '../../../harness/verdict/result.ts'

describe('words on the command line', () => {
  it('reads seeds and durations', () => {
    expect([parseSeed('0x5eed'), parseSeed('24301'), parseDuration('90s'), parseDuration('10m')]).toEqual([
      24301, 24301, 90_000, 600_000,
    ])
  })

  it('finds what was probably meant, and nothing when nothing is near', () => {
    expect(nearest('rnu', ['run', 'report'])).toBe('run')
    expect(nearest('missed-release', ['store/missed-release', 'store/sell-out'])).toBe('store/missed-release')
    expect(nearest('hurricane', ['run', 'report'])).toBeUndefined()
  })

  it('hides no proven failure behind another exit code', () => {
    expect(worstCode([0, 2, 1, 130])).toBe(1)
    expect(worstCode([0, 5, 2])).toBe(2)
    expect(worstCode([0, 0])).toBe(0)
  })
})

describe('the table of defects (FI-18)', () => {
  const ids = () => [...readFileSync('system/platform/defects.ts', 'utf8').matchAll(/'(DF-\d+)':/g)].map(([, id]) => id)

  it('has a detector for every defect that a node can be started with', () => {
    expect(Object.keys(defects)).toEqual(ids())
  })

  it('names scenarios that exist and checkers that judge there', async () => {
    const all = await loadAll(process.cwd())
    for (const [id, { scenario, checker }] of Object.entries(defects)) {
      const found = all.find((one) => one.id === scenario)
      expect(found, `${id} needs ${scenario}`).toBeDefined()
      expect(checkers, `${id} needs ${checker}`).toHaveProperty(checker)
      const judges = [...(found?.checkers ?? []).map(({ name }) => name), 'expectations']
      expect(judges, `${checker} judges ${scenario}`).toContain(checker)
    }
  })

  it('takes only the named checker, in the words of the defect, for a catch', () => {
    const defect = { scenario: 'a/one', checker: 'at-most-once', finding: /^duplicate: / }
    const run = (name: string, outcome: string, why: string) =>
      ({ scenarios: [{ checks: [{ name, outcome, why, evidence: {} }] }] }) as unknown as RunResult
    expect(judgeDefect(run('at-most-once', 'violated', 'duplicate: n1/3 twice'), defect).caught).toBe(true)
    expect(judgeDefect(run('at-most-once', 'violated', 'reordered: x'), defect).caught).toBe(false)
    expect(judgeDefect(run('at-most-once', 'unknown', 'duplicate: x'), defect).caught).toBe(false)
    expect(judgeDefect(run('never-oversold', 'violated', 'duplicate: x'), defect).caught).toBe(false)
    expect(judgeDefect(run('at-most-once', 'passed', 'fine'), defect).finding).toContain('nobody noticed anything')
  })
})

describe('the result of the self-test (FI-18)', () => {
  const result = (id: string, detectSeconds: number | null, caught = true): DefectResult => ({
    id,
    caught,
    checker: 'at-most-once',
    finding: 'duplicate',
    seconds: 9,
    detectSeconds,
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
    const defects = [result('DF-1', 2), result('DF-2', 8), result('DF-3', 4), result('DF-4', 99, false)]
    expect(detection(defects)).toEqual({ medianSeconds: 4, worstSeconds: 8, worst: 'DF-2' })
    expect(detection([result('DF-1', null)])).toBeUndefined()
  })

  it('says how many detectors are live, how many alarms were false, and how long it took', () => {
    const defects = [result('DF-1', 2), result('DF-4', 9, false)]
    const text = summaryOf({ defects, falseAlarms: 1, cleanScenarios: 5, canary: 'caught', leaks: [] })
    expect(text.split('\n')).toEqual([
      'detectors live: 1 of 2',
      'false alarms: 1 in 5 scenarios without a defect; canary caught',
      'time to detect: median 2.0 s, worst 2.0 s (DF-1), from the first step to the verdict',
    ])
  })

  it('tells what ended early in the order in which it was asked for', () => {
    const said: string[] = []
    const say = inOrder((word: string) => said.push(word))
    say(2, 'c')
    say(0, 'a')
    expect(said).toEqual(['a'])
    say(1, 'b')
    expect(said).toEqual(['a', 'b', 'c'])
  })
})

describe('the closing line of the tests', () => {
  it('counts what failed before the tests, and a runner that died', () => {
    expect(closingOf('12 passed, 0 failed', 0, 0)).toBe('12 passed, 0 failed')
    expect(closingOf('12 passed, 1 failed, 2 skipped', 1, 1)).toBe('12 passed, 2 failed, 2 skipped')
    expect(closingOf(undefined, 1, 0)).toBe('0 passed, 1 failed')
  })
})

describe('Ctrl-C', () => {
  it('asks for an orderly end first, and ends at once the second time', () => {
    const heard: string[] = []
    const handlers: Record<string, (signal: 'SIGINT' | 'SIGTERM') => void> = {}
    const target = {
      on: (name: string, handler: (signal: 'SIGINT' | 'SIGTERM') => void) => {
        handlers[name] = handler
      },
      exit: (code: number) => heard.push(`exit ${code}`),
    } as unknown as NodeJS.Process
    const interruption = watchSignals(target, () => heard.push('said'))
    interruption.onStop((signal) => heard.push(`stop ${signal}`))
    handlers.SIGTERM?.('SIGTERM')
    expect([interruption.by(), ...heard]).toEqual(['SIGTERM', 'said', 'stop SIGTERM'])
    handlers.SIGINT?.('SIGINT')
    expect(heard[2]).toBe('exit 130')
  })
})
