import { join } from 'node:path'
import { benches } from '../bench/index.ts'
import { findK6 } from '../clients/find-k6.ts'
import { loads } from '../k6/loads.ts'
import { labs } from '../lab/labs.ts'
import type { MutateDocument } from '../mutate/result.ts'
import type { NightFacts } from '../nightly/night.ts'
import type { StageReport } from '../nightly/night-report.ts'
import { pagesOf } from '../nightly/stage-pages.ts'
import {
  type Ended,
  failed,
  type LoadDocument,
  nothingToDo,
  notRun,
  reportOfBench,
  reportOfCompare,
  reportOfExplore,
  reportOfLab,
  reportOfLoad,
  reportOfMutate,
  reportOfRun,
  reportOfSelftest,
  reportOfSimulate,
} from '../nightly/stage-reports.ts'
import { ofShard, type Shard, type StageName } from '../nightly/stages.ts'
import { asEnvironment, EnvironmentMissing, UsageError } from '../platform/errors.ts'
import { exitCodes } from '../platform/exit-codes.ts'
import type { Io } from '../platform/io.ts'
import { seededRandom, seedOf } from '../platform/random.ts'
import { withoutMissingRedis } from '../runner/prerequisites.ts'
import { loadAll } from '../runner/scenario-files.ts'
import { suites } from '../runner/suites.ts'
import type { Scenario } from '../scenario.ts'
import { shippedDefects } from '../selftest/defects.ts'
import type { SelftestResult } from '../selftest/selftest-result.ts'
import type { RunResult } from '../verdict/result.ts'
import { bench } from './bench.ts'
import type { Command } from './command.ts'
import { compare } from './compare.ts'
import { explore } from './explore.ts'
import { lab } from './lab.ts'
import { load } from './load.ts'
import { mutate } from './mutate.ts'
import { run } from './run.ts'
import { selftest } from './selftest.ts'
import { simulate } from './simulate.ts'

export interface StageSettings {
  facts: NightFacts
  seed: number
  shard: Shard | undefined
  /** The folder of the night. */
  folder: string
  io: Io
}

interface Printed {
  ended: Ended
  /** What the verb printed with `--json`; undefined when its time was over before it printed anything. */
  // Each stage knows the document of its verb.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  document: any
}

type Call = (command: Command, names: readonly string[], own: Record<string, unknown>) => Promise<Printed>
type Stage = StageSettings & { name: StageName; budgetMs: number; call: Call }

/** What a signal ends is no night, so that runs end by their own budget. */
const endsItself = (command: Command) => command === run

/** A share of a stage that searches; the rest is for shrinking what it finds. */
const searchShare = 0.5
const simulateShare = 0.7
const mutateShare = 0.85
/** A mutant takes some builds and scenarios. */
const mutantMs = 30_000
/** A defect with its cluster, and its scenario once more without it. */
const defectMs = 30_000
const defectsAtOnce = 3
const benchRounds = 3
/** An experiment starts a node, and some take longer than half a minute. */
const labMs = 40_000
/** What a quick comparison of two systems takes, with its control. */
const comparisonMs = 330_000
/** The rest is for its page, and for what it has begun. */
const comparisonShare = 0.9

/** Runs one stage with the function of its verb, without a terminal. Never rejects: what went wrong stands in the report. */
export async function performStage(name: StageName, budgetMs: number, settings: StageSettings): Promise<StageReport> {
  const { io } = settings
  const startedMs = io.clock.monotonicMs()
  const took = () => Math.round(io.clock.monotonicMs() - startedMs)
  const call: Call = async (command, names, own) => {
    const isOverTime = () => !endsItself(command) && io.clock.monotonicMs() - startedMs > budgetMs
    let text = ''
    const code = await command.run(
      [...names],
      { ...defaultsOf(command), ...own, json: true },
      {
        ...io,
        isTty: false,
        isResultTty: false,
        out: (part) => {
          text += part
        },
        interruption: { ...io.interruption, by: () => io.interruption.by() ?? (isOverTime() ? 'SIGTERM' : undefined) },
      },
    )
    const document = text === '' ? undefined : JSON.parse(text)
    return { ended: { name, code, durationMs: took(), isOverTime: isOverTime() }, document }
  }
  try {
    const report = await performers[name]({ ...settings, name, budgetMs, call })
    const pages = pagesOf(name, settings.folder)
    return pages.length > 0 ? { ...report, pages } : report
  } catch (error) {
    if (io.interruption.by()) return brokenOff({ name, code: exitCodes.passed, durationMs: took(), isOverTime: false })
    const { message, code } = describeFailure(asEnvironment(error as Error))
    return failed({ name, code, durationMs: took(), isOverTime: false }, message)
  }
}

function describeFailure(error: Error) {
  const message = error.message.replace(/\s*\n\s*/g, ' ')
  if (error instanceof UsageError) return { message, code: exitCodes.usage }
  return { message, code: error instanceof EnvironmentMissing ? exitCodes.environment : exitCodes.harnessBug }
}

/** The values of the options that nobody gives on a command line. */
const defaultsOf = ({ options }: Command) =>
  Object.fromEntries(
    options
      .filter((one) => one.default !== undefined)
      .map((one) => [one.flags.replace(/^--([\w-]+).*$/, '$1'), one.default]),
  )

const performers: Record<StageName, (stage: Stage) => Promise<StageReport>> = {
  acceptance: (stage) => runScenarios(stage, (one) => suites.acceptance.has(one) && !isOfCorpus(one)),
  corpus: (stage) => runScenarios(stage, isOfCorpus),
  nightly: (stage) => runScenarios(stage, suites.nightly.has),
  async selftest({ name, seed, shard, folder, budgetMs, call }) {
    const known = shuffled(
      shippedDefects().map((one) => one.name),
      seed,
    )
    const most = Math.max(1, Math.floor((budgetMs * defectsAtOnce) / defectMs))
    const { ended, document } = await call(selftest, [], {
      seed,
      defect: ofShard(known, shard).slice(0, most),
      out: join(folder, name),
    })
    return document ? reportOfSelftest(document as SelftestResult, ended, known.length) : silent(ended)
  },
  async explore({ name, seed, shard, folder, budgetMs, call }) {
    const own = { seed: seedOfShard(seed, shard), budget: searchShare * budgetMs, out: join(folder, name) }
    const { ended, document } = await call(explore, [], own)
    return document ? reportOfExplore(document, ended) : silent(ended)
  },
  async simulate({ seed, shard, folder, budgetMs, call }) {
    const own = { seed: seedOfShard(seed, shard), budget: simulateShare * budgetMs, out: folder }
    const { ended, document } = await call(simulate, [], own)
    return document ? reportOfSimulate(document, ended) : silent(ended)
  },
  async mutate({ seed, shard, budgetMs, call }) {
    const { ended, document } = await call(mutate, [], {
      seed: seedOfShard(seed, shard),
      count: Math.max(1, Math.floor(budgetMs / mutantMs)),
      budget: mutateShare * budgetMs,
      threshold: 0,
    })
    return document ? reportOfMutate(document as MutateDocument, ended) : silent(ended)
  },
  async lab({ name, seed, shard, folder, budgetMs, call }) {
    const names = ofShard(
      shuffled(
        labs.map((one) => one.name),
        seed,
      ),
      shard,
    ).slice(0, Math.max(1, Math.floor(budgetMs / labMs)))
    if (names.length === 0) return nothingToDo(name, 'this shard has no experiment')
    const { ended, document } = await call(lab, names, { seed, out: join(folder, name) })
    return document ? reportOfLab(document, ended) : silent(ended)
  },
  async compare({ name, seed, shard, folder, budgetMs, call }) {
    if (shard && shard.number !== 1) return nothingToDo(name, 'the first shard makes it')
    if (budgetMs < comparisonMs) return notRun(name, `a comparison needs ${comparisonMs / 1_000} s`)
    const { ended, document } = await call(compare, ['sync-async'], {
      ...{ seed, quick: true, budget: comparisonShare * budgetMs, out: join(folder, name) },
    })
    return document ? reportOfCompare(document, ended) : silent(ended)
  },
  async load({ name, seed, shard, io, call }) {
    const missing = await findK6(io.env).then(
      () => undefined,
      (error: Error) => error.message,
    )
    // A night on a machine without k6 is a night.
    if (missing !== undefined) return notRun(name, missing)
    const names = ofShard(Object.keys(loads), shard)
    if (names.length === 0) return nothingToDo(name, 'this shard has no load')
    const calls: Printed[] = []
    for (const one of names) calls.push(await call(load, [one], { seed }))
    const documents = calls.flatMap(({ document }) => (document ? [document as LoadDocument] : []))
    const { ended } = calls.at(-1)!
    return documents.length > 0 ? reportOfLoad(documents, ended) : silent(ended)
  },
  async bench({ name, shard, call }) {
    const names = ofShard(Object.keys(benches), shard)
    if (names.length === 0) return nothingToDo(name, 'this shard has no benchmark')
    const { ended, document } = await call(bench, names, { rounds: benchRounds })
    return document ? reportOfBench(document, ended) : silent(ended)
  },
}

/** What a signal ends may fail, because the signal reaches the programs that it has started too. */
const brokenOff = (ended: Ended): StageReport => ({ ...failed(ended, 'the night was interrupted'), end: 'cut-short' })

/** Its time was over before it could say anything. */
const silent = (ended: Ended): StageReport => ({
  ...failed(ended, 'its time was over before it could say anything'),
  end: 'cut-short',
  exitCode: exitCodes.passed,
})

const isOfCorpus = ({ id }: Scenario) => id.startsWith('corpus/')

async function runScenarios(
  { name, facts, seed, shard, folder, budgetMs, io, call }: Stage,
  has: (scenario: Scenario) => boolean,
) {
  const all = withoutMissingRedis((await loadAll(io.root)).filter(has), [], io)
  const ids = ofShard(
    all.map(({ id }) => id),
    shard,
  )
  if (ids.length === 0) return nothingToDo(name, 'there is no scenario for it')
  const { ended, document } = await call(run, ids, { seed, retries: 1, budget: budgetMs, out: join(folder, name) })
  return document ? reportOfRun(document as RunResult, ended, facts) : silent(ended)
}

/** What is drawn must differ between shards; scenarios have the same seed on all of them. */
const seedOfShard = (seed: number, shard: Shard | undefined) =>
  shard ? seedOf(seed, `shard ${shard.number}`) >>> 0 : seed

function shuffled<T>(list: readonly T[], seed: number): T[] {
  const random = seededRandom(seedOf(seed, 'defects of a night'))
  const left = [...list]
  return list.map(() => left.splice(random.integer(0, left.length - 1), 1)[0]!)
}
