import type { History } from '../history/history.ts'

export interface Verdict {
  outcome: 'passed' | 'unknown' | 'violated'
  why: string
  evidence: Record<string, unknown>
}

/** A checker over a whole history. Pure: no clock, no network. Without evidence it returns `unknown`, never `passed`. */
export interface Checker {
  name: string
  invariant: string
  /** Of a checker of every scenario: whether there is what it judges. Where there is not, it does not judge. Default: always. */
  needs?(history: History): boolean
  /** Of a checker that judges what only some systems show: why it cannot judge this one. Then it is left out, and the verdict says so. */
  lacks?(history: History): string | undefined
  /** A violation that it finds in the beginning of a history stays one, whatever follows: it can judge while a session goes on. */
  judgesOpen?: true
  check(history: History): Verdict
}

export const passed = (why: string, evidence: Record<string, unknown> = {}): Verdict => ({
  outcome: 'passed',
  why,
  evidence,
})
export const violated = (why: string, evidence: Record<string, unknown> = {}): Verdict => ({
  outcome: 'violated',
  why,
  evidence,
})
export const unknown = (why: string, evidence: Record<string, unknown> = {}): Verdict => ({
  outcome: 'unknown',
  why,
  evidence,
})

/** `1 fault`, `2 faults`. */
export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`

/** A proven failure is never hidden, and no evidence is not a pass. */
const severity = { passed: 0, unknown: 1, violated: 2 } as const
export const worst = (outcomes: readonly Verdict['outcome'][]): Verdict['outcome'] =>
  outcomes.length === 0 ? ('unknown' as const) : outcomes.reduce((a, b) => (severity[b] > severity[a] ? b : a))

/** Runs a checker; one that throws has found out nothing. */
export function judge(checker: Checker, history: History): Verdict {
  try {
    return checker.check(history)
  } catch (error) {
    return unknown(`the checker itself failed: ${error instanceof Error ? error.message : String(error)}`)
  }
}
