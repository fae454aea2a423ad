import { describe, expect, it } from 'vitest'
import {
  type ControlKind,
  type ControlRow,
  controlTasks,
  describeControl,
  judgeControl,
} from '../../../harness/compare/control.ts'
import type { Verdict } from '../../../harness/compare/document.ts'

const row = (kind: ControlKind, number: number, verdict: Verdict): ControlRow => ({
  ...{ kind, number, verdict, seed: 100 + number, sentence: 'a sentence', tookMs: 61_400 },
  ratio: verdict === 'unknown' ? null : { low: 0.98, mean: 1, high: 1.021 },
})
const series = (same: readonly Verdict[], planted: readonly Verdict[]) => [
  ...same.map((verdict, index) => row('same', index + 1, verdict)),
  ...planted.map((verdict, index) => row('planted', index + 1, verdict)),
]
const times = (count: number, verdict: Verdict) => Array.from({ length: count }, () => verdict)
const right = { same: times(20, 'equivalent'), planted: times(10, 'slower') }

describe('the comparisons of a series', () => {
  const tasks = controlTasks({ times: 4, planted: 2, seed: 7 })

  it('are as many of each kind, in turn, each with a seed of its own', () => {
    expect(tasks.map(({ kind, number }) => `${kind} ${number}`)).toEqual([
      ...['same 1', 'planted 1', 'same 2', 'same 3', 'planted 2', 'same 4'],
    ])
    expect(new Set(tasks.map(({ plan }) => plan.seed)).size).toBe(6)
    expect(controlTasks({ times: 4, planted: 2, seed: 7 })).toEqual(tasks)
    expect(controlTasks({ times: 4, planted: 2, seed: 8 })).not.toEqual(tasks)
  })

  it('differ in the work of the handler, by 15 % of it, and in nothing else', () => {
    const of = (kind: ControlKind) => tasks.find((task) => task.kind === kind)!.comparison
    const bare = ({ name: _name, payloads: _payloads, ...rest }: ReturnType<typeof of>['first']) => rest
    expect(of('same').first.payloads).toEqual(of('same').second.payloads)
    expect(of('planted').first.payloads).toEqual([{ kind: 'wait', ms: 20 }])
    expect(of('planted').second.payloads).toEqual([{ kind: 'wait', ms: 23 }])
    expect(bare(of('planted').first)).toEqual(bare(of('planted').second))
  })

  it('are as small as they may be, unless somebody wants them larger', () => {
    expect(tasks[0]!.plan).toMatchObject({ blocks: 4, measureMs: 2_000, isBrief: true, sweep: [] })
    const [larger] = controlTasks({ times: 1, planted: 0, seed: 7, blocks: 8, seconds: 5 })
    expect(larger!.plan).toMatchObject({ blocks: 8, measureMs: 5_000 })
  })
})

describe('what a series says of the instrument', () => {
  const judged = (same: readonly Verdict[], planted: readonly Verdict[]) => judgeControl(series(same, planted)).outcome

  it.each([
    ['all is right', right.same, right.planted, 'passed'],
    ['two of twenty are wrong', [...times(18, 'equivalent'), 'faster', 'slower'], right.planted, 'passed'],
    ['three of twenty are wrong', [...times(17, 'inconclusive'), ...times(3, 'faster')], right.planted, 'failed'],
    ['one of ten is missed', right.same, [...times(9, 'slower'), 'inconclusive'], 'passed'],
    ['two of ten are missed', right.same, [...times(8, 'slower'), 'inconclusive', 'equivalent'], 'failed'],
    ['a slowdown is called a speedup', right.same, [...times(8, 'slower'), ...times(2, 'faster')], 'failed'],
    [
      'the machine was too busy for the planted ones',
      right.same,
      [...times(8, 'slower'), ...times(2, 'unknown')],
      'unknown',
    ],
    [
      'the machine was too busy for the others',
      [...times(17, 'equivalent'), ...times(3, 'unknown')],
      right.planted,
      'unknown',
    ],
    ['all of them had no verdict', times(20, 'unknown'), times(10, 'unknown'), 'unknown'],
    ['there is one of each', ['equivalent'], ['slower'], 'passed'],
    ['the one slowdown is missed', ['equivalent'], ['equivalent'], 'failed'],
    ['there is none', [], [], 'unknown'],
  ] as [string, Verdict[], Verdict[], string][])('where %s', (_what, same, planted, outcome) => {
    expect(judged(same, planted)).toBe(outcome)
  })

  it('is printed as a table with a sentence below', () => {
    expect(describeControl(judgeControl([row('same', 1, 'equivalent'), row('planted', 1, 'unknown')]))).toBe(
      `comparison     seed  verdict     ratio (95 % interval)   took
A/A 1          101   equivalent  1.000 (0.980 to 1.021)  61 s
15 % slower 1  101   unknown     –                       61 s

Nothing is known of the instrument: 1 comparison had no verdict, as on a busy machine; 0 of 1 comparisons of a system with itself said faster or slower, and 0 of 1 slowdowns of 15 % were found.
`,
    )
  })
})
