import { duration, outcomeMark } from '../reporters/format.ts'
import { cell, text } from '../reporters/markdown.ts'
import { describeStanding, durationOr } from './format.ts'
import { heatCells } from './heat-map.ts'
import type { NightLine } from './night.ts'
import type { Finding, NightReport } from './night-report.ts'
import { trendText } from './trend-text.ts'
import { doubtsOf, failuresOf, having, nightNumbers, nightSentence, outcomeOfNight, provenance } from './verdict.ts'

/** GitHub refuses a longer summary of a job. */
export const summaryMaxBytes = 1024 * 1024
const slowestShown = 15
/** With the title and the numbers these are ten lines. */
const failuresAtOnce = 3

/** Returns the night for the summary of a CI job: the verdict in the first ten lines, then everything that is open. Pure. */
export function nightSummary(report: NightReport, history: readonly NightLine[]): string {
  const sign = outcomeMark[outcomeOfNight(report)]
  const failures = failuresOf(report)
  const numbers = nightNumbers(report).map(([number, what]) => `${number} ${what}`)
  return withinLimit([
    `# ${sign} ${text(nightSentence(report))}\n\n**${numbers.slice(0, 7).join(', ')}** · ${numbers.slice(7).join(' · ')}`,
    failures.slice(0, failuresAtOnce).map(inBrief).join('\n'),
    section('Failures', failures.map(inFull)),
    section('Now passes, now fails', doubtsOf(report, 'flaky', 'intermittent').map(inFull)),
    section('Unknown', doubtsOf(report, 'unknown').map(inFull)),
    section(
      'Fixed',
      having(report, 'fixed').map((one) => `- ${text(one.scenario)}: ${text(describeStanding(one))}`),
    ),
    stagesTable(report),
    slowest(history),
    history.length === 0 ? '' : `## Trend\n\n\`\`\`\n${trendText(history).trimEnd()}\n\`\`\``,
    `## Provenance\n\n${provenance(report)
      .map(([name, value]) => `- ${name}: ${text(String(value))}`)
      .join('\n')}`,
  ])
}

/** A title and a command in a row that no markup of the sentence can break; the title of the page says already why the first one failed. */
const inBrief = ({ title, why, command }: Finding, index: number) =>
  `- ${text(title)}: ${index === 0 ? '' : `${text(why)} `}\`${command}\``
const inFull = ({ title, why, command }: Finding) =>
  `- **${text(title)}**: ${text(why)}\n\n  \`\`\`sh\n  ${command}\n  \`\`\``

const section = (title: string, items: readonly string[]) =>
  items.length === 0 ? '' : `## ${title}\n\n${items.join('\n')}`

function stagesTable({ stages }: NightReport): string {
  const rows = stages.map(
    ({ name, end, durationMs, summary }) =>
      `| ${name} | ${end} | ${durationMs === 0 ? '–' : duration(durationMs)} | ${cell(summary)} |`,
  )
  return `## Stages\n\n${['| stage | end | took | |', '|--|--|--:|--|', ...rows].join('\n')}`
}

function slowest(history: readonly NightLine[]): string {
  const cells = heatCells(history)
    .sort((a, b) => b.p50Ms - a.p50Ms)
    .slice(0, slowestShown)
  if (cells.length === 0) return ''
  const rows = cells.map(
    ({ scenario, fault, p50Ms, p99Ms, nights }) =>
      `| ${cell(scenario)} | ${cell(fault)} | ${durationOr(p50Ms)} | ${durationOr(p99Ms)} | ${nights} |`,
  )
  return `## Slowest to recover\n\n${['| scenario | fault | p50 | p99 | nights |', '|--|--|--:|--:|--:|', ...rows].join('\n')}`
}

/** Leaves out what does not fit any more, and says so. */
function withinLimit(sections: readonly string[]): string {
  const cut = '\n\nThe rest does not fit into a summary; report.html has all of it.\n'
  const whole = `${sections.filter((one) => one !== '').join('\n\n')}\n`
  if (Buffer.byteLength(whole) <= summaryMaxBytes) return whole
  const lines = whole.split('\n')
  let bytes = Buffer.byteLength(cut)
  const most = lines.findIndex((line) => {
    bytes += Buffer.byteLength(line) + 1
    return bytes > summaryMaxBytes
  })
  return `${lines.slice(0, most).join('\n')}${cut}`
}
