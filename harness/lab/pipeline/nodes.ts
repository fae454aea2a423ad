import { exactly, inMostRounds } from '../finding.ts'
import { duration } from '../format.ts'
import { defineLab } from '../lab.ts'
import { startPipeline } from '../pipeline-node.ts'

/** One queue in PostgreSQL drained: how long it took, and how many items each node handled. */
export interface Drained {
  tookMs: number
  /** By node. */
  handled: readonly number[]
}

export interface NodesRuns {
  one: readonly Drained[]
  two: readonly Drained[]
}

const count = 100
const workMs = 20
const rounds = 4

const total = ({ handled }: Drained) => handled.reduce((sum, one) => sum + one, 0)
const shares = ({ two }: NodesRuns) => two.map((run) => Math.min(...run.handled) / count)
const ratios = ({ one, two }: NodesRuns) => two.map(({ tookMs }, round) => tookMs / one[round]!.tookMs)
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

export const nodes = defineLab<NodesRuns>({
  name: 'pipeline/nodes',
  title: `${count} items in PostgreSQL, drained by one node and by two`,
  scaled: `Two nodes that handle one item at a time, of ${workMs} ms, instead of two cores that compute; ${rounds} rounds, in turn.`,
  predictions: [
    {
      says: 'two nodes need about half the time, without a change of the code',
      inText: 'more cores, more parallelism',
      judge: (runs) =>
        inMostRounds(
          ratios(runs).map((ratio) => ratio < 0.7),
          `${mean(ratios(runs)).toFixed(2)} of the time`,
        ),
    },
    {
      says: 'but not less than that',
      judge: (runs) =>
        inMostRounds(
          ratios(runs).map((ratio) => ratio > 0.4),
          `${Math.min(...ratios(runs)).toFixed(2)} of the time at least`,
        ),
    },
    {
      says: 'each of the two has a good part of the items',
      judge: (runs) =>
        inMostRounds(
          shares(runs).map((share) => share > 0.3),
          `${Math.round(100 * Math.min(...shares(runs)))} % at least`,
        ),
    },
    {
      says: 'and every item is handled once, by one of them',
      judge: ({ one, two }) =>
        exactly(
          [...one, ...two].every((run) => total(run) === count),
          `${[...new Set([...one, ...two].map(total))].join(', ')} of ${count}`,
        ),
    },
  ],
  async run(tools) {
    const settings = { PRODUCER: 'durable', CONSUMER: 'consumer', WORK_MS: workMs, MAX_DEMAND: 1, MIN_DEMAND: 0 }
    async function drain(nodeCount: number): Promise<Drained> {
      const started = await Promise.all(Array.from({ length: nodeCount }, () => startPipeline(tools, settings)))
      const pushedMs = tools.clock.monotonicMs()
      // Each node hears at once of what was pushed to itself, and of the rest when it looks again.
      await Promise.all(started.map((node) => node.push({ userId: 1, count: count / nodeCount })))
      const handled = async () => Promise.all(started.map(async (node) => (await node.counts()).handled))
      let last: number[] = []
      await tools.until(
        async () => {
          last = await handled()
          return total({ tookMs: 0, handled: last }) >= count
        },
        { what: 'all items are handled', withinMs: 60_000, everyMs: 20 },
      )
      const tookMs = tools.clock.monotonicMs() - pushedMs
      await Promise.all(started.map((node) => node.stop()))
      return { tookMs, handled: last }
    }
    const measured = { one: [] as Drained[], two: [] as Drained[] }
    for (let round = 1; round <= rounds; round += 1) {
      tools.say(`round ${round} of ${rounds}`)
      measured.one.push(await drain(1))
      measured.two.push(await drain(2))
    }
    return measured
  },
  figures: ({ one, two }) => [
    { what: 'all items handled, one node', value: duration(mean(one.map(({ tookMs }) => tookMs))) },
    { what: 'all items handled, two nodes', value: duration(mean(two.map(({ tookMs }) => tookMs))) },
  ],
  charts: ({ one, two }) => [
    {
      title: 'Until all items were handled',
      x: 'round',
      y: 'ms',
      marks: 'dots',
      series: Object.entries({ 'one node': one, 'two nodes': two }).map(([name, runs]) => ({
        name,
        points: runs.map(({ tookMs }, index) => [index + 1, tookMs] as const),
      })),
    },
  ],
})
