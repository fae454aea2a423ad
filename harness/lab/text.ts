import type { AnyLab, Finding, JudgedPrediction, LabResult } from './lab.ts'

const marks: Record<Finding['outcome'], string> = { held: '✓', contradicted: '✗', unknown: '?' }

/** What is printed before the run. Pure. */
export const predictionText = ({ name, title, scaled, predictions }: AnyLab): string =>
  [
    `\n${name}: ${title}`,
    scaled,
    'Predicted:',
    ...predictions.map(({ says }, index) => `  ${index + 1}. ${says}`),
    '',
  ].join('\n')

/** What is printed after it. Pure. */
export function resultText({ verdict, findings, figures, unmeasured }: LabResult): string {
  if (unmeasured !== undefined) return `? unknown: nothing was measured: ${unmeasured}\n`
  const width = Math.max(0, ...figures.map(({ what }) => what.length))
  return [
    'Measured:',
    ...findings.map(findingText),
    ...figures.map(({ what, value }) => `    ${what.padEnd(width)}  ${value}`),
    `${verdictMark[verdict]} ${verdict}`,
    '',
  ].join('\n')
}

const verdictMark: Record<LabResult['verdict'], string> = { 'as predicted': '✓', contradicted: '✗', unknown: '?' }

function findingText({ outcome, saw, why, inText }: JudgedPrediction, index: number): string {
  const known = why === undefined ? '' : `, but ${why}`
  const text = inText === undefined ? '' : ` (the text: ${inText})`
  return `  ${marks[outcome]} ${index + 1}. ${saw}${known}${text}`
}

/** The result as a section of a document such as docs/experiments.md. Pure. */
export function resultSection({ name, title, scaled, verdict, findings, figures, unmeasured }: LabResult): string {
  const seen = ({ saw, why }: JudgedPrediction) => (why === undefined ? saw : `${saw}, but ${why}`)
  const row = (one: JudgedPrediction) => `| ${one.says} | ${seen(one)} | ${one.inText ?? '–'} | ${marks[one.outcome]} |`
  return [
    `## \`./squall lab ${name}\``,
    '',
    `${title[0]!.toUpperCase()}${title.slice(1)}. ${scaled}`,
    '',
    '| predicted | measured | in the text | |',
    '|--|--|--|--|',
    ...findings.map(row),
    '',
    `Verdict: ${verdict}${unmeasured === undefined ? '' : `, because nothing was measured: ${unmeasured}`}.`,
    ...(figures.length === 0 ? [] : ['', '| figure | |', '|--|--|']),
    ...figures.map(({ what, value }) => `| ${escaped(what)} | ${escaped(value)} |`),
    '',
  ].join('\n')
}

const escaped = (text: string) => text.replaceAll('|', '\\|')
