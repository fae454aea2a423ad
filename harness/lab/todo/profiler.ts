import { availableParallelism } from 'node:os'
import { median } from '../../stats/percentile.ts'
import { exactly, inMostRounds } from '../finding.ts'
import { defineLab, type LabTools } from '../lab.ts'
import type { ThreadLoad } from './thread-messages.ts'
import { startThreads, type Threads } from './threads.ts'

/** Lookups a second in one round. */
export interface Round {
  /** One client, a hundred on one thread, and a hundred on all threads, behind one actor. */
  actorOne: number
  actorThread: number
  actorAll: number
  /** A hundred clients that look into a shared table, on one thread and on all. */
  tableThread: number
  tableAll: number
  /** The same in lookups for each ms of processor time. */
  tableThreadPerCpuMs: number
  tableAllPerCpuMs: number
  /** A node: a hundred clients that ask its registry by messages, one of them, and a hundred that look into its table. */
  nodeRegistry: number
  nodeRegistryOne: number
  nodeTable: number
}

export interface Profile {
  threads: number
  /** Lookups of threads that found another server than that of the list. */
  wrong: number
  lookups: number
  rounds: readonly Round[]
}

const rounds = 5
const hundred = 100

const ratios = ({ rounds: all }: Profile, above: keyof Round, below: keyof Round) =>
  all.map((round) => round[above] / round[below])
const times = (values: readonly number[]) => `${median(values).toFixed(2)} times as many`

export const profiler = defineLab<Profile>({
  name: 'todo/profiler',
  title: 'lookups of 100 lists: one actor that everybody asks, and a table that everybody reads',
  scaled:
    'Each client does 2000 lookups instead of 100,000; 200 where a hundred ask an actor, 20,000 where they read a table in shared memory. Actors in threads of their own stand in for the processes of the text, because all actors of a node share one event loop.',
  predictions: [
    {
      says: 'a hundred clients get more from one actor than a single client, which waits for each answer',
      inText: '~140 K and ~280 K a second',
      judge(one) {
        const all = ratios(one, 'actorAll', 'actorOne')
        return inMostRounds(
          all.map((ratio) => ratio > 1.5),
          times(all),
        )
      },
    },
    {
      says: 'they get no more when they are spread over more threads: the one actor is the limit',
      judge(one) {
        if (one.threads < 2) return oneProcessor
        const all = ratios(one, 'actorAll', 'actorThread')
        return inMostRounds(
          all.map((ratio) => ratio < 1.3),
          times(all),
        )
      },
    },
    {
      says: 'a shared table gives them at least three times as much',
      inText: '1,823,739 instead of ~280 K a second',
      judge(one) {
        const all = ratios(one, 'tableAll', 'actorAll')
        return inMostRounds(
          all.map((ratio) => ratio >= 3),
          times(all),
        )
      },
    },
    {
      says: 'and every further thread reads it as fast as the first: a lookup costs no more processor time',
      judge(one) {
        if (one.threads < 2) return oneProcessor
        const all = ratios(one, 'tableAllPerCpuMs', 'tableThreadPerCpuMs')
        return inMostRounds(
          all.map((ratio) => ratio > 0.7),
          `${times(all)} for each ms of processor time`,
        )
      },
    },
    {
      says: 'all lookups find the server of their list, by either way',
      judge: ({ wrong, lookups }) => exactly(wrong === 0 && lookups > 0, `${wrong} of ${lookups} wrong`),
    },
    {
      says: 'inside one node, whose actors share an event loop, a hundred clients get less than twice as much as one',
      inText: '~140 K and ~280 K a second',
      judge(one) {
        const all = ratios(one, 'nodeRegistry', 'nodeRegistryOne')
        return inMostRounds(
          all.map((ratio) => ratio < 2),
          times(all),
        )
      },
    },
    {
      says: 'and the table gains less there, because a message to an idle actor is a call',
      judge(one) {
        const inNode = ratios(one, 'nodeTable', 'nodeRegistry')
        const inThreads = ratios(one, 'tableAll', 'actorAll')
        return inMostRounds(
          inNode.map((ratio, index) => ratio < inThreads[index]!),
          `${times(inNode)} instead of ${median(inThreads).toFixed(2)}`,
        )
      },
    },
  ],
  async run(tools) {
    const count = Math.max(1, Math.min(4, availableParallelism()))
    const threads = startThreads(count, tools.clock.monotonicMs)
    const nodes = await startNodes(tools)
    try {
      return await runRounds(tools, threads, nodes, count)
    } finally {
      await threads.close()
      await nodes.stop()
    }
  },
  figures: (one) =>
    (Object.entries(names) as [keyof Round, string][]).map(([key, what]) => ({
      what,
      value: `${Math.round(median(one.rounds.map((round) => round[key])))} reqs/sec`,
    })),
  charts: (one) => [
    {
      title: 'Lookups a second',
      x: 'round',
      y: 'lookups',
      marks: 'lines',
      series: (['actorOne', 'actorAll', 'tableAll'] as const).map((key) => ({
        name: names[key],
        points: one.rounds.map((round, index) => [index + 1, round[key]] as const),
      })),
    },
  ],
})

const names = {
  actorOne: 'an actor in a thread, 1 client',
  actorThread: 'an actor in a thread, 100 clients of one thread',
  actorAll: 'an actor in a thread, 100 clients of all threads',
  tableThread: 'a shared table, 100 clients of one thread',
  tableAll: 'a shared table, 100 clients of all threads',
  nodeRegistryOne: 'the registry of a node, 1 client',
  nodeRegistry: 'the registry of a node, 100 clients',
  nodeTable: 'the table of a node, 100 clients',
} as const

const oneProcessor = { outcome: 'unknown', saw: 'nothing', why: 'the machine has one processor' } as const

/** Two nodes that only serve lists: in one callers ask the registry, in the other they look into the table of the cache. */
async function startNodes({ node }: LabTools) {
  const start = (TODO_CACHE: string) => node({ APPS: 'todo', TODO_CACHE })
  const [registry, table] = [await start('registry'), await start('table')]
  const profile = (one: typeof registry) => async (clients: number) => {
    const load = { clients, operations: 100_000 / clients }
    return (await one.control.post<{ perSecond: number }>('/todo/profile', load)).perSecond
  }
  return {
    registry: profile(registry),
    table: profile(table),
    stop: async () => void (await Promise.all([registry.kill(), table.kill()])),
  }
}

async function runRounds(
  { say, goOn }: LabTools,
  threads: Threads,
  nodes: Awaited<ReturnType<typeof startNodes>>,
  count: number,
): Promise<Profile> {
  const done = { wrong: 0, lookups: 0 }

  async function run(load: ThreadLoad, on: number) {
    const { tookMs, wrong, cpuMs } = await threads.run(load, on)
    const lookups = load.clients * load.operations
    done.wrong += wrong
    done.lookups += lookups
    return { perSecond: (1_000 * lookups) / tookMs, perCpuMs: lookups / Math.max(1, cpuMs) }
  }

  async function round(): Promise<Round> {
    const asking = { way: 'actor', clients: hundred, operations: 200 } as const
    const reading = { way: 'table', clients: hundred, operations: 20_000 } as const
    const tableThread = await run(reading, 1)
    const tableAll = await run(reading, count)
    return {
      actorOne: (await run({ way: 'actor', clients: 1, operations: 2_000 }, 1)).perSecond,
      actorThread: (await run(asking, 1)).perSecond,
      actorAll: (await run(asking, count)).perSecond,
      tableThread: tableThread.perSecond,
      tableAll: tableAll.perSecond,
      tableThreadPerCpuMs: tableThread.perCpuMs,
      tableAllPerCpuMs: tableAll.perCpuMs,
      nodeRegistryOne: await nodes.registry(1),
      nodeRegistry: await nodes.registry(hundred),
      nodeTable: await nodes.table(hundred),
    }
  }

  const all: Round[] = []
  // The first round warms up.
  for (let number = 0; number <= rounds; number += 1) {
    goOn()
    say(number === 0 ? 'warm-up' : `round ${number} of ${rounds}`)
    const one = await round()
    if (number > 0) all.push(one)
  }
  return { threads: count, ...done, rounds: all }
}
