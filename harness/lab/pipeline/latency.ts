import { linearFit } from '../../stats/linear-fit.ts'
import { median } from '../../stats/percentile.ts'
import { exactly, inMostRounds } from '../finding.ts'
import { defineLab, type Finding, type LabTools } from '../lab.ts'
import { type PipelineNode, startPipeline } from '../pipeline-node.ts'
import type { Listener } from './listener.ts'

interface Timed {
  max: number
  /** Of one item that was pushed to an idle pipeline, in each round. */
  firstsMs: readonly number[]
  /** Of the items in order, in each round. */
  latenciesMs: readonly (readonly number[])[]
}

export type TimedRuns = readonly Timed[]

const count = 2_000
const rounds = 7
const maxes = [1, 10, 100] as const
/** How long the request that pushes them may take by itself. */
const requestMs = 10

const having = (runs: TimedRuns, max: number) => runs.find((one) => one.max === max)!
const lastsOf = ({ latenciesMs }: Timed) => latenciesMs.map((one) => one.at(-1) ?? Number.NaN)
const lastMs = (one: Timed) => median(lastsOf(one))
const lasts = (runs: TimedRuns) => runs.map((one) => `${lastMs(one).toFixed(0)} ms with ${one.max}`).join(', ')
const correlationOf = (latenciesMs: readonly number[]) =>
  linearFit(latenciesMs.map((ms, index) => [index + 1, ms])).correlation

/** How many times something came: a client that gets its turns late reads many items at once, as if all had taken the same time. */
const piecesOf = (latenciesMs: readonly number[]) =>
  latenciesMs.filter((ms, index) => index === 0 || ms - latenciesMs[index - 1]! > 1).length
const piecesLeast = 10
const isNotEmpty = ({ length }: readonly unknown[]) => length > 0

/** Round by round: the sides of a round followed each other, so that a busy machine disturbed both. */
const ratiosOf = (runs: TimedRuns, max: number, to: number) => {
  const others = lastsOf(having(runs, to))
  return lastsOf(having(runs, max)).map((ms, round) => ms / others[round]!)
}

const tooShort = (runs: TimedRuns, saw: string): Finding | undefined =>
  lastMs(having(runs, 10)) < requestMs
    ? { outcome: 'unknown', saw, why: 'all of it took less than 10 ms, which is the request itself' }
    : undefined

export const latency = defineLab<TimedRuns>({
  name: 'pipeline/latency',
  title: 'one timed item, then 2000 at once, for workers with a max demand of 1, 10 and 100',
  scaled: `There are ${count} items instead of 500, because these take a few ms; ${rounds} rounds, in which the three take turns.`,
  predictions: [
    {
      says: 'one item that finds the pipeline idle takes next to no time',
      inText: '0 ms',
      judge: (runs) =>
        inMostRounds(
          runs[0]!.firstsMs.map((_, round) => runs.every(({ firstsMs }) => firstsMs[round]! <= 20)),
          `${runs.map(({ max, firstsMs }) => `${median(firstsMs).toFixed(1)} ms with ${max}`).join(', ')}`,
        ),
    },
    {
      says: 'of many at once, each waits for those before it: a straight line over their number',
      judge: (runs) => {
        const ofRounds = runs[0]!.latenciesMs.map((_, round) => runs.map(({ latenciesMs }) => latenciesMs[round]!))
        const visible = ofRounds.map((sides) => sides.filter((one) => piecesOf(one) >= piecesLeast)).filter(isNotEmpty)
        const worst = visible.map((sides) => Math.min(...sides.map(correlationOf)))
        const saw = worst.length > 0 ? `correlation ${median(worst).toFixed(3)}` : 'no line'
        const short = tooShort(runs, saw)
        if (short) return short
        if (worst.length > rounds / 2)
          return inMostRounds(
            worst.map((correlation) => correlation > 0.9),
            saw,
          )
        const why = `in ${rounds - worst.length} of ${rounds} rounds the items came in less than ${piecesLeast} pieces, so the machine was too busy`
        return { outcome: 'unknown', saw, why }
      },
    },
    {
      says: 'a demand of 1 takes longest: for each item the consumer has to ask again',
      inText: '50 ms with 1, 25 with 10',
      judge: (runs) =>
        tooShort(runs, lasts(runs)) ??
        inMostRounds(
          ratiosOf(runs, 1, 10).map((ratio) => ratio > 1),
          lasts(runs),
        ),
    },
    {
      says: 'a demand of 100 brings little more than one of 10',
      inText: '25 ms with 10, 23 with 100',
      judge: (runs) => {
        const ratios = ratiosOf(runs, 100, 10)
        const saw = `${median(ratios).toFixed(2)} of the time`
        return (
          tooShort(runs, saw) ??
          inMostRounds(
            ratios.map((ratio) => ratio > 0.5 && ratio < 1.3),
            saw,
          )
        )
      },
    },
    {
      says: 'all of them arrive',
      judge: (runs) =>
        exactly(
          runs.every(({ latenciesMs }) => latenciesMs.every(({ length }) => length === count)),
          `${count} of each`,
        ),
    },
  ],
  async run(tools) {
    const sides = await Promise.all(
      maxes.map(async (max) => {
        const node = await startPipeline(tools, { MAX_DEMAND: max, BUFFER_MAX: 100_000 })
        return { max, node, listener: await node.listen(1), firstsMs: [] as number[], latenciesMs: [] as number[][] }
      }),
    )
    // The first round warms up.
    for (let round = 0; round <= rounds; round += 1) {
      tools.say(round === 0 ? 'warm-up' : `round ${round} of ${rounds}`)
      for (const { node, listener, firstsMs, latenciesMs } of round % 2 === 0 ? sides : sides.toReversed()) {
        const [firstMs] = (await latenciesOf(tools, node, listener, 1)) as [number]
        const all = await latenciesOf(tools, node, listener, count)
        if (round === 0) continue
        firstsMs.push(firstMs)
        latenciesMs.push(all)
      }
    }
    for (const { node, listener } of sides) {
      listener.close()
      await node.stop()
    }
    return sides.map(({ max, firstsMs, latenciesMs }) => ({ max, firstsMs, latenciesMs }))
  },
  figures: (runs) =>
    runs.map((one) => ({
      what: `max ${one.max}: first, last, per item`,
      value: `${median(one.firstsMs).toFixed(1)} ms, ${lastMs(one).toFixed(0)} ms, ${((1_000 * lastMs(one)) / count).toFixed(1)} µs`,
    })),
  charts: (runs) => [
    {
      title: 'Latency of each of 2000 items',
      x: 'item',
      y: 'ms',
      marks: 'lines',
      series: runs.map(({ max, latenciesMs }) => ({
        name: `max ${max}`,
        points: (latenciesMs[0] ?? []).map((ms, index) => [index + 1, ms] as const),
      })),
    },
  ],
})

/** Pushes that many at once. Returns how long after the request each came, in order. */
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
