import { outcomeMark } from '../reporters/format.ts'
import { count } from '../verdict/checker.ts'
import type { NightReport } from './night-report.ts'
import { failuresOf, nightNumbers, nightSentence, outcomeOfNight } from './verdict.ts'

/** With the verdict, the numbers, what is left and the report these are ten lines. */
const failuresShown = 3

/** Returns the night for a terminal: its verdict, its numbers, and what failed with the commands that show it again. Pure. */
export function nightText(report: NightReport, page: string): string {
  const failures = failuresOf(report)
  const left = failures.length - failuresShown
  return `${[
    `${outcomeMark[outcomeOfNight(report)]} ${nightSentence(report)}`,
    nightNumbers(report)
      .map(([number, what]) => `${number} ${what}`)
      .join(', '),
    ...failures
      .slice(0, failuresShown)
      .flatMap(({ title, why, command }, index) => [index === 0 ? `${title}:` : `${title}: ${why}`, `    ${command}`]),
    ...(left > 0 ? [`and ${count(left, 'more failure')}`] : []),
    `report: ${page}`,
  ].join('\n')}\n`
}
