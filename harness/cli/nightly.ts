import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isAlive, startStamp } from '../leases/processes.ts'
import { type Begun, readBegun, readStages, writeBegun, writeStage } from '../nightly/begun-night.ts'
import { appendNights, readNights } from '../nightly/history-file.ts'
import type { StageReport } from '../nightly/night-report.ts'
import { runStages } from '../nightly/run-stages.ts'
import { type Shard, type StageName, stagePlans } from '../nightly/stages.ts'
import { UsageError } from '../platform/errors.ts'
import type { Io } from '../platform/io.ts'
import { orNearest } from '../platform/nearest.ts'
import { openFile } from '../platform/open-file.ts'
import { freshSeed, hex, parseSeed } from '../platform/random.ts'
import { checkPrerequisites } from '../runner/prerequisites.ts'
import { outFolder, requireWritable } from '../runner/run-folder.ts'
import type { Command } from './command.ts'
import { commitOf } from './commit.ts'
import { finishNight } from './finish-night.ts'
import { flags } from './options.ts'
import { performStage } from './perform-stage.ts'
import { historyFile } from './trend.ts'

interface NightlyFlags {
  budget?: number
  seed?: number
  shard?: Shard
  stages?: readonly StageName[]
  history?: string
  out?: string
  resume?: boolean
  open?: boolean
  json?: boolean
}

const budgetDefaultMs = 1_800_000

export function parseShard(text: string): Shard {
  const [, number, of] = /^(\d+)\/(\d+)$/.exec(text) ?? []
  const shard = { number: Number(number), of: Number(of) }
  if (shard.number >= 1 && shard.number <= shard.of) return shard
  throw new UsageError(`--shard takes the number of a shard and how many there are, such as 2/4; got "${text}"`)
}

const stageNames: readonly StageName[] = stagePlans.map(({ name }) => name)

export const parseStages = (text: string): StageName[] =>
  text.split(',').map((word) => {
    const found = stageNames.find((name) => name === word)
    if (found) return found
    throw new UsageError(
      `--stages takes names of stages, such as acceptance,corpus; there is no "${word}"${orNearest(word, stageNames)}, there are ${stageNames.join(', ')}`,
    )
  })

export const nightly: Command = {
  name: 'nightly',
  summary:
    'run acceptance, corpus, self-test, random scenarios, simulation, experiments, a comparison, mutants, loads and benchmarks within a budget, and write one resilience report',
  options: [
    { ...flags.budget, help: 'the whole night ends within this time (default: 30m)' },
    flags.seed,
    {
      flags: '--shard <i/n>',
      help: 'do only this part of the night, such as 2/4; "squall merge" joins them',
      parse: parseShard,
    },
    {
      flags: '--stages <names>',
      help: 'do only these stages; a night without acceptance and corpus is incomplete (default: all that have time)',
      parse: parseStages,
    },
    flags.history,
    { flags: '--out <folder>', help: 'folder of the night (default: a new one in reports)' },
    { flags: '--resume', help: 'go on with the night in --out, or with the newest one that has not ended' },
    flags.open,
    flags.json,
  ],
  async run(_names, options: NightlyFlags, io) {
    const startedMs = io.clock.monotonicMs()
    checkPrerequisites(undefined, io)
    const { folder, begun } = options.resume ? resumed(options, io) : fresh(options, io)
    const { budget: budgetMs = budgetDefaultMs, stages: wanted = stageNames } = options
    const stages = await stagesOf({ folder, begun, budgetMs, wanted }, io)
    const history = readNights(historyFile(options, undefined, io))
    const report = finishNight(
      {
        ...{ night: begun.night, seed: begun.seed, commit: begun.commit, stages },
        ...(begun.shard && { shard: begun.shard }),
        budgetMs,
        durationMs: Math.round(io.clock.monotonicMs() - startedMs),
        ...{ folder, history: history.lines, json: options.json === true },
      },
      io,
    )
    // A part of a night is none: the shards are appended when they are merged.
    if (!begun.shard && !report.interrupted)
      appendNights(
        historyFile(options, undefined, io),
        stages.flatMap(({ lines }) => lines),
      )
    if (options.open) openFile(join(folder, 'report.html'), io)
    return report.exitCode
  },
}

const owner = () => ({ pid: process.pid, stamp: startStamp(process.pid) })

function fresh({ seed = freshSeed(), shard, out, budget = budgetDefaultMs }: NightlyFlags, io: Io) {
  const night = new Date(io.clock.now()).toISOString()
  const name = `nightly-${night.replace(/[-:]|\.\d+/g, '')}-${hex(seed)}`
  const folder = out === undefined ? join(outFolder(io), name) : resolve(io.cwd, out)
  if (existsSync(join(folder, 'night.json')))
    throw new UsageError(`${folder} has a night already; choose another --out, or go on with it with --resume`)
  const begun: Begun = {
    ...{ night, seed: hex(seed), commit: commitOf(io.root), ...(shard && { shard }) },
    ...{ budgetMs: budget, owner: owner() },
  }
  requireWritable(folder)
  mkdirSync(join(folder, 'stages'), { recursive: true })
  writeBegun(folder, begun)
  return { folder, begun }
}

function resumed({ out }: NightlyFlags, io: Io): { folder: string; begun: Begun } {
  const folder = out === undefined ? newestOpen(outFolder(io)) : resolve(io.cwd, out)
  const begun = folder && readBegun(folder)
  if (!begun)
    throw new UsageError(`there is no night to resume in ${out ?? outFolder(io)}; leave --resume out to begin one`)
  if (begun.commit !== commitOf(io.root))
    throw new UsageError(`${folder} cannot be resumed: the code is another one than the night began with`)
  const { pid, stamp } = begun.owner
  if (pid !== process.pid && isAlive(pid, stamp))
    throw new UsageError(`the night in ${folder} still runs, in process ${pid}; wait until it has ended`)
  writeBegun(folder, { ...begun, owner: owner() })
  return { folder, begun }
}

const newestOpen = (parent: string): string | undefined =>
  (existsSync(parent) ? readdirSync(parent) : [])
    .filter((name) => name.startsWith('nightly-') && existsSync(join(parent, name, 'night.json')))
    .filter((name) => !existsSync(join(parent, name, 'nightly.json')))
    .sort()
    .map((name) => join(parent, name))
    .at(-1)

interface Place {
  folder: string
  begun: Begun
  budgetMs: number
  wanted: readonly StageName[]
}

function stagesOf({ folder, begun, budgetMs, wanted }: Place, io: Io): Promise<StageReport[]> {
  const seed = parseSeed(begun.seed)
  // A changed working copy is no code that another night can have.
  const commit = begun.commit?.includes(' ') ? null : begun.commit
  const settings = {
    facts: { night: begun.night, commit, isShard: begun.shard !== undefined },
    seed,
    shard: begun.shard,
    folder,
    io,
  }
  io.err(`squall: night with seed ${begun.seed} in ${folder}\n`)
  return runStages({
    budgetMs,
    clock: io.clock,
    isWanted: (name) => wanted.includes(name),
    isInterrupted: () => io.interruption.by() !== undefined,
    kept: keptStages(folder),
    perform: (name, stageMs) => {
      io.err(`squall: ${name}, at most ${Math.round(stageMs / 1_000)} s\n`)
      return performStage(name, stageMs, settings)
    },
    onStage(report) {
      if (io.interruption.by() === undefined) writeStage(folder, report)
      io.err(`squall: ${report.name} ${report.end}: ${report.summary}\n`)
    },
  })
}

/** What ended as it should is not done again. */
const keptStages = (folder: string): Map<StageName, StageReport> =>
  new Map(
    readStages(folder)
      .filter(({ end }) => end === 'completed')
      .map((one) => [one.name, one]),
  )
