import { checkers } from '../checkers/index.ts'
import { type History, toHistory } from '../history/history.ts'
import { exitCodes } from '../platform/exit-codes.ts'
import { outcomeMark } from '../reporters/format.ts'
import { resultPalette } from '../reporters/palette.ts'
import { type RunRecord, readRecord, tornLine } from '../reporters/record.ts'
import { checkersFor } from '../runner/checkers-of.ts'
import { findRun } from '../runner/run-folder.ts'
import { loadKnown } from '../runner/selection.ts'
import type { Scenario } from '../scenario.ts'
import { type Checker, judge } from '../verdict/checker.ts'
import { type CheckResult, type ScenarioResult, worstOutcome } from '../verdict/result.ts'
import type { Command } from './command.ts'
import { flags, runArgument } from './options.ts'
import { foldersOf } from './run.ts'

export const check: Command = {
  name: 'check',
  ...runArgument,
  completes: 'paths',
  summary: 'judge a recorded history again with the current checkers',
  options: [flags.scenarios, flags.json],
  async run([name], { json, ...options }: { json?: boolean; scenarios?: string[] }, io) {
    const record = readRecord(findRun(name!, io))
    io.err(tornLine(record) ?? '')
    const judged = judgeAgain(record, await loadKnown({ ...io, otherFolders: foldersOf(options, io) }))
    const outcome = worstOutcome(judged.flatMap(({ checks }) => checks.map(({ outcome }) => outcome)))
    if (json) io.out(`${JSON.stringify({ outcome, scenarios: judged }, null, 2)}\n`)
    else for (const line of linesOf(judged, resultPalette(io))) io.out(`${line}\n`)
    return exitCodes[outcome]
  },
}

interface Judged {
  id: string
  checks: (CheckResult & { before?: CheckResult['outcome'] })[]
}

const linesOf = (judged: readonly Judged[], paint: ReturnType<typeof resultPalette>): string[] =>
  judged.flatMap(({ id, checks }) =>
    checks.map(({ name, outcome, why, before = outcome }) => {
      const changed = before !== outcome ? ` (was ${before})` : ''
      return `${paint[outcome](`${outcomeMark[outcome]} ${outcome.padEnd(8)}`)}  ${id}  ${name}: ${why}${changed}`
    }),
  )

/** Verdicts are functions of the history: judging again without a cluster gives what the run gave, or shows that a checker has changed. */
export function judgeAgain({ run, eventsOf }: RunRecord, scenarios: readonly Scenario[]): Judged[] {
  return run.scenarios.map((result) => {
    const history = toHistory(eventsOf(result.id))
    const checkers = checkersThatJudged(result, scenarios, history)
    const again = checkers.map((checker) => ({ name: checker.name, ...judge(checker, history) }))
    // What only the run itself could know, such as a scenario that did not complete, stays as it was.
    const kept = result.checks.filter(({ name }) => !checkers.some((checker) => checker.name === name))
    const before = new Map(result.checks.map((one) => [one.name, one.outcome]))
    return {
      id: result.id,
      checks: [...again, ...kept].map((one) => {
        const was = before.get(one.name)
        return was === undefined ? one : { ...one, before: was }
      }),
    }
  })
}

/** The scenario's own checkers; for one that is gone, the checkers that judged it then. */
function checkersThatJudged(result: ScenarioResult, scenarios: readonly Scenario[], history: History): Checker[] {
  const scenario = scenarios.find(({ id }) => id === result.id)
  if (scenario) return checkersFor(scenario, history).checkers
  return result.checks.flatMap(({ name }) => checkers[name] ?? [])
}
