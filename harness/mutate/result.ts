import { exitCodes } from '../platform/exit-codes.ts'
import type { Generated, ThrownAway } from './generate.ts'
import type { Mutant } from './mutant.ts'
import type { TierName, TierResult } from './tiers/tier.ts'

/**
 * What became of a mutant. `caught`: a tier said so. `survived`: every tier that could see it ran, and said nothing. `unknown`: it could not
 * be said, such as when no node starts with it. `unseen`: no tier executes the place. `not-run`: the time was up before.
 */
export const mutantOutcomes = ['caught', 'survived', 'unknown', 'unseen', 'not-run'] as const
export type MutantOutcome = (typeof mutantOutcomes)[number]

export interface MutantResult {
  mutant: Mutant
  outcome: MutantOutcome
  /** Every tier that was asked, the last one first to say `caught`. */
  tiers: readonly (TierResult & { tier: TierName })[]
}

export interface MutateResult extends Omit<Generated, 'mutants'> {
  seed: string
  thrownAway: ThrownAway
  /** What was not possible here, in a sentence each. */
  remarks: readonly string[]
  mutants: readonly MutantResult[]
}

/** Pure. */
export function outcomeOf(tiers: readonly Pick<TierResult, 'outcome'>[], isComplete: boolean): MutantOutcome {
  const has = (outcome: TierResult['outcome']) => tiers.some((one) => one.outcome === outcome)
  if (has('caught')) return 'caught'
  if (!isComplete) return 'not-run'
  if (has('unknown')) return 'unknown'
  return has('missed') ? 'survived' : 'unseen'
}

export interface Score {
  caught: number
  /** Those that were judged. */
  of: number
  /** Undefined where none was judged. */
  percent: number | undefined
}

/** What nobody caught counts against the score, whatever the reason; what was not run does not count. Pure. */
export function scoreOf(mutants: readonly Pick<MutantResult, 'outcome'>[]): Score {
  const judged = mutants.filter(({ outcome }) => outcome !== 'not-run')
  const caught = judged.filter(({ outcome }) => outcome === 'caught').length
  const percent = judged.length === 0 ? undefined : Math.round((1_000 * caught) / judged.length) / 10
  return { caught, of: judged.length, percent }
}

/** Two folders deep below `system/apps`, one elsewhere. Pure. */
export function folderOf(path: string): string {
  const parts = path.split('/')
  return parts.slice(0, Math.min(parts.length - 1, parts[1] === 'apps' ? 3 : 2)).join('/')
}

export const caughtBy = ({ tiers }: MutantResult) => tiers.find(({ outcome }) => outcome === 'caught')

/** How many fall to each name, the most first. Pure. */
function counted<T>(list: readonly T[], nameOf: (one: T) => string | undefined): { name: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const one of list) {
    const name = nameOf(one)
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
}

/** The result as one document: with the score in every way in which somebody may want to look at it. Pure. */
export function documentOf({ mutants, ...rest }: MutateResult) {
  const grouped = (nameOf: (mutant: Mutant) => string) =>
    [...Map.groupBy(mutants, ({ mutant }) => nameOf(mutant))]
      .map(([name, list]) => ({ name, ...scoreOf(list) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  return {
    schemaVersion: 1,
    ...rest,
    score: scoreOf(mutants),
    outcomes: Object.fromEntries(
      mutantOutcomes.map((outcome) => [outcome, mutants.filter((one) => one.outcome === outcome).length]),
    ) as Record<MutantOutcome, number>,
    folders: grouped(({ path }) => folderOf(path)),
    operators: grouped(({ operator }) => operator),
    tiers: counted(mutants, (one) => caughtBy(one)?.tier),
    checkers: counted(mutants, (one) => {
      const found = caughtBy(one)
      return found && isOfHarness(found.tier) ? found.by : undefined
    }),
    mutants: mutants.map(({ mutant: { edit: _edit, ...mutant }, outcome, tiers }) => ({ ...mutant, outcome, tiers })),
  }
}

export type MutateDocument = ReturnType<typeof documentOf>

const isOfHarness = (tier: TierName) => tier === 'simulation' || tier === 'scenarios'

interface Ending {
  threshold: number
  interruptedCode: number | undefined
  isOverBudget: boolean
}

/** A score below the threshold is never hidden, except by whoever pressed Ctrl-C: then it is the score of a part. Pure. */
export function exitCodeFor({ mutants }: Pick<MutateResult, 'mutants'>, ending: Ending): number {
  const { percent } = scoreOf(mutants)
  if (ending.interruptedCode !== undefined) return ending.interruptedCode
  if (percent !== undefined && percent < ending.threshold) return exitCodes.violated
  if (ending.isOverBudget) return exitCodes.budget
  return percent === undefined ? exitCodes.unknown : exitCodes.passed
}

/** The changed lines of a diff, without its header and what stands around. Pure. */
export const changedLines = (diff: string): string[] =>
  diff.split('\n').filter((line) => /^[-+]/.test(line) && !/^(---|\+\+\+) /.test(line))

/** The result in lines for people. Pure. */
export function inLines(document: MutateDocument, folder: string): string {
  const { score, outcomes, thrownAway, candidates, folders, tiers, checkers, mutants, remarks } = document
  const open = mutants.filter(({ outcome }) => outcome !== 'caught' && outcome !== 'not-run')
  const percent = score.percent === undefined ? 'none was judged' : `${score.percent} %`
  return [
    ...open.flatMap(survivorLines),
    `caught ${score.caught} of ${score.of} mutants: ${percent}; ${outcomes.survived} survived, ${outcomes.unseen} executed by nothing, ${outcomes.unknown} unknown, ${outcomes['not-run']} not run`,
    `seed ${document.seed}: drawn from ${candidates} candidates; thrown away: ${thrownAway.doesNotTypeCheck} did not type-check, ${thrownAway.sameProgram} were the same program, ${thrownAway.notCovered} not covered`,
    `by folder: ${folders.map((one) => `${one.name} ${one.caught}/${one.of}`).join(', ')}`,
    `by tier: ${listed(tiers)}`,
    `by checker: ${listed(checkers)}`,
    ...remarks,
    `report: ${folder}/index.html; the diffs of survivors are beside it`,
    '',
  ].join('\n')
}

const listed = (list: readonly { name: string; count: number }[]) =>
  list.length === 0 ? 'none' : list.map(({ name, count }) => `${name} ${count}`).join(', ')

function survivorLines({
  id,
  operator,
  path,
  line,
  outcome,
  diff,
  tiers,
}: MutateDocument['mutants'][number]): string[] {
  const saw = tiers.flatMap(({ sawNothing = [] }) => sawNothing)
  const why = tiers.map(({ tier, why: words }) => `${tier}: ${words}`).join('; ')
  return [
    `✗ ${outcome}  ${id} ${operator} in ${path}:${line}`,
    ...changedLines(diff).map((one) => `    ${one}`),
    `    ${why}`,
    ...(saw.length > 0 ? [`    ran it and saw nothing: ${saw.join(', ')}`] : []),
  ]
}
