import {
  type BenchResult,
  benches,
  type Demand,
  type Grade,
  gradeOf,
  keepOffServers,
  processors,
  type Reading,
} from '../bench/index.ts'
import { EnvironmentMissing, UsageError } from '../platform/errors.ts'
import { exitCodes } from '../platform/exit-codes.ts'
import { codeOf } from '../platform/interruption.ts'
import { orNearest } from '../platform/nearest.ts'
import { requireBuiltAssets } from '../runner/run-folder.ts'
import type { Command } from './command.ts'
import { flags, wholeNumber } from './options.ts'

interface BenchFlags {
  rounds: number
  json?: boolean
}

class Stopped extends Error {}

const isWholeShop = (name: string) => benches[name]!.isWholeShop === true
const usesAllProcessors = (name: string) => isWholeShop(name) || benches[name]!.usesAllProcessors === true

export const bench: Command = {
  name: 'bench',
  argument: '[benchmark...]',
  argumentHelp: [`some of ${Object.keys(benches).join(', ')}; all of them by default`],
  summary: 'benchmark the channel layer in turn with its peers, the store, the proxy and the checkers',
  options: [
    {
      flags: '--rounds <n>',
      help: 'rounds of measurement; the median counts',
      parse: wholeNumber('--rounds', 3, 100),
      default: 5,
    },
    flags.json,
  ],
  async run(names, { rounds, json }: BenchFlags, io) {
    const chosen = chooseBenches(names)
    if (chosen.some(isWholeShop)) requireBuiltAssets(io.root)
    const [whole, layers] = [chosen.filter(usesAllProcessors), chosen.filter((name) => !usesAllProcessors(name))]
    const goOn = () => {
      if (io.interruption.by()) throw new Stopped()
    }
    const results: BenchResult[] = []
    try {
      for (const name of [...whole, ...layers]) {
        // What is started later stays off these processors too, so that what uses all of them has to come first.
        if (name === layers[0]) keepOffServers()
        const say = (sentence: string) => io.err(`${name}: ${sentence}\n`)
        results.push({ name, ...(await benches[name]!.run({ rounds, say, goOn })) })
        if (!json) io.out(describeResult(results.at(-1)!))
      }
    } catch (error) {
      if (!(error instanceof Stopped)) throw asEnvironment(error as NodeJS.ErrnoException)
    }
    if (json) io.out(`${JSON.stringify({ processors, results }, null, 2)}\n`)
    const stopped = io.interruption.by()
    return stopped ? codeOf(stopped) : codeFor(results)
  },
}

function chooseBenches(names: readonly string[]): string[] {
  const known = Object.keys(benches)
  const stranger = names.find((name) => !known.includes(name))
  if (stranger !== undefined)
    throw new UsageError(
      `there is no benchmark ${stranger}${orNearest(stranger, known)}; there are ${known.join(', ')}`,
    )
  return names.length > 0 ? [...names] : known
}

/** Many thousand connections need as many open files, in this process and in each server. */
function asEnvironment(error: NodeJS.ErrnoException): Error {
  if (error.code !== 'EMFILE' && error.code !== 'ENFILE') return error
  return new EnvironmentMissing('the benchmarks need 20,000 open files; raise the limit with "ulimit -n 20000"')
}

/** A number below its gate is a regression; one that could not be measured proves nothing. */
function codeFor(results: readonly BenchResult[]): number {
  const grades = results.flatMap(({ demands }) => demands.map(gradeOf))
  if (grades.includes('below')) return exitCodes.regression
  return grades.includes('unmeasured') ? exitCodes.unknown : exitCodes.passed
}

const marks: Record<Grade, string> = { goal: '✓ goal', gate: '✓ gate', below: '✗ below', unmeasured: '? unknown' }

const number = (value: number) => (value >= 1_000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3))
const spread = ({ median, least, most }: Reading) =>
  `${number(median).padStart(11)}  (${number(least)} to ${number(most)})`

function describeResult({ name, readings, demands }: BenchResult): string {
  const lines = readings.map((one) => `  ${one.what.padEnd(34)}${spread(one)} ${one.unit}`)
  return `\n${name}\n${[...lines, ...demands.map(describeGate)].join('\n')}\n`
}

function describeGate(demand: Demand): string {
  const { what, unit, goal, gate, atMost, unmeasured } = demand
  const sign = atMost ? '<=' : '>='
  const said = unmeasured ?? `${spread(demand)} ${unit}, goal ${sign} ${goal}, gate ${sign} ${gate}`
  return `${marks[gradeOf(demand)].padEnd(10)}${what.padEnd(26)}${said}`
}
