import type { Capacity } from '../load/capacity.ts'
import { percent } from '../stats/percent.ts'
import type { ComparisonDocument, Verdict } from './document.ts'
import type { Judgement } from './verdict.ts'

interface Said {
  verdict: Verdict
  names: { first: string; second: string }
  metric: string
  judgement: Judgement
  margin: number
  reason?: string
}

/** `12 %`, and from 100 % on as a factor. */
export const describeEffect = (effect: number): string =>
  effect < 1 ? `a difference of ${percent(effect)}` : `a factor of ${(1 + effect).toFixed(1)}`

const times = (factor: number) => factor.toFixed(2)

const limits = { system: 'capacity', generator: 'at least (the generator was the limit)', search: 'at least' } as const
export const describeCapacity = ({ ratePerS, limitedBy }: Capacity): string =>
  `${limits[limitedBy]} ${Math.round(ratePerS)} messages/s`

/** The verdict in one sentence, with its interval. */
export function describeVerdict({ verdict, names, metric, judgement, margin, reason }: Said): string {
  const { first, second } = names
  if (verdict === 'unknown') return `Unknown whether ${second} is faster than ${first}: ${reason}.`
  const { mean, low, high } = judgement.ratio
  const interval = Number.isFinite(high)
    ? `${times(mean)} times that of ${first} (95 % interval ${times(low)} to ${times(high)})`
    : 'without limit'
  const what = `the ${metric} is ${interval}`
  if (verdict === 'equivalent') return `${second} and ${first} are equivalent within ${percent(margin)}: ${what}.`
  if (verdict === 'inconclusive') return `Inconclusive: ${what}, and the margin is ${percent(margin)}.`
  return `${second} is ${verdict} than ${first}: ${what}.`
}

/** What a terminal shows. */
export function describeComparison(document: ComparisonDocument): string {
  const others = document.others.map(({ work, sentence }) => `${work.padEnd(13)} ${sentence}`)
  const { arms, control, capacity, hazards, detectableEffect, overload, environment } = document
  const range = control.interval
    ? ` (${times(control.interval.ratio.low)} to ${times(control.interval.ratio.high)})`
    : ''
  const lines = [
    '',
    document.sentence,
    '',
    `control    ${arms.first} against itself: ${control.verdict}${range}`,
    `detects    ${detectableEffect === null ? 'unknown' : `${describeEffect(detectableEffect)} four times out of five`}`,
    ...(capacity
      ? [
          `capacity   ${arms.first}: ${describeCapacity(capacity.first)}; ${arms.second}: ${describeCapacity(capacity.second)}`,
        ]
      : []),
    ...(overload
      ? [
          `overload   backlog grows by ${Math.round(overload.first.backlogSlopePerS)}/s (${arms.first}), ${Math.round(overload.second.backlogSlopePerS)}/s (${arms.second})`,
        ]
      : []),
    ...(environment.pressure === null
      ? []
      : [`machine    something waited for a processor ${percent(environment.pressure)} of the time`]),
    '',
    ...hazards
      .filter(({ first, second }) => first || second)
      .flatMap((one) => [
        one.name,
        `  ${arms.first.padEnd(12)} ${one.first?.said ?? 'not measured'}`,
        `  ${arms.second.padEnd(12)} ${one.second?.said ?? 'not measured'}`,
      ]),
    '',
    ...others,
  ]
  return `${lines.join('\n')}\n`
}
