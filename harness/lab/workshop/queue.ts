import { exactly, inTime, isBetween } from '../finding.ts'
import { duration } from '../format.ts'
import { defineLab } from '../lab.ts'
import { machineLimits } from '../load-summary.ts'
import { type LoadRun, startWorkshop } from '../workshop-node.ts'
import { backlogMax, backlogSeries, fallOf, wholeMs } from './backlog.ts'
import { costOf } from './cost.ts'

const useMs = 20
const count = 1_000

export const queue = defineLab<LoadRun>({
  name: 'workshop/queue',
  title: '1000 events, 50 at once, for one consumer of a pipeline',
  scaled: `D is ${useMs} ms instead of 100: the queue drains in 20 s instead of 100.`,
  predictions: [
    {
      says: 'all requests are answered at once, while nearly all of the work is still to be done',
      inText: 'n 1000, c 50',
      judge: ({ tookMs, ok, failed }) =>
        exactly(
          ok === count && failed === 0 && tookMs < 0.4 * count * useMs,
          `${ok} answers in ${duration(tookMs)}, and the work takes ${duration(count * useMs)}`,
        ),
    },
    {
      says: 'the backlog jumps towards 1000',
      judge: (one) => exactly(backlogMax(one) > 0.6 * count, `${backlogMax(one)} at most`),
    },
    {
      says: 'then it falls as a straight line (R² > 0.99)',
      judge: (one) => {
        const r2 = fallOf(one).correlation ** 2
        return inTime(machineLimits(one), r2 > 0.99, `R² = ${r2.toFixed(4)}`)
      },
    },
    {
      says: 'by one event for each D',
      judge: (one) => {
        const perUse = -fallOf(one).slope * useMs
        const limits = machineLimits(one)
        return inTime(limits, isBetween(perUse, 0.7, 1.05), `${perUse.toFixed(2)} events for each D`)
      },
    },
    {
      says: 'one is inside MockResource at most, whatever the backlog is',
      judge: ({ run: { insideMax } }) => exactly(insideMax === 1, `${insideMax} inside at most`),
    },
    {
      says: 'every event is processed once',
      judge: ({ run: { events }, dropped }) =>
        exactly(events.length === count && dropped === 0, `${events.length} processed, ${dropped} dropped`),
    },
  ],
  async run(tools) {
    const node = await startWorkshop(tools, { useMs })
    tools.say('1000 requests to /part2/genstage, 50 at once')
    return node.load({ endpoint: 'genstage', count, concurrency: 50 })
  },
  figures: (one) => [...costOf('genstage', one), { what: 'until all was processed', value: duration(wholeMs(one)) }],
  charts: (one) => [
    {
      title: 'Events not processed',
      x: 'seconds',
      y: 'events',
      marks: 'lines',
      series: [backlogSeries('one consumer', one)],
    },
  ],
})
