import { exactly, inTime, isBetween } from '../finding.ts'
import { duration } from '../format.ts'
import { defineLab } from '../lab.ts'
import { machineLimits } from '../load-summary.ts'
import { type LoadRun, startWorkshop } from '../workshop-node.ts'
import { backlogSeries, wholeMs } from './backlog.ts'

const workerCounts = [1, 5, 15] as const
const useMs = 40
const limit = 15
const count = 200

/** One run for each number of workers. */
export type SupervisorRuns = readonly { workers: number; run: LoadRun }[]

const isOverrun = ({ workers, run }: SupervisorRuns[number]) => run.run.insideMax > workers

const peaks = (runs: SupervisorRuns) =>
  runs.map(({ workers, run }) => `${run.run.insideMax} with ${workers}`).join(', ')

export const supervisor = defineLab<SupervisorRuns>({
  name: 'workshop/supervisor',
  title: '200 events for a consumer supervisor with 1, 5 and 15 workers, by configuration only, at a limit of 15',
  scaled: `D is ${useMs} ms instead of 100, and there are 200 events.`,
  predictions: [
    {
      says: 'as many are inside MockResource as there are workers: 1, 5, 15',
      inText: 'concurrency from configuration',
      judge: (runs) =>
        inTime(
          // More than there are workers is wrong on any machine; fewer may be a slow one.
          runs.some(isOverrun) ? [] : machineLimits(...runs.map(({ run }) => run)),
          runs.every(({ workers, run }) => run.run.insideMax === workers),
          peaks(runs),
        ),
    },
    {
      says: 'the limit refuses none of them',
      judge: (runs) => {
        const refused = runs.reduce((sum, { run }) => sum + run.refused + run.dropped, 0)
        return exactly(refused === 0, `${refused} refused or dropped`)
      },
    },
    {
      says: 'every event is processed once',
      judge: (runs) => {
        const processed = runs.map(({ run }) => run.run.events.length)
        return exactly(
          processed.every((one) => one === count),
          processed.join(', '),
        )
      },
    },
    {
      says: 'five workers need a fifth of the time of one',
      judge: (runs) => {
        const [one, five] = runs as [SupervisorRuns[number], SupervisorRuns[number]]
        const share = wholeMs(five.run) / wholeMs(one.run)
        const limits = machineLimits(one.run, five.run)
        return inTime(limits, isBetween(share, 0.15, 0.35), `${share.toFixed(2)} of the time`)
      },
    },
  ],
  async run(tools) {
    const runs: { workers: number; run: LoadRun }[] = []
    for (const workers of workerCounts) {
      const node = await startWorkshop(tools, { useMs, limit, workers })
      tools.say(`200 events, ${workers} ${workers === 1 ? 'worker' : 'workers'}`)
      runs.push({ workers, run: await node.load({ endpoint: 'genstage', count, concurrency: 50 }) })
      await node.stop()
    }
    return runs
  },
  figures: (runs) =>
    runs.map(({ workers, run }) => ({
      what: `until all was processed, k = ${workers}`,
      value: duration(wholeMs(run)),
    })),
  charts: (runs) => [
    {
      title: 'Events not processed',
      x: 'seconds',
      y: 'events',
      marks: 'lines',
      series: runs.map(({ workers, run }) => backlogSeries(`k = ${workers}`, run)),
    },
  ],
})
