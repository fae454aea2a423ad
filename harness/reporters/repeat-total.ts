import type { Outcome, RunResult } from '../verdict/result.ts'
import { duration, outcomeMark, replayCommand, shownFolder } from './format.ts'
import type { Palette } from './palette.ts'

const outcomes = ['violated', 'unknown', 'flaky', 'passed'] as const

/** How often each scenario ended in which way, in the order of the runs. */
interface Tally {
  id: string
  count: Record<Outcome, number>
  of: number
  durationsMs: number[]
}

/** Returns the one result of all runs of `--repeat`: each scenario once, then the worst run and how to repeat it. Pure. */
export function repeatTotal(runs: readonly RunResult[], paint: Palette): string {
  const tallies = tallyOf(runs)
  const idWidth = Math.max(0, ...tallies.map(({ id }) => id.length))
  const worst = outcomes
    .map((outcome) => runs.find((run) => run.outcome === outcome))
    .find((run) => run !== undefined && run.outcome !== 'passed')
  return `${[
    '',
    ...tallies.map((one) => lineOf(one, idWidth, paint)),
    '',
    `${runs.length} runs: ${describe(totalOf(runs.map(({ outcome }) => outcome)), runs.length)} in ${duration(runs.reduce((sum, { durationMs }) => sum + durationMs, 0))}`,
    ...(worst ? [`first ${worst.outcome}: ${shownFolder(worst)}/report.html`, `replay: ${replayCommand(worst)}`] : []),
  ].join('\n')}\n`
}

function tallyOf(runs: readonly RunResult[]): Tally[] {
  const ids = [...new Set(runs.flatMap(({ scenarios }) => scenarios.map(({ id }) => id)))]
  return ids.map((id) => {
    const results = runs.flatMap(({ scenarios }) => scenarios.filter((one) => one.id === id))
    return {
      id,
      count: totalOf(results.map(({ outcome }) => outcome)),
      of: results.length,
      durationsMs: results.map(({ durationMs }) => durationMs).sort((a, b) => a - b),
    }
  })
}

const totalOf = (all: readonly Outcome[]) =>
  Object.fromEntries(outcomes.map((one) => [one, all.filter((other) => other === one).length])) as Record<
    Outcome,
    number
  >

function lineOf({ id, count, of, durationsMs }: Tally, idWidth: number, paint: Palette): string {
  const worst = outcomes.find((outcome) => count[outcome] > 0)!
  const median = duration(durationsMs[durationsMs.length >> 1]!)
  return `${paint[worst](`${outcomeMark[worst]} ${describe(count, of).padEnd(16)}`)}  ${id.padEnd(idWidth)}  ${paint.soft(`median ${median}`)}`
}

/** `10 of 10 passed`, `2 of 10 violated, 8 passed`. */
const describe = (count: Record<Outcome, number>, of: number) =>
  outcomes
    .filter((outcome) => count[outcome] > 0)
    .map((outcome, index) => (index === 0 ? `${count[outcome]} of ${of} ${outcome}` : `${count[outcome]} ${outcome}`))
    .join(', ')
