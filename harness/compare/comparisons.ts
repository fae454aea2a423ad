import { type PubSubName, pubsubNames } from '../cluster/cluster.ts'
import { type Version, versions } from '../load/messages.ts'
import { UsageError } from '../platform/errors.ts'
import { orNearest } from '../platform/nearest.ts'
import type { Arm, Comparison, Traffic } from './comparison.ts'

/** Work kinds of the workloads application, with about how long one piece takes. */
export interface WorkChoice {
  kind: 'none' | 'wait' | 'database' | 'cpu'
  ms: number
}

const arm = (name: string, own: Partial<Arm>): Arm => ({
  name,
  nodes: 1,
  pubsub: 'mesh',
  env: {},
  version: '2.0.0',
  event: 'sync',
  ...own,
})

const alwaysUntested = [
  'a network between the machines: generator and nodes share one',
  'more connections than stated, and clients that read slowly',
]

export const defaultWork: WorkChoice = { kind: 'wait', ms: 10 }

/** What else is measured when there is time for it: computing is the null, from which a task gains nothing. */
export const otherWorks: readonly WorkChoice[] = [
  { kind: 'wait', ms: 1 },
  { kind: 'wait', ms: 100 },
  { kind: 'database', ms: 10 },
  { kind: 'cpu', ms: 1 },
]

export const describeWork = ({ kind, ms }: WorkChoice): string => `${kind}:${ms}`

/** `wait:10`, `cpu:2`, `database:20`. */
export function parseWork(text: string): WorkChoice {
  const [, kind, ms] = /^(wait|database|cpu):(\d+(?:\.\d+)?)$/.exec(text) ?? []
  if (kind === 'wait' && !Number.isInteger(Number(ms)))
    throw new UsageError(`--work takes whole milliseconds, because timers have no finer steps; got "${text}"`)
  if (kind && Number(ms) > 0 && Number(ms) <= 1_000) return { kind: kind as WorkChoice['kind'], ms: Number(ms) }
  throw new UsageError(
    `--work takes wait, database or cpu with milliseconds up to 1000, such as wait:10; got "${text}"`,
  )
}

/** Channels, each with a queue of its own in the first arm: enough of them for about 2,000 messages per second. */
const channelsFor = ({ kind, ms }: WorkChoice) =>
  kind === 'cpu' ? 20 : Math.min(200, Math.max(10, Math.round(2 * ms)))

const workTraffic = (work: WorkChoice): Traffic => ({
  mode: 'reply',
  connections: channelsFor(work),
  payloads: [work],
  startPerS: 250,
  mostPerS: 8_000,
})

function syncAsync(work: WorkChoice): Comparison {
  const traffic = workTraffic(work)
  const title = `Replies from inside the channel (sync) or from a task of their own (async), for work of the kind ${work.kind} of ${work.ms} ms`
  const first = arm('sync', { event: 'sync' })
  return {
    id: 'sync-async',
    title,
    first,
    second: arm('async', { event: 'async' }),
    traffic,
    notTested: alwaysUntested,
  }
}

/** One message for everybody: what the nodes do among themselves is most of the work. */
const broadcasts: Traffic = { mode: 'broadcast', connections: 120, payloads: [{}], startPerS: 25, mostPerS: 800 }
const echoes: Traffic = {
  mode: 'reply',
  connections: 100,
  payloads: [{ kind: 'none', ms: 0 }],
  startPerS: 500,
  mostPerS: 12_000,
}

function choose<T extends string>(what: string, known: readonly T[], given: readonly string[]): [T, T] {
  const stranger = given.find((name) => !known.includes(name as T))
  if (stranger !== undefined || given.length !== 2)
    throw new UsageError(`compare ${what} takes two of ${known.join(', ')}; got "${given.join(' ')}"`)
  return given as unknown as [T, T]
}

function pubsubs(given: readonly string[]): Comparison {
  const [first, second] = choose('pubsub', pubsubNames, given).map((pubsub: PubSubName, at) =>
    arm(at === 1 && given[0] === pubsub ? `${pubsub} again` : pubsub, { nodes: 2, pubsub, event: 'shout' }),
  )
  const title = 'Broadcasts between two nodes'
  return { id: 'pubsub', title, first: first!, second: second!, traffic: broadcasts, notTested: alwaysUntested }
}

const nodesMost = 5

function nodeCounts(given: readonly string[]): Comparison {
  const known = Array.from({ length: nodesMost }, (_, index) => String(index + 1))
  const [first, second] = choose('nodes', known, given).map((count, at) =>
    arm(`${count} ${count === '1' ? 'node' : 'nodes'}${at === 1 && given[0] === count ? ' again' : ''}`, {
      nodes: Number(count),
      event: 'shout',
    }),
  )
  const title = 'Broadcasts to the same clients on more or fewer nodes'
  const notTested = ['a processor for each node: all share those of this machine', ...alwaysUntested]
  return { id: 'nodes', title, first: first!, second: second!, traffic: broadcasts, notTested }
}

const versionOf: Readonly<Record<string, Version>> = { v1: versions[0], v2: versions[1] }

function serializers(given: readonly string[]): Comparison {
  const [first, second] = choose('serializer', Object.keys(versionOf), given).map((name, at) =>
    arm(at === 1 && given[0] === name ? `${name} again` : name, { version: versionOf[name]! }),
  )
  const title = 'Replies in two versions of the protocol'
  return { id: 'serializer', title, first: first!, second: second!, traffic: echoes, notTested: alwaysUntested }
}

const modeOf = ({ event }: Arm): Traffic['mode'] => (event === 'shout' ? 'broadcast' : 'reply')

/** Returns the comparison of two arms that files or addresses describe; throws UsageError when they cannot get the same load. */
export function comparisonOfArms(first: Arm, second: Arm, work: WorkChoice): Comparison {
  if (modeOf(first) !== modeOf(second))
    throw new UsageError(
      `both arms must get the same load: ${first.name} has the event ${first.event}, ${second.name} ${second.event}`,
    )
  const traffic = modeOf(first) === 'broadcast' ? broadcasts : workTraffic(work)
  const other = first.name === second.name ? { ...second, name: `${second.name} again` } : second
  const title = `${first.name} and ${other.name}`
  const isRunning = [first, other].some(({ addresses }) => addresses)
  const notTested = isRunning
    ? ['fresh nodes for each run: these systems were running already', ...alwaysUntested]
    : alwaysUntested
  return { id: 'arms', title, first, second: other, traffic, notTested }
}

type Maker = (given: readonly string[], work: WorkChoice) => Comparison

const makers: Readonly<Record<string, Maker>> = {
  'sync-async': (given, work) => {
    if (given.length > 0) throw new UsageError(`compare sync-async takes nothing more; got "${given.join(' ')}"`)
    return syncAsync(work)
  },
  pubsub: pubsubs,
  nodes: nodeCounts,
  serializer: serializers,
}

const comparisonNames = Object.keys(makers)

/** Returns the comparison that was asked for by words; throws UsageError. */
export function comparisonOf([name = '', ...given]: readonly string[], work: WorkChoice): Comparison {
  const make = makers[name]
  if (make) return make(given, work)
  if (name === '') throw new UsageError(`compare what? There are ${comparisonNames.join(', ')}, or two JSON files`)
  throw new UsageError(
    `there is no comparison "${name}"${orNearest(name, comparisonNames)}; there are ${comparisonNames.join(', ')}, or two JSON files`,
  )
}
