import type { ClusterNode } from '../../cluster/node.ts'
import { median, percentile } from '../../stats/percentile.ts'
import { inMostRounds } from '../finding.ts'
import { duration } from '../format.ts'
import { defineLab, type LabTools } from '../lab.ts'

/** What the callers saw of one layout. */
export interface ShardRun {
  p50Ms: number
  p99Ms: number
  mailboxMax: number
  tookMs: number
}

export type Layout = 'one' | 'key' | 'hash'
export type ShardRuns = Readonly<Record<Layout, ShardRun>>

/** One entry for each round, in which the layouts took turns. */
export interface Shards {
  /** A call waits for something, as for a database. */
  waiting: readonly ShardRuns[]
  /** A call computes. */
  computing: readonly ShardRuns[]
}

const rounds = 5
const shards = 4
const [callers, keys] = [64, 64]
const load = { shards, callers, keys }
const wait = { ...load, callsEach: 4, work: { kind: 'wait', ms: 2 } }
const compute = { ...load, callsEach: 4, work: { kind: 'cpu', ms: 1 } }

const ratios = (runs: readonly ShardRuns[], layout: Layout, figure: keyof ShardRun) =>
  runs.map((run) => run[layout][figure] / run.one[figure])
const medianOf = (runs: readonly ShardRuns[], layout: Layout, figure: keyof ShardRun) =>
  median(runs.map((run) => run[layout][figure]))

export const shardsLab = defineLab<Shards>({
  name: 'runtime/shards',
  title: `${callers} callers of one actor, of one for each of ${keys} keys, and of ${shards} among which the keys are hashed`,
  scaled: `${callers} callers instead of those of a whole shop; a call waits for 2 ms, or computes for 1 ms; ${rounds} rounds, in turn.`,
  predictions: [
    {
      says: 'one actor: a call waits for the calls of nearly all others, and its mailbox is as long',
      judge: ({ waiting }) =>
        inMostRounds(
          waiting.map(({ one }) => one.mailboxMax > callers / 2 && one.p50Ms > (callers / 2) * wait.work.ms),
          `${medianOf(waiting, 'one', 'mailboxMax')} in the mailbox at most, ${duration(medianOf(waiting, 'one', 'p50Ms'))} for a call`,
        ),
    },
    {
      says: `${shards} hashed actors: mailbox and response time fall to about a ${shards}th`,
      judge({ waiting }) {
        const times = ratios(waiting, 'hash', 'p50Ms')
        const lengths = ratios(waiting, 'hash', 'mailboxMax')
        return inMostRounds(
          times.map((time, round) => time < 2 / shards && lengths[round]! < 2 / shards),
          `${median(times).toFixed(2)} of the time, ${median(lengths).toFixed(2)} of the mailbox`,
        )
      },
    },
    {
      says: 'one actor for each key: a call waits for next to nobody',
      judge({ waiting }) {
        const times = ratios(waiting, 'key', 'p50Ms')
        return inMostRounds(
          times.map((time) => time < 0.2),
          `${median(times).toFixed(2)} of the time, ${medianOf(waiting, 'key', 'mailboxMax')} in a mailbox at most`,
        )
      },
    },
    {
      says: 'the slowest calls gain as the others do',
      judge({ waiting }) {
        const times = ratios(waiting, 'hash', 'p99Ms')
        return inMostRounds(
          times.map((time, round) => time < 0.6 && waiting[round]!.key.p99Ms < waiting[round]!.one.p99Ms * 0.4),
          `p99 ${waiting.length > 0 ? p99s(waiting) : 'of nothing'}`,
        )
      },
    },
    {
      says: 'calls that compute are done no sooner by more actors, because all actors of a node share one thread',
      judge({ computing }) {
        const times = ratios(computing, 'key', 'tookMs')
        return inMostRounds(
          times.map((time) => time > 0.7),
          `${median(times).toFixed(2)} of the time with an actor for each key`,
        )
      },
    },
  ],
  async run(tools) {
    const node = await tools.node({ APPS: 'workloads', WORKLOADS: 'on' })
    const measured: { waiting: ShardRuns[]; computing: ShardRuns[] } = { waiting: [], computing: [] }
    // The first round warms up.
    for (let round = 0; round <= rounds; round += 1) {
      tools.say(round === 0 ? 'warm-up' : `round ${round} of ${rounds}`)
      const waiting = await callAll(node, wait, tools)
      const computing = await callAll(node, compute, tools)
      if (round === 0) continue
      measured.waiting.push(waiting)
      measured.computing.push(computing)
    }
    await node.kill()
    return measured
  },
  figures: ({ waiting, computing }) =>
    (['one', 'hash', 'key'] as const).flatMap((layout) => [
      { what: `waiting, ${namesOf[layout]}: p50, p99, mailbox at most`, value: figuresOf(waiting, layout) },
      { what: `computing, ${namesOf[layout]}: p50, p99, mailbox at most`, value: figuresOf(computing, layout) },
    ]),
  charts: ({ waiting }) => [
    {
      title: 'Response time of a call that waits',
      x: 'round',
      y: 'ms (p50)',
      marks: 'lines',
      series: (['one', 'hash', 'key'] as const).map((layout) => ({
        name: namesOf[layout],
        points: waiting.map((run, round) => [round + 1, run[layout].p50Ms] as const),
      })),
    },
  ],
})

const namesOf: Readonly<Record<Layout, string>> = {
  one: 'one actor',
  hash: `${shards} hashed actors`,
  key: 'an actor for each key',
}

const p99s = (runs: readonly ShardRuns[]) =>
  (['one', 'hash', 'key'] as const).map((layout) => duration(medianOf(runs, layout, 'p99Ms'))).join(', ')

const figuresOf = (runs: readonly ShardRuns[], layout: Layout) =>
  `${duration(medianOf(runs, layout, 'p50Ms'))}, ${duration(medianOf(runs, layout, 'p99Ms'))}, ${medianOf(runs, layout, 'mailboxMax')}`

async function callAll(node: ClusterNode, request: object, { goOn }: Pick<LabTools, 'goOn'>): Promise<ShardRuns> {
  const call = async (layout: Layout): Promise<ShardRun> => {
    goOn()
    const answer = await node.control.post<{ latenciesMs: number[]; mailboxMax: number; tookMs: number }>(
      '/workloads/shards',
      { ...request, layout },
      30_000,
    )
    const { latenciesMs, mailboxMax, tookMs } = answer
    return { p50Ms: median(latenciesMs), p99Ms: percentile(latenciesMs, 0.99), mailboxMax, tookMs }
  }
  return { one: await call('one'), hash: await call('hash'), key: await call('key') }
}
