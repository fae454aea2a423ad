import { exactly, inTime, isBetween } from '../finding.ts'
import { duration } from '../format.ts'
import { defineLab } from '../lab.ts'
import { machineLimits } from '../load-summary.ts'
import { type Load, type LoadRun, startWorkshop } from '../workshop-node.ts'
import { backlogSeries, meanLatencyMs, wholeMs } from './backlog.ts'

export interface Consumers {
  one: LoadRun
  /** Three that are there before the burst. */
  three: LoadRun
  threeGreedy: LoadRun
  /** Two more come while events wait. */
  added: LoadRun
  addedGreedy: LoadRun
}

const useMs = 20
const count = 300
const load: Load = { endpoint: 'genstage', count, concurrency: 50 }

const shareOf = (run: LoadRun, { one }: Consumers) => wholeMs(run) / wholeMs(one)

export const consumers = defineLab<Consumers>({
  name: 'workshop/consumers',
  title: '300 events for one consumer and for three, which are there before the burst or come while events wait',
  scaled: `D is ${useMs} ms instead of 100, and there are 300 events instead of 1000, five times.`,
  predictions: [
    {
      says: 'three consumers need a third of the time',
      inText: '1 to 3 consumers',
      judge: (all) =>
        inTime(
          machineLimits(all.one, all.three),
          isBetween(shareOf(all.three, all), 0.25, 0.45),
          `${shareOf(all.three, all).toFixed(2)} of the time`,
        ),
    },
    {
      says: 'whatever their demand is, if they have asked for equally many before the burst: 1000 as well as 1',
      judge: (all) =>
        inTime(
          machineLimits(all.one, all.threeGreedy),
          isBetween(shareOf(all.threeGreedy, all), 0.25, 0.45),
          `${shareOf(all.threeGreedy, all).toFixed(2)} of the time with a demand of 1000`,
        ),
    },
    {
      says: 'as many are inside MockResource as there are consumers: 1, and 3',
      judge: ({ one, three, threeGreedy }) => {
        const most = [one, three, threeGreedy].map(({ run }) => run.insideMax)
        return exactly(most.join() === '1,3,3', most.join(', '))
      },
    },
    {
      says: 'two more that come while events wait help at once, with a demand of 1',
      judge: ({ added: { run } }) => exactly(run.insideMax === 3, `${run.insideMax} inside at most`),
    },
    {
      says: 'and not at all with a demand of 1000: the first has claimed every event that waits',
      judge: ({ addedGreedy: { run } }) => exactly(run.insideMax === 1, `${run.insideMax} inside at most`),
    },
    {
      says: 'so the mean latency falls to about a third for those before the burst, and hardly moves for a claimed queue',
      inText: '"trickier than it looks"',
      judge: (all) => {
        const share = (run: LoadRun) => meanLatencyMs(run) / meanLatencyMs(all.one)
        const [three, claimed] = [share(all.three), share(all.addedGreedy)]
        return inTime(
          machineLimits(all.one, all.three, all.addedGreedy),
          isBetween(three, 0.2, 0.5) && claimed > 0.75,
          `${three.toFixed(2)} of it with three, ${claimed.toFixed(2)} with a claimed queue`,
        )
      },
    },
  ],
  async run(tools) {
    const modest = await startWorkshop(tools, { useMs })
    tools.say('one consumer')
    const one = await modest.load(load)
    tools.say('one consumer, and two more while events wait; demand 1')
    const added = await modest.load(load, () => modest.setConsumers(3))
    tools.say('three consumers, demand 1')
    const three = await modest.load(load)
    const greedy = await startWorkshop(tools, { useMs, demand: 1_000 })
    // First: one that has taken events has asked for fewer since, and would get fewer than those that are new.
    await greedy.setConsumers(3)
    tools.say('three consumers, demand 1000')
    const threeGreedy = await greedy.load(load)
    await greedy.setConsumers(1)
    tools.say('one consumer, and two more while events wait; demand 1000')
    const addedGreedy = await greedy.load(load, () => greedy.setConsumers(3))
    return { one, three, threeGreedy, added, addedGreedy }
  },
  figures: ({ one, three, threeGreedy, added, addedGreedy }) =>
    (
      [
        ['one consumer', one],
        ['three, demand 1', three],
        ['three, demand 1000', threeGreedy],
        ['two added, demand 1', added],
        ['two added, demand 1000', addedGreedy],
      ] as const
    ).map(([what, run]) => ({
      what: `${what}: until all was processed, mean latency`,
      value: `${duration(wholeMs(run))}, ${duration(meanLatencyMs(run))}`,
    })),
  charts: ({ one, three, added, addedGreedy }) => [
    {
      title: 'Events not processed',
      x: 'seconds',
      y: 'events',
      marks: 'lines',
      series: [
        backlogSeries('one', one),
        backlogSeries('three', three),
        backlogSeries('two added, demand 1', added),
        backlogSeries('two added, demand 1000', addedGreedy),
      ],
    },
  ],
})
