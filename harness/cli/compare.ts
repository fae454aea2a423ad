import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Arm,
  armOfTarget,
  type Comparison,
  type ComparisonDocument,
  comparisonOf,
  comparisonOfArms,
  comparisonPage,
  type DescribedArm,
  defaultWork,
  describeComparison,
  describeWork,
  metrics,
  otherWorks,
  type Plan,
  parseWork,
  planOf,
  readArm,
  type WorkChoice,
  withOthers,
} from '../compare/index.ts'
import { UsageError } from '../platform/errors.ts'
import { exitCodes } from '../platform/exit-codes.ts'
import { codeOf } from '../platform/interruption.ts'
import type { Io } from '../platform/io.ts'
import { freshSeed } from '../platform/random.ts'
import { requireRedis } from '../runner/prerequisites.ts'
import { outFolder, requireBuiltAssets, requireWritable } from '../runner/run-folder.ts'
import { patchFor } from '../selftest/defects.ts'
import { carryOut } from './carry-out.ts'
import type { Command } from './command.ts'
import { compareControl } from './compare-control.ts'
import { collected, flags, wholeNumber } from './options.ts'

interface CompareFlags {
  quick?: boolean
  json?: boolean
  seed?: number
  blocks?: number
  seconds?: number
  work?: WorkChoice
  out?: string
  target?: string[]
  rate?: number
  metric?: number
  margin?: number
  budget?: number
  times?: number
  planted?: number
}

export const compare: Command = {
  name: 'compare',
  argument: '[what...]',
  argumentHelp: ['the pair of systems, as above'],
  summary:
    'compare two systems: sync-async, pubsub mesh redis, nodes 1 3, serializer v1 v2, or two JSON files; control checks the instrument itself',
  options: [
    {
      flags: '--target <address>',
      help: 'a system that runs already, with WORKLOADS=on: its http:// address or the file that describes it; given twice',
      parse: collected,
    },
    { flags: '--quick', help: 'a first answer in about five minutes instead of one that is as sharp as it gets' },
    flags.json,
    flags.seed,
    flags.out,
    {
      ...flags.budget,
      help: 'begin no block that would not be over after this long, such as 8m (default with --quick)',
    },
    {
      flags: '--blocks <n>',
      help: 'blocks of runs; more of them detect smaller differences',
      parse: wholeNumber('--blocks', 3, 100),
    },
    { flags: '--seconds <n>', help: 'length of each measured stage', parse: wholeNumber('--seconds', 1, 600) },
    {
      flags: '--rate <n>',
      help: 'messages per second at which the verdict is measured, in place of a search for the capacity',
      parse: wholeNumber('--rate', 1, 100_000),
    },
    {
      flags: '--metric <percentile>',
      help: 'what is judged: p50 (default), p90 or p99 of the latency',
      parse: parseMetric,
    },
    {
      flags: '--margin <percent>',
      help: 'the smallest difference that matters; default: 5 for p50, 10 for the others',
      parse: wholeNumber('--margin', 1, 100),
    },
    {
      flags: '--times <n>',
      help: 'with control: comparisons of a system with itself (default 20)',
      parse: wholeNumber('--times', 0, 100),
    },
    {
      flags: '--planted <n>',
      help: 'with control: comparisons with a slowdown of 15 % (default 10)',
      parse: wholeNumber('--planted', 0, 100),
    },
    {
      flags: '--work <kind:ms>',
      help: 'what a handler does in sync-async: wait:10, database:10, cpu:1',
      parse: parseWork,
    },
  ],
  async run(what, options: CompareFlags, io) {
    if (what[0] === 'control') return compareControl(what.slice(1), options, io)
    if (options.times !== undefined || options.planted !== undefined)
      throw new UsageError('--times and --planted belong to compare control')
    const comparison = await chosen(what, options, io)
    requireBuiltAssets(io.root)
    requireWritable(outFolder(io, options.out))
    if ([comparison.first, comparison.second].some(({ pubsub }) => pubsub === 'redis')) requireRedis('process', io)
    const plan = planOf({ ...options, seed: options.seed ?? freshSeed() })
    const command = commandOf(what, options, plan)
    try {
      const first = await carryOut({ comparison, plan, command }, io)
      const document = withOthers(first, await theOthers(what, options, first, io))
      io.out(options.json ? `${JSON.stringify(document, null, 2)}\n` : describeComparison(document))
      const page = savePage(document, outFolder(io, options.out))
      io.err(`squall: the page is ${page}\n`)
      return codeFor(document)
    } catch (error) {
      const stopped = io.interruption.by()
      if (stopped) return codeOf(stopped)
      throw error
    }
  },
}

/** Sync against async depends on the work: without --quick and --work, the other kinds are measured too, each in a short comparison. */
async function theOthers(what: readonly string[], options: CompareFlags, { seed }: ComparisonDocument, io: Io) {
  if (what[0] !== 'sync-async' || options.quick || options.work) return []
  const found: { work: string; document: ComparisonDocument }[] = []
  for (const work of otherWorks) {
    io.err(`squall: work of the kind ${describeWork(work)}\n`)
    const plan = { ...planOf({ ...options, quick: true, seed }), isBrief: true }
    const document = await carryOut({ comparison: comparisonOf(what, work), plan, command: '' }, io)
    found.push({ work: describeWork(work), document })
  }
  return found
}

/** By words, by two files, or by two systems that run already. */
async function chosen(
  what: readonly string[],
  { target, work = defaultWork }: CompareFlags,
  io: Io,
): Promise<Comparison> {
  const areFiles = what.length > 0 && what.every((name) => name.endsWith('.json'))
  if (!target && !areFiles) return comparisonOf(what, work)
  const named = [...what.map((file) => readArm(file, io.cwd)), ...(target ?? []).map((one) => armOfTarget(one, io.cwd))]
  if (named.length !== 2 || !(areFiles || what.length === 0))
    throw new UsageError(`compare takes two JSON files or two --target; got ${named.length}`)
  const [first, second] = await Promise.all(named.map((arm) => withPatch(arm, io)))
  return comparisonOfArms(first!, second!, work)
}

async function withPatch({ defects, ...arm }: DescribedArm, io: Io): Promise<Arm> {
  return defects.length === 0 ? arm : { ...arm, patch: await patchFor([...defects], io) }
}

/** Writes the page and the document that it is drawn from; returns the path of the page. */
function savePage(document: ComparisonDocument, folder: string): string {
  mkdirSync(folder, { recursive: true })
  const name = join(folder, `compare-${document.comparison}-${document.seed}`)
  writeFileSync(`${name}.json`, `${JSON.stringify(document, null, 2)}\n`)
  writeFileSync(`${name}.html`, comparisonPage(document))
  return `${name}.html`
}

function parseMetric(text: string): number {
  const share = metrics[text]
  if (share !== undefined) return share
  throw new UsageError(`--metric takes ${Object.keys(metrics).join(' or ')}; got "${text}"`)
}

function commandOf(what: readonly string[], options: CompareFlags, { seed }: Plan): string {
  const { quick, blocks, seconds, work, rate, margin } = options
  const given = [
    quick && '--quick',
    blocks && `--blocks ${blocks}`,
    seconds && `--seconds ${seconds}`,
    work && `--work ${describeWork(work)}`,
    rate && `--rate ${rate}`,
    margin && `--margin ${margin}`,
    options.metric && `--metric p${Math.round(100 * options.metric)}`,
    ...(options.target ?? []).map((one) => `--target ${one}`),
  ]
  return ['squall compare', ...what, ...given.filter(Boolean), `--seed ${seed}`].join(' ')
}

/** A comparison is no test: each answer is a success. No answer is none. */
const codeFor = ({ verdict }: ComparisonDocument): number =>
  verdict === 'unknown' || verdict === 'inconclusive' ? exitCodes.unknown : exitCodes.passed
