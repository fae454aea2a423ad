import { UsageError } from '../platform/errors.ts'
import type { NightReport, StageReport } from './night-report.ts'
import type { StageName } from './stages.ts'

type Merged = Pick<NightReport, 'night' | 'seed' | 'commit' | 'budgetMs' | 'durationMs' | 'interrupted'> & {
  /** Undefined when no shard came so far as to write it. */
  environment: NightReport['environment'] | undefined
  stages: StageReport[]
  missingShards: string[]
  unendedShards: string[]
}

/** Returns one night made of its shards. Throws UsageError when they are not of one night: another seed, another commit, or one of them twice. Pure. */
export function mergeNights(shards: readonly NightReport[]): Merged {
  const [first] = shards
  if (!first) throw new UsageError('merge takes the folders of the shards of a night, and got none')
  requireSame(shards, 'seed')
  requireSame(shards, 'commit')
  const night = shards.map((one) => one.night).sort()[0]!
  return {
    night,
    seed: first.seed,
    commit: first.commit,
    budgetMs: Math.max(...shards.map(({ budgetMs }) => budgetMs)),
    durationMs: Math.max(...shards.map(({ durationMs }) => durationMs)),
    interrupted: shards.some(({ interrupted }) => interrupted),
    environment: shards.find(({ ended }) => ended !== false)?.environment,
    stages: mergeStages(shards, night),
    missingShards: missingOf(shards),
    unendedShards: shards.filter(({ ended }) => ended === false).map(nameOf),
  }
}

function requireSame(shards: readonly NightReport[], fact: 'seed' | 'commit') {
  const values = [...new Set(shards.map((one) => one[fact]))]
  if (values.length > 1)
    throw new UsageError(`these shards are not of one night: their ${fact} is ${values.map(String).join(' and ')}`)
}

const nameOf = ({ shard }: NightReport) => (shard ? `${shard.number}/${shard.of}` : 'a whole night')

function missingOf(shards: readonly NightReport[]): string[] {
  const names = shards.map(nameOf)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new UsageError(`these shards are not of one night: ${twice} is there twice`)
  const of = Math.max(...shards.map(({ shard }) => shard?.of ?? 1))
  const wanted = Array.from({ length: of }, (_, index) => `${index + 1}/${of}`)
  return of === 1 ? [] : wanted.filter((name) => !names.includes(name))
}

function mergeStages(shards: readonly NightReport[], night: string): StageReport[] {
  const stages = shards.flatMap((one) => one.stages.map((stage): StageOfShard => ({ ...stage, shard: nameOf(one) })))
  return [...Map.groupBy(stages, ({ name }) => name)].map(([name, list]) => mergeStage(name, list, night))
}

type StageOfShard = StageReport & { shard: string }

/** What all shards say is said once. */
function summaryOf(list: readonly StageOfShard[]): string {
  const [first] = list
  if (list.every(({ summary }) => summary === first!.summary)) return first!.summary
  return list.map(({ shard, summary }) => `${shard}: ${summary}`).join(' · ')
}

const ends = ['failed', 'cut-short', 'not-run', 'completed'] as const

function mergeStage(name: StageName, list: readonly StageOfShard[], night: string): StageReport {
  const end = ends.find((one) => list.some((stage) => stage.end === one))!
  const sumOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
  const detectors = list.flatMap((one) => one.detectors ?? [])
  const mutants = list.flatMap((one) => one.mutants ?? [])
  return {
    name,
    end,
    exitCode:
      list.find(({ exitCode }) => exitCode === 1)?.exitCode ?? Math.max(...list.map(({ exitCode }) => exitCode)),
    durationMs: Math.max(...list.map(({ durationMs }) => durationMs)),
    summary: summaryOf(list),
    findings: list.flatMap(({ findings }) => findings),
    leaks: list.flatMap(({ leaks }) => leaks),
    lines: list.flatMap(({ lines }) => lines.map((line) => ({ ...line, night }))),
    covers: [...new Set(list.flatMap(({ covers }) => covers))],
    ...(detectors.length > 0 && {
      detectors: { live: sumOf(detectors.map(({ live }) => live)), of: sumOf(detectors.map(({ of }) => of)) },
    }),
    ...(mutants.length > 0 && {
      mutants: { caught: sumOf(mutants.map(({ caught }) => caught)), of: sumOf(mutants.map(({ of }) => of)) },
    }),
  }
}
