import { availableParallelism } from 'node:os'
import { pubsubNames } from '../cluster/cluster.ts'
import { driverNames } from '../cluster/drivers.ts'
import { UsageError } from '../platform/errors.ts'
import { parseSeed } from '../platform/random.ts'
import type { OptionSpec } from './command.ts'

const nodesMax = 9
const jobsMax = 16
/** A scenario waits more than it works. */
const jobsPerProcessor = 2.5
const jobsUnasked = Math.min(8, Math.floor(jobsPerProcessor * availableParallelism()))
const retriesMost = 10
const repeatMax = 1_000

/** A whole number in bounds, or a sentence that says which. */
export const wholeNumber = (flag: string, min: number, max: number) => (text: string) => {
  const n = Number(text)
  if (/^\d+$/.test(text) && n >= min && n <= max) return n
  throw new UsageError(`${flag} takes a whole number from ${min} to ${max}; got "${text}"`)
}

const msOf: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** `90s`, `10m`, `1h`. */
export function parseDuration(text: string): number {
  const [, n, unit] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? []
  if (n && unit && Number(n) > 0) return Number(n) * msOf[unit]!
  throw new UsageError(`--budget takes a duration such as 90s or 10m; got "${text}"`)
}

export function parseGrep(text: string): RegExp {
  try {
    return new RegExp(text, 'i')
  } catch (error) {
    throw new UsageError(`--grep takes a regular expression: ${(error as Error).message}`)
  }
}

/** An option that may be given again. */
export const collected = (text: string, before: unknown): string[] => [
  ...((before as string[] | undefined) ?? []),
  text,
]

const oneOf = (flag: string, names: readonly string[]) => (text: string) => {
  if (names.includes(text)) return text
  throw new UsageError(`${flag} takes ${names.join(' or ')}; got "${text}"`)
}

/** The argument of the commands that read a recorded run. */
export const runArgument = {
  argument: '<run>',
  argumentHelp: ['"latest", the name of a run as "squall trend" lists it, or the path of its folder'],
} as const

/** The argument of the commands that run scenarios. */
export const scenarioArgument = {
  argument: '[scenario...]',
  argumentHelp: ['a suite such as smoke, a scenario such as store/missed-release, a group such as store, or a file'],
} as const

/** Flags that several commands share, by name. */
export const flags = {
  seed: { flags: '--seed <seed>', help: 'seed of the workload and of every random choice', parse: parseSeed },
  driver: {
    flags: '--driver <driver>',
    help: 'where the nodes run: process, container (needs Docker) or remote (a running system, see --target)',
    parse: oneOf('--driver', driverNames),
    default: 'process',
    completes: driverNames,
  },
  target: {
    flags: '--target <file>',
    help: 'for --driver remote: JSON file that describes the running system, or "compose" for the one of docker-compose.yml',
    completes: 'paths',
  },
  pubsub: {
    flags: '--pubsub <adapter>',
    help: 'cluster pub/sub: mesh, or redis (needs redis-server)',
    parse: oneOf('--pubsub', pubsubNames),
    default: 'mesh',
    completes: pubsubNames,
  },
  nodes: {
    flags: '--nodes <n>',
    help: 'cluster size for scenarios that do not set it',
    parse: wholeNumber('--nodes', 1, nodesMax),
    default: 3,
  },
  tag: {
    flags: '--tag <tag>',
    help: 'only scenarios with this tag, such as browser; "squall list tags" lists them (repeatable: one of the tags is enough)',
    parse: collected,
    completes: 'tags',
  },
  open: { flags: '--open', help: 'open the report when it is written' },
  scenarios: {
    flags: '--scenarios <folder>',
    help: 'folder with scenarios of your own (repeatable); without names, all of them are used',
    parse: collected,
  },
  grep: { flags: '--grep <pattern>', help: 'only scenarios whose id or title matches', parse: parseGrep },
  repeat: {
    flags: '--repeat <n>',
    help: 'number of runs; the worst verdict counts',
    parse: wholeNumber('--repeat', 1, repeatMax),
    default: 1,
  },
  retries: {
    flags: '--retries <n>',
    help: 'run a violated scenario again, at most this often; one that then passes is flaky, never passed',
    parse: wholeNumber('--retries', 0, retriesMost),
    default: 0,
  },
  failFast: { flags: '--fail-fast', help: 'begin no scenario after the first violated one' },
  jobs: {
    flags: '--jobs <n>',
    help: 'scenarios in parallel; 5 on 2 CPUs, at most 8 by default',
    parse: wholeNumber('--jobs', 1, jobsMax),
    default: jobsUnasked,
  },
  out: { flags: '--out <folder>', help: 'parent folder for run folders (default: reports)', completes: 'paths' },
  history: {
    flags: '--history <file>',
    help: 'append-only file of the nights (default: nights.ndjson in the folder for runs)',
    completes: 'paths',
  },
  verbose: { flags: '--verbose', help: 'say every step and every fault in a line of its own' },
  json: { flags: '--json', help: 'print one JSON document on stdout and nothing else' },
  headed: { flags: '--headed', help: 'show the browsers' },
  budget: { flags: '--budget <duration>', help: 'stop after this long, such as 90s or 10m', parse: parseDuration },
  defect: {
    flags: '--defect <id>',
    help: 'start the nodes with a defect: one of "squall list defects", or a diff file against system/ (repeatable)',
    parse: collected,
    completes: 'defects',
  },
} as const satisfies Record<string, OptionSpec>

/** For the commands that repeat a run, which knows its driver. */
export const runTarget = {
  ...flags.target,
  help: flags.target.help.replace('for --driver remote', 'for a run with --driver remote'),
}

/** For the commands that run random scenarios, because each of those is busy from beginning to end. */
export const explorationJobs = { ...flags.jobs, help: 'scenarios in parallel', default: 3 }
