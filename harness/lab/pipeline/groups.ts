import { exactly, inTime, isBetween } from '../finding.ts'
import { defineLab } from '../lab.ts'
import { startPipeline } from '../pipeline-node.ts'
import { duration } from '../words.ts'

export interface Group {
  max: number
  /** When each item came, in ms after the push, in order. */
  cameMs: readonly number[]
  /** The most workers at once. */
  workersMax: number
}

const workMs = 200
const count = 50
const maxes = [1, 10, 100] as const

const having = (groups: readonly Group[], max: number) => groups.find((one) => one.max === max)!
const wholeMs = ({ cameMs }: Group) => cameMs.at(-1) ?? Number.NaN
/** How many groups an item waits for, by when it came. */
const roundOf = (cameMs: number) => Math.max(1, Math.round(cameMs / workMs))

/** The processor may be busy: half a group late is no other group. */
const isLate = ({ cameMs, max }: Group) => (cameMs.at(-1) ?? 0) > 1.5 * Math.ceil(count / max) * workMs
const slow = (group: Group) => (isLate(group) ? ['the machine was too busy'] : [])

export const groups = defineLab<readonly Group[]>({
  name: 'pipeline/groups',
  title: '50 items for workers, at most 1, 10 and 100 of them at once',
  scaled: `An item takes ${workMs} ms instead of 1 s.`,
  predictions: [
    {
      says: 'as many workers are at work as the max demand says, and no more than there are items: 1, 10, 50',
      judge: (all) => {
        const most = maxes.map((max) => having(all, max).workersMax)
        const isOver = most.some((one, index) => one > maxes[index]!)
        return inTime(isOver ? [] : all.flatMap(slow), most.join() === '1,10,50', most.join(', '))
      },
    },
    {
      says: 'with ten at once they come in five groups of ten',
      seed: 'five groups of ten',
      judge: (all) => {
        const group = having(all, 10)
        const sizes = [...Map.groupBy(group.cameMs, roundOf).values()].map(({ length }) => length)
        return inTime(slow(group), sizes.join() === '10,10,10,10,10', `groups of ${sizes.join(', ')}`)
      },
    },
    {
      says: 'and all of it takes five times as long as one',
      seed: 'about 5 s',
      judge: (all) => {
        const group = having(all, 10)
        return inTime(
          slow(group),
          isBetween(wholeMs(group) / workMs, 4.9, 6.5),
          `${(wholeMs(group) / workMs).toFixed(1)} times`,
        )
      },
    },
    {
      says: 'one after the other takes 50 times as long as one, and all at once as long as one',
      judge: (all) => {
        const [one, many] = [having(all, 1), having(all, 100)]
        const [a, b] = [one, many].map((group) => wholeMs(group) / workMs) as [number, number]
        return inTime(
          [one, many].flatMap(slow),
          isBetween(a, 49, 60) && isBetween(b, 0.95, 2),
          `${a.toFixed(1)} and ${b.toFixed(1)} times`,
        )
      },
    },
    {
      says: 'all 50 arrive, whatever the demand is',
      judge: (all) => {
        const came = all.map(({ cameMs }) => cameMs.length)
        return exactly(
          came.every((each) => each === count),
          came.join(', '),
        )
      },
    },
  ],
  async run(tools) {
    const all: Group[] = []
    for (const max of maxes) {
      const node = await startPipeline(tools, { WORK_MS: workMs, MAX_DEMAND: max })
      const listener = await node.listen(1)
      tools.say(`50 items, at most ${max} at once`)
      const pushedMs = tools.clock.monotonicMs()
      await node.push({ userId: 1, count })
      await listener.has(count, 60_000)
      listener.close()
      const { runningMax } = await node.counts()
      all.push({ max, cameMs: listener.deliveries().map(({ atMs }) => atMs - pushedMs), workersMax: runningMax })
      await node.stop()
    }
    return all
  },
  figures: (all) =>
    all.map((group) => ({ what: `until the last one, max ${group.max}`, value: duration(wholeMs(group)) })),
  charts: (all) => [
    {
      title: 'Items that have come',
      x: 'seconds',
      y: 'items',
      marks: 'dots',
      series: all.map(({ max, cameMs }) => ({
        name: `max ${max}`,
        points: cameMs.map((ms, index) => [ms / 1_000, index + 1] as const),
      })),
    },
  ],
})
