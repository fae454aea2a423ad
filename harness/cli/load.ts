import { apps } from '../apps/index.ts'
import { findK6 } from '../clients/find-k6.ts'
import { readTarget } from '../cluster/remote/target.ts'
import { loads } from '../k6/loads.ts'
import { type LoadResult, runLoad } from '../k6/run-load.ts'
import { sentenceOf } from '../k6/summary.ts'
import { UsageError } from '../platform/errors.ts'
import { exitCodes } from '../platform/exit-codes.ts'
import { codeOf } from '../platform/interruption.ts'
import type { Io } from '../platform/io.ts'
import { orNearest } from '../platform/nearest.ts'
import { freshSeed } from '../platform/random.ts'
import { requireBuiltAssets } from '../runner/run-folder.ts'
import { targetOptions } from '../runner/run-options.ts'
import type { Command } from './command.ts'
import { flags, wholeNumber } from './options.ts'

interface LoadFlags {
  users?: number
  target?: string
  seed?: number
  json?: boolean
}

const usersMost = 20_000

export const load: Command = {
  name: 'load',
  argument: '[load]',
  argumentHelp: [Object.keys(loads).join(' or ')],
  summary:
    'load a cluster, or a running system, with a k6 script and judge its thresholds; without a name, list the scripts',
  options: [
    {
      flags: '--users <n>',
      help: 'virtual users of k6 (default: 200 for release-day, 50 for workshop)',
      parse: wholeNumber('--users', 1, usersMost),
    },
    {
      flags: '--target <file>',
      help: 'JSON file that describes a running system, which is loaded in place of a cluster',
    },
    flags.seed,
    flags.json,
  ],
  async run([name], options: LoadFlags, io) {
    if (name === undefined) return list(options, io)
    const chosen = loads[name]
    if (!chosen)
      throw new UsageError(
        `there is no load ${name}${orNearest(name, Object.keys(loads))}; there are ${Object.keys(loads).join(', ')}`,
      )
    const users = options.users ?? chosen.usersDefault
    if (users > chosen.usersMost)
      throw new UsageError(`--users of ${name} takes at most ${chosen.usersMost}; got "${users}"`)
    const target = options.target === undefined ? undefined : targetAt(options.target, io)
    const k6 = await findK6(io.env)
    if (!target) requireBuiltAssets(io.root)
    const { env, clock, interruption } = io
    const result = await runLoad({
      ...{ load: chosen, users, k6, env, clock, interruption },
      ...{ seed: options.seed ?? freshSeed(), say: (sentence) => io.err(`squall: ${sentence}\n`) },
      ...(target && { target }),
    }).catch((error: unknown) => {
      // Ctrl-C in a terminal also ends the programs that were just making the cluster.
      const stopped = interruption.by()
      if (stopped) return stopped
      throw error
    })
    if (typeof result === 'string') return codeOf(result)
    io.out(options.json ? `${JSON.stringify(result, null, 2)}\n` : described(result))
    return exitCodes[result.outcome]
  },
}

function targetAt(target: string, io: Io) {
  if (/^https?:/.test(target))
    throw new UsageError(
      `load --target takes the file that describes the running system, and not its address; got "${target}"`,
    )
  const { target: file = '' } = targetOptions({ driver: 'remote', target }, io)
  return readTarget(file, Object.values(apps))
}

function list({ json }: LoadFlags, io: Io): number {
  const all = Object.values(loads).map(({ name, summary, usersDefault }) => ({ name, summary, users: usersDefault }))
  const lines = all.map((one) => `${one.name.padEnd(14)}${one.summary} (${one.users} users)\n`)
  io.out(json ? `${JSON.stringify(all, null, 2)}\n` : lines.join(''))
  return exitCodes.passed
}

function described({ load: name, users, outcome, why, tookMs, thresholds }: LoadResult): string {
  const seconds = (tookMs / 1_000).toFixed(1)
  const head = `${name} ${outcome}: ${users} users, ${seconds} s${why === undefined ? '' : `; ${why}`}`
  return `${[head, ...thresholds.map((one) => `  ${sentenceOf(one)}`)].join('\n')}\n`
}
