import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { html } from '../mutate/html.ts'
import { writeDiffs } from '../mutate/mutant-patch.ts'
import { generate, type MutateOptions, mutate as runMutate } from '../mutate/mutate.ts'
import { documentOf, exitCodeFor, inLines, type MutateResult } from '../mutate/result.ts'
import { filesToMutate } from '../mutate/sources.ts'
import { type TierName, tierNames, usualTiers } from '../mutate/tiers/tier.ts'
import { UsageError } from '../platform/errors.ts'
import { codeOf } from '../platform/interruption.ts'
import type { Io } from '../platform/io.ts'
import { freshSeed, hex } from '../platform/random.ts'
import { codeOfLeaks } from '../reporters/leak-report.ts'
import { checkPrerequisites, withoutMissingRedis } from '../runner/prerequisites.ts'
import { outFolder } from '../runner/run-folder.ts'
import { loadAll } from '../runner/scenario-files.ts'
import { suites } from '../runner/suites.ts'
import type { Command } from './command.ts'
import { collected, flags, wholeNumber } from './options.ts'
import { worstCode } from './run.ts'

interface MutateFlags {
  files?: string[]
  seed?: number
  count: number
  budget?: number
  onlyCovered?: boolean
  tiers: TierName[]
  scenarios: number
  threshold: number
  jobs: number
  out?: string
  json?: boolean
}

const countMost = 10_000
const scenariosDefault = 12
const thresholdDefault = 75
const percentMost = 100

function parseTiers(text: string): TierName[] {
  const names = text.split(',').filter(Boolean)
  const stray = names.find((name) => !(tierNames as readonly string[]).includes(name))
  if (stray !== undefined || names.length === 0)
    throw new UsageError(`--tiers takes some of ${tierNames.join(', ')}, separated by commas; got "${text}"`)
  return tierNames.filter((name) => names.includes(name))
}

export const mutate: Command = {
  name: 'mutate',
  summary: 'make small mistakes in the system, one at a time, and see who notices: mutation testing',
  options: [
    {
      flags: '--files <glob>',
      help: 'only these files, such as "system/channels/**" (repeatable; default: all but browser code)',
      parse: collected,
    },
    { ...flags.seed, help: 'seed of the choice of mutants and of every run' },
    { flags: '--count <n>', help: 'number of mutants', parse: wholeNumber('--count', 1, countMost), default: 40 },
    { ...flags.budget, help: 'stop after this long, such as 30m; the same command goes on where it ended' },
    { flags: '--only-covered', help: 'only mutants at places that a scenario executes' },
    {
      flags: '--tiers <names>',
      help: `who is asked, the cheapest first: some of ${tierNames.join(', ')}`,
      parse: parseTiers,
      default: [...usualTiers],
    },
    {
      flags: '--scenarios <n>',
      help: 'scenarios for each mutant, the most promising first',
      parse: wholeNumber('--scenarios', 1, countMost),
      default: scenariosDefault,
    },
    {
      flags: '--threshold <percent>',
      help: 'exit with 1 when fewer are caught',
      parse: wholeNumber('--threshold', 0, percentMost),
      default: thresholdDefault,
    },
    { ...flags.jobs, help: 'mutants in parallel; 5 on 2 CPUs, at most 8 by default' },
    { flags: '--out <folder>', help: 'write the diffs into this folder and run nothing' },
    flags.json,
  ],
  async run(_names, options: MutateFlags, io) {
    const wanted = await wantedRun(options, io)
    return options.out === undefined ? judge(wanted, options, io) : writeOnly(wanted, options.out, options, io)
  },
}

type Wanted = MutateOptions & { isOverBudget(): boolean }

async function wantedRun(options: MutateFlags, io: Io): Promise<Wanted> {
  const paths = filesToMutate(io.root, options.files)
  const seed = options.seed ?? freshSeed()
  const needsCluster = options.out === undefined && options.tiers.includes('scenarios')
  if (needsCluster) checkPrerequisites(undefined, io)
  const startedMs = io.clock.monotonicMs()
  const isOverBudget = () => io.clock.monotonicMs() - startedMs > (options.budget ?? Number.POSITIVE_INFINITY)
  const all = (await loadAll(io.root)).filter(suites.acceptance.has)
  return {
    root: io.root,
    paths,
    count: options.count,
    seed,
    onlyCovered: options.onlyCovered === true,
    tiers: options.tiers,
    scenarios: needsCluster ? withoutMissingRedis(all, [], io) : all,
    scenariosMost: options.scenarios,
    jobs: options.jobs,
    out: join(outFolder(io), 'mutate', `${stampOf(io)}-${hex(seed)}`),
    clock: io.clock,
    interruptedBy: io.interruption.by,
    isOverBudget,
    goesOn: () => io.interruption.by() === undefined && !isOverBudget(),
    onProgress: (sentence) => io.err(`${sentence}\n`),
  }
}

const stampOf = ({ clock }: Io) => new Date(clock.now()).toISOString().replace(/[-:]|\.\d+/g, '')

/** The diffs are for `selftest --defects`, or for whoever wants to read them. */
async function writeOnly(wanted: Wanted, out: string, { json }: MutateFlags, io: Io): Promise<number> {
  if (wanted.onlyCovered)
    throw new UsageError(
      'mutate takes --out or --only-covered, and got both; coverage needs runs, and --out runs nothing',
    )
  const folder = resolve(io.cwd, out)
  const { mutants, candidates, thrownAway } = await generate(wanted, undefined)
  const files = writeDiffs(mutants, folder)
  const stopped = io.interruption.by()
  const summary = { seed: hex(wanted.seed), candidates, thrownAway, files }
  io.out(
    json
      ? `${JSON.stringify(summary, null, 2)}\n`
      : `seed ${summary.seed}: ${files.length} mutants in ${folder}, drawn from ${candidates} candidates; thrown away: ${thrownAway.doesNotTypeCheck} did not type-check, ${thrownAway.sameProgram} were the same program\n`,
  )
  return stopped ? codeOf(stopped) : 0
}

async function judge(wanted: Wanted, options: MutateFlags, io: Io): Promise<number> {
  const { result, leaks } = await runMutate(wanted, (done) => report(done, wanted.out, options.json === true, io))
  const stopped = io.interruption.by()
  const code = exitCodeFor(result, {
    threshold: options.threshold,
    interruptedCode: stopped && codeOf(stopped),
    isOverBudget: wanted.isOverBudget(),
  })
  return worstCode([code, codeOfLeaks(leaks, io)])
}

function report(result: MutateResult, folder: string, asJson: boolean, io: Io) {
  const document = documentOf(result)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'mutate.json'), `${JSON.stringify(document, null, 2)}\n`)
  writeFileSync(join(folder, 'index.html'), html(document))
  const survivors = result.mutants.filter(({ outcome }) => outcome === 'survived' || outcome === 'unseen')
  writeDiffs(
    survivors.map(({ mutant }) => mutant),
    join(folder, 'survivors'),
  )
  io.out(asJson ? `${JSON.stringify(document, null, 2)}\n` : inLines(document, folder))
}
