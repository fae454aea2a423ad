import { linearFit } from '../../stats/linear-fit.ts'
import { percentile } from '../../stats/percentile.ts'
import { exactly, inTime } from '../finding.ts'
import { defineLab, type LabTools } from '../lab.ts'
import { type PipelineNode, startPipeline } from '../pipeline-node.ts'
import type { Listener } from './listener.ts'

interface Timed {
  max: number
  /** Of the one item that was pushed to an idle pipeline. */
  firstMs: number
  /** How long the last item took, in each round. */
  lastsMs: readonly number[]
  /** Of the items in order, each the median over the rounds. */
  latenciesMs: readonly number[]
}

export type TimedRuns = readonly Timed[]

const count = 2_000
const rounds = 5
const maxes = [1, 10, 100] as const

const having = (runs: TimedRuns, max: number) => runs.find((one) => one.max === max)!
const lastMs = ({ latenciesMs }: Timed) => latenciesMs.at(-1) ?? Number.NaN
const lasts = (runs: TimedRuns) => runs.map((one) => `${lastMs(one).toFixed(0)} ms with ${one.max}`).join(', ')
const fitOf = ({ latenciesMs }: Timed) => linearFit(latenciesMs.map((ms, index) => [index + 1, ms]))
/** A machine that is left in peace takes about the same time in each round. */
const spreadMax = 1.5
const isUneven = ({ lastsMs }: Timed) => Math.max(...lastsMs) > spreadMax * Math.min(...lastsMs)

const limitsOf = (runs: TimedRuns) => [
  ...(lastMs(having(runs, 10)) < 10 ? ['all of it took less than 10 ms, which is the request itself'] : []),
  ...(runs.some(isUneven) ? ['the rounds took unequal times, so the machine was too busy'] : []),
]

export const latency = defineLab<TimedRuns>({
  name: 'pipeline/latency',
  title: 'one timed item, then 2000 at once, for workers with a max demand of 1, 10 and 100',
  scaled: `There are ${count} items instead of 500, because these take a few ms; the median of ${rounds} rounds.`,
  predictions: [
    {
      says: 'one item that finds the pipeline idle takes next to no time',
      seed: '0 ms',
      judge: (runs) => {
        const most = Math.max(...runs.map(({ firstMs }) => firstMs))
        return inTime(most > 20 ? ['the machine was too busy'] : [], most <= 20, `${most.toFixed(1)} ms at most`)
      },
    },
    {
      says: 'of many at once, each waits for those before it: a straight line over their number',
      judge: (runs) => {
        const least = Math.min(...runs.map((one) => fitOf(one).correlation))
        return inTime(limitsOf(runs), least > 0.9, `correlation ${least.toFixed(3)} or more`)
      },
    },
    {
      says: 'a demand of 1 takes longest: for each item the consumer has to ask again',
      seed: '50 ms with 1, 25 with 10',
      judge: (runs) => inTime(limitsOf(runs), lastMs(having(runs, 1)) > lastMs(having(runs, 10)), lasts(runs)),
    },
    {
      says: 'a demand of 100 brings little more than one of 10',
      seed: '25 ms with 10, 23 with 100',
      judge: (runs) => {
        const share = lastMs(having(runs, 100)) / lastMs(having(runs, 10))
        return inTime(limitsOf(runs), share > 0.5 && share < 1.3, `${share.toFixed(2)} of the time`)
      },
    },
    {
      says: 'all of them arrive',
      judge: (runs) =>
        exactly(
          runs.every(({ latenciesMs }) => latenciesMs.length === count),
          `${count} of each`,
        ),
    },
  ],
  async run(tools) {
    const runs: Timed[] = []
    for (const max of maxes) {
      const node = await startPipeline(tools, { MAX_DEMAND: max, BUFFER_MAX: 100_000 })
      const listener = await node.listen(1)
      tools.say(`timed items, max demand ${max}`)
      const [firstMs] = (await latenciesOf(tools, node, listener, 1)) as [number]
      const perRound: (readonly number[])[] = []
      // The first round warms up.
      for (let round = 0; round <= rounds; round += 1) {
        const latenciesMs = await latenciesOf(tools, node, listener, count)
        if (round > 0) perRound.push(latenciesMs)
      }
      listener.close()
      const lastsMs = perRound.map((one) => one.at(-1)!)
      runs.push({
        max,
        firstMs,
        lastsMs,
        latenciesMs: perRound[0]!.map((_, index) =>
          percentile(
            perRound.map((one) => one[index]!),
            0.5,
          ),
        ),
      })
      await node.stop()
    }
    return runs
  },
  figures: (runs) =>
    runs.map((one) => ({
      what: `max ${one.max}: first, last, per item`,
      value: `${one.firstMs.toFixed(1)} ms, ${lastMs(one).toFixed(0)} ms, ${((1_000 * lastMs(one)) / count).toFixed(1)} µs`,
    })),
  charts: (runs) => [
    {
      title: 'Latency of each of 2000 items',
      x: 'item',
      y: 'ms',
      marks: 'lines',
      series: runs.map(({ max, latenciesMs }) => ({
        name: `max ${max}`,
        points: latenciesMs.map((ms, index) => [index + 1, ms] as const),
      })),
    },
  ],
})

/** Pushes so many at once. Returns how long after the request each came, in order. */
async function latenciesOf(
  { clock }: LabTools,
  node: PipelineNode,
  listener: Listener,
  many: number,
): Promise<number[]> {
  const before = listener.deliveries().length
  const pushedMs = clock.monotonicMs()
  await node.push({ userId: 1, count: many, timed: true })
  await listener.has(before + many, 30_000)
  return listener
    .deliveries()
    .slice(before)
    .map(({ atMs }) => atMs - pushedMs)
}
