import { percentile } from '../stats/percentile.ts'
import { count } from '../verdict/checker.ts'
import { dayOf, describeStanding, durationOr, outcomeSigns, standingMarks } from './format.ts'
import type { NightLine } from './night.ts'
import { describeRecoveryShift } from './recovery.ts'
import { standingsOf } from './standing.ts'

const nightsShown = 30

/** Returns the trend of the nights as lines for people: one for each scenario of the last night, the gravest first. Pure. */
export function trendText(lines: readonly NightLine[]): string {
  if (lines.length === 0) return 'no night is kept; "squall nightly" makes one\n'
  const nights = [...new Set(lines.map(({ night }) => night))]
  const byScenario = Map.groupBy(lines, ({ scenario }) => scenario)
  const standings = standingsOf(lines)
  const width = Math.max(...standings.map(({ scenario }) => scenario.length))
  const rows = standings.map((standing) => {
    const own = byScenario.get(standing.scenario)!
    const recovery = percentile(recoveriesOf(own), 0.5)
    const head = `${standingMarks[standing.name]} ${standing.scenario.padEnd(width)}  ${signs(own, nights)}`
    return `${head}  recovery ${durationOr(recovery).padStart(7)}  ${[describeStanding(standing), describeRecoveryShift(own)].filter(Boolean).join('; ')}`
  })
  const [first, last] = [nights[0]!, nights.at(-1)!].map(dayOf)
  return `${[`${count(nights.length, 'night')}, ${first} to ${last}; ${failuresIn(standings)}`, ...rows].join('\n')}\n`
}

const failuresIn = (standings: ReturnType<typeof standingsOf>) =>
  `${standings.filter(({ isFailure }) => isFailure).length} of ${count(standings.length, 'scenario')} failed the last night`

const recoveriesOf = (own: readonly NightLine[]) =>
  own.flatMap(({ recoveryMs }) => (recoveryMs === null ? [] : [recoveryMs]))

/** One sign for each of the last nights; a dot where the scenario did not run. */
function signs(own: readonly NightLine[], nights: readonly string[]): string {
  const byNight = new Map(own.map((line) => [line.night, outcomeSigns[line.outcome]]))
  return nights
    .slice(-nightsShown)
    .map((night) => byNight.get(night) ?? '·')
    .join('')
}
