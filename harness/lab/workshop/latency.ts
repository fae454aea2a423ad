import { linearFit } from '../../stats/linear-fit.ts'
import { inTime, isBetween } from '../finding.ts'
import { duration } from '../format.ts'
import { defineLab } from '../lab.ts'
import { machineLimits } from '../load-summary.ts'
import { type Load, type LoadRun, startWorkshop } from '../workshop-node.ts'
import { meanLatencyMs } from './backlog.ts'

export interface Latencies {
  one: LoadRun
  three: LoadRun
}

const useMs = 20
const count = 500
const load: Load = { endpoint: 'genstage', count, concurrency: 50 }

const fitOf = ({ run: { events } }: LoadRun) => linearFit(events.map(({ depth, latencyMs }) => [depth, latencyMs]))

export const latency = defineLab<Latencies>({
  name: 'workshop/latency',
  title: 'the latency of each of 500 events against how many waited when it came, with one consumer and with three',
  scaled: `D is ${useMs} ms instead of 100, and there are 500 events instead of 1000.`,
  predictions: [
    {
      says: 'latency grows with the depth of the queue, as a straight line (correlation about 1)',
      judge: ({ one, three }) => {
        const [a, b] = [fitOf(one).correlation, fitOf(three).correlation]
        return inTime(
          machineLimits(one, three),
          Math.min(a, b) > 0.98,
          `${a.toFixed(3)} with one consumer, ${b.toFixed(3)} with three`,
        )
      },
    },
    {
      says: 'by D for each event that waits before it',
      judge: ({ one }) => {
        const { slope } = fitOf(one)
        return inTime(
          machineLimits(one),
          isBetween(slope, 0.9 * useMs, 1.4 * useMs),
          `${slope.toFixed(1)} ms with a D of ${useMs} ms`,
        )
      },
    },
    {
      says: 'and by a third of D with three consumers',
      judge: ({ three }) => {
        const { slope } = fitOf(three)
        return inTime(machineLimits(three), isBetween(slope, 0.3 * useMs, 0.48 * useMs), `${slope.toFixed(1)} ms`)
      },
    },
    {
      says: 'the mean is about n D / 2 with one consumer, and a third of that with three',
      inText: '"trickier than it looks"',
      judge: ({ one, three }) => {
        const expected = (count * useMs) / 2
        const [a, b] = [meanLatencyMs(one) / expected, (3 * meanLatencyMs(three)) / expected]
        return inTime(
          machineLimits(one, three),
          isBetween(a, 0.7, 1.4) && isBetween(b, 0.6, 1.5),
          `${a.toFixed(2)} of n D / 2 with one, ${b.toFixed(2)} of n D / 6 with three`,
        )
      },
    },
  ],
  async run(tools) {
    const node = await startWorkshop(tools, { useMs })
    tools.say('500 events, one consumer')
    const one = await node.load(load)
    await node.setConsumers(3)
    tools.say('500 events, three consumers')
    return { one, three: await node.load(load) }
  },
  figures: ({ one, three }) => [
    {
      what: 'mean latency, one consumer and three',
      value: `${duration(meanLatencyMs(one))}, ${duration(meanLatencyMs(three))}`,
    },
  ],
  charts: ({ one, three }) => [
    {
      title: 'Latency of each event',
      x: 'events that waited when it came',
      y: 'ms',
      marks: 'dots',
      series: [
        { name: 'one consumer', points: pointsOf(one) },
        { name: 'three consumers', points: pointsOf(three) },
      ],
    },
  ],
})

const pointsOf = ({ run: { events } }: LoadRun) => events.map(({ depth, latencyMs }) => [depth, latencyMs] as const)
