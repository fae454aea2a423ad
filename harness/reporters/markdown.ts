import { stripVTControlCharacters } from 'node:util'
import { count } from '../verdict/checker.ts'
import type { RunResult, ScenarioResult } from '../verdict/result.ts'
import {
  counts,
  describeAttempts,
  describeCells,
  describeSkipped,
  describeWaiting,
  duration,
  flakyPart,
  outcomeMark,
  reasons,
  replayCommand,
  verdictSentence,
  when,
} from './format.ts'
import type { RunRecord } from './record.ts'

/** A summary for a CI step or an issue: the verdict, the table, each reason, the replay command. Pure. */
export function markdown({ run }: RunRecord): string {
  const { passed, violated, unknown, flaky, faults, witnessed } = counts(run)
  return within(mostBytes, [
    `# ${outcomeMark[run.outcome]} ${text(verdictSentence(run))}`,
    `**${passed} passed, ${violated} violated, ${unknown} unknown${flakyPart(flaky)}** · faults witnessed ${witnessed}/${faults} · left behind ${run.leaks.length} · ${duration(run.durationMs)} · ${when(run.startedAt)}`,
    table(run.scenarios),
    ...run.scenarios.filter(({ outcome }) => outcome !== 'passed').map(section),
    ...run.scenarios.filter(({ cells }) => cells).map(cellsOf),
    ...run.scenarios.filter(({ notJudged }) => notJudged).map(notJudgedOf),
    ...(run.skipped.length > 0
      ? [`## Skipped\n\n${run.skipped.map((one) => `- ${text(describeSkipped(one))}`).join('\n')}`]
      : []),
    ...(run.leaks.length > 0 ? [`## Left behind\n\n${run.leaks.map((leak) => `- ${text(leak)}`).join('\n')}`] : []),
    ...waitingOf(run),
    `Seed \`${run.seed}\`, driver ${run.driver}, ${run.nodes} nodes. Repeat it:\n\n${block(replayCommand(run))}`,
  ])
}

/** GitHub drops a summary of more than 1 MiB as a whole, and shows one that is nearly as long very slowly. */
const mostBytes = 200_000

/** Joins as many sections as fit, and says how many do not. */
function within(bytes: number, sections: readonly string[]): string {
  let left = bytes
  const kept = sections.filter((one) => {
    left -= Buffer.byteLength(one) + 2
    return left >= 0
  })
  const missing = sections.length - kept.length
  const note =
    missing === 0
      ? []
      : [
          `${count(missing, 'section is', 'sections are')} left out here, because a summary may not be longer; report.html has everything.`,
        ]
  return `${[...kept, ...note].join('\n\n')}\n`
}

function table(scenarios: readonly ScenarioResult[]): string {
  const rows = scenarios.map(
    ({ id, outcome, faults, durationMs, title }) =>
      `| ${outcomeMark[outcome]} ${outcome} | ${cell(id)} | ${cell(title)} | ${cell(faults.map(({ kind, target }) => `${kind} ${target}`).join(', ')) || 'none'} | ${duration(durationMs)} |`,
  )
  return ['| verdict | scenario | title | faults | took |', '|--|--|--|--|--:|', ...rows].join('\n')
}

function section(scenario: ScenarioResult): string {
  const why = [...reasons(scenario), ...describeAttempts(scenario)].map((one) => `- ${text(one)}`)
  return [
    `## ${outcomeMark[scenario.outcome]} ${scenario.id}: ${scenario.outcome}`,
    ...(why.length > 0 ? [why.join('\n')] : []),
    block(scenario.replay),
  ].join('\n\n')
}

const cellsOf = (scenario: ScenarioResult) =>
  `## What the faults of ${scenario.id} hit\n\n${describeCells(scenario)
    .map((line) => `- ${text(line)}`)
    .join('\n')}`

function waitingOf(run: RunResult): string[] {
  const waiting = describeWaiting(run)
  return waiting === undefined ? [] : [text(`Waited for: ${waiting}.`)]
}

const notJudgedOf = (scenario: ScenarioResult) =>
  `## Not judged in ${scenario.id}\n\n${scenario
    .notJudged!.map(({ name, why }) => `- ${text(`${name}: ${why}`)}`)
    .join('\n')}`

const block = (command: string) => `\`\`\`sh\n${command}\n\`\`\``
/** Reasons quote the output of programs; none of it may be interpreted as markup. */
export const text = (words: string) =>
  stripVTControlCharacters(words)
    .replace(/\s+/g, ' ')
    .replace(/[<>*_`[\]\\]/g, '\\$&')
export const cell = (words: string) => text(words).replaceAll('|', '\\|')
