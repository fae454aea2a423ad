import { median } from '../../stats/percentile.ts'
import { exactly, inMostRounds, isBetween } from '../finding.ts'
import { duration } from '../format.ts'
import { defineLab } from '../lab.ts'
import { startPipeline } from '../pipeline-node.ts'

export interface Group {
  max: number
  /** In each round, when each item came, in ms after the push, in order. */
  roundsMs: readonly (readonly number[])[]
  /** The most workers at once. */
  workersMax: number
}

const workMs = 200
const rounds = 5
const maxes = [1, 10, 100] as const
/** One after the other takes as long as all of them together: ten show the same as fifty. */
const countOf = (max: number) => (max === 1 ? 10 : 50)

const having = (groups: readonly Group[], max: number) => groups.find((one) => one.max === max)!
/** Of each round, how many times as long as one item. */
const wholes = ({ roundsMs }: Group) => roundsMs.map((cameMs) => (cameMs.at(-1) ?? Number.NaN) / workMs)

/** Items that came at the same time. The gap decides, because what is late stays late. Exported for its test. Pure. */
export function groupSizes(cameMs: readonly number[]): number[] {
  const sizes: number[] = []
  for (const [index, ms] of cameMs.entries()) {
    if (index === 0 || ms - cameMs[index - 1]! > workMs / 2) sizes.push(0)
    sizes[sizes.length - 1]! += 1
  }
  return sizes
}

export const groups = defineLab<readonly Group[]>({
  name: 'pipeline/groups',
  title: '50 items for workers, at most 1, 10 and 100 of them at once',
  scaled: `An item takes ${workMs} ms instead of 1 s, one after the other there are 10; ${rounds} rounds, in which the three take turns.`,
  predictions: [
    {
      says: 'as many workers are at work as the max demand says, and no more than there are items: 1, 10, 50',
      judge: (all) => {
        const most = maxes.map((max) => having(all, max).workersMax)
        return exactly(most.join() === '1,10,50', most.join(', '))
      },
    },
    {
      says: 'with ten at once they come in five groups of ten',
      inText: 'five groups of ten',
      judge: (all) => {
        const sizes = having(all, 10).roundsMs.map((cameMs) => groupSizes(cameMs).join(', '))
        return inMostRounds(
          sizes.map((one) => one === '10, 10, 10, 10, 10'),
          `groups of ${[...new Set(sizes)].join('; ')}`,
        )
      },
    },
    {
      says: 'and all of it takes five times as long as one',
      inText: 'about 5 s',
      judge: (all) => {
        const times = wholes(having(all, 10))
        return inMostRounds(
          times.map((one) => isBetween(one, 4.9, 6.5)),
          `${median(times).toFixed(1)} times`,
        )
      },
    },
    {
      says: 'one after the other takes as many times as long as there are items, and all at once as long as one',
      judge: (all) => {
        const [one, many] = [wholes(having(all, 1)), wholes(having(all, 100))]
        return inMostRounds(
          one.map((times, round) => isBetween(times, 9.9, 13) && isBetween(many[round]!, 0.95, 2)),
          `${median(one).toFixed(1)} and ${median(many).toFixed(1)} times`,
        )
      },
    },
    {
      says: 'all of them arrive, whatever the demand is',
      judge: (all) => {
        const came = all.map(({ max, roundsMs }) => ({
          expected: countOf(max),
          counts: roundsMs.map((one) => one.length),
        }))
        return exactly(
          came.every(({ expected, counts }) => counts.every((count) => count === expected)),
          came.map(({ counts }) => [...new Set(counts)].join(' or ')).join(', '),
        )
      },
    },
  ],
  async run(tools) {
    const sides = await Promise.all(
      maxes.map(async (max) => {
        const node = await startPipeline(tools, { WORK_MS: workMs, MAX_DEMAND: max })
        return { max, node, listener: await node.listen(1), roundsMs: [] as number[][] }
      }),
    )
    for (let round = 1; round <= rounds; round += 1) {
      tools.say(`round ${round} of ${rounds}`)
      for (const { max, node, listener, roundsMs } of sides) {
        const before = listener.deliveries().length
        const pushedMs = tools.clock.monotonicMs()
        await node.push({ userId: 1, count: countOf(max) })
        await listener.has(before + countOf(max), 60_000)
        const came = listener.deliveries().slice(before)
        roundsMs.push(came.map(({ atMs }) => atMs - pushedMs))
      }
    }
    const measured: Group[] = []
    for (const { max, node, listener, roundsMs } of sides) {
      listener.close()
      measured.push({ max, roundsMs, workersMax: (await node.counts()).runningMax })
      await node.stop()
    }
    return measured
  },
  figures: (all) =>
    all.map((group) => ({
      what: `until the last one of ${countOf(group.max)}, max ${group.max}`,
      value: duration(workMs * median(wholes(group))),
    })),
  charts: (all) => [
    {
      title: 'Items that have come',
      x: 'seconds',
      y: 'items',
      marks: 'dots',
      series: all.map(({ max, roundsMs }) => ({
        name: `max ${max}`,
        points: (roundsMs[0] ?? []).map((ms, index) => [ms / 1_000, index + 1] as const),
      })),
    },
  ],
})
