import { usesMax } from '../../apps/workshop/burst.ts'
import { exactly, inTime } from '../finding.ts'
import { defineLab } from '../lab.ts'
import { machineLimits } from '../load-summary.ts'
import { type LoadRun, startWorkshop } from '../workshop-node.ts'
import { costOf } from './cost.ts'

export interface Refuse {
  serial: LoadRun
  async: LoadRun
  /** 10 at once. */
  few: LoadRun
}

const useMs = 50
const limit = 15
const count = 3_000

const allowed = ({ tookMs }: LoadRun) => usesMax({ limit, useMs, tookMs })
const both = ({ serial, async }: Refuse) => [serial, async]

export const refuse = defineLab<Refuse>({
  name: 'workshop/refuse',
  title: '3000 requests, 50 at once, to a resource that refuses while 15 are inside; and 10 at once',
  scaled: `D is ${useMs} ms instead of 100.`,
  predictions: [
    {
      says: 'never more than 15 are inside, on either endpoint',
      inText: '15',
      judge: (measured) => {
        const [serial, async] = both(measured).map(({ run }) => run.insideMax) as [number, number]
        return exactly(Math.max(serial, async) === limit, `${serial} at most on serial, ${async} on async`)
      },
    },
    {
      says: 'some are refused with 500, and all others get 200',
      inText: '500',
      judge: (measured) =>
        exactly(
          both(measured).every((one) => one.non2xx > 0 && one.failed === 0 && one.ok + one.non2xx === count),
          both(measured)
            .map(({ load, ok, non2xx }) => `${load.endpoint}: ${ok} with 200, ${non2xx} with 500`)
            .join('; '),
        ),
    },
    {
      says: '200s are at most 15 x (1 + T / D), because each stays for D',
      judge: (measured) =>
        exactly(
          both(measured).every((one) => one.ok <= allowed(one)),
          both(measured)
            .map((one) => `${one.load.endpoint}: ${one.ok} of at most ${allowed(one)}`)
            .join('; '),
        ),
    },
    {
      says: 'and not far below that: whoever leaves is followed at once',
      judge: (measured) => {
        const isNear = both(measured).every((one) => one.ok > 0.5 * allowed(one))
        const shares = both(measured).map(
          (one) => `${one.load.endpoint}: ${Math.round((100 * one.ok) / allowed(one))} % of that`,
        )
        // A busy machine lets fewer in, and never more.
        return inTime(isNear ? [] : machineLimits(...both(measured)), isNear, shares.join('; '))
      },
    },
    {
      says: 'far fewer than a third are served, because refusals take no time and the load rushes through',
      judge: ({ serial }) => {
        const share = serial.ok / count
        const saw = `${Math.round(100 * share)} % in ${Math.round(serial.tookMs)} ms`
        const isFew = share < 1 / 3
        // At such a pace a limit of 15 serves a third, because nothing rushes.
        const isSlow = serial.tookMs > (count / limit / 3) * useMs
        return inTime(!isFew && isSlow ? ['the requests came too slowly'] : [], isFew, saw)
      },
    },
    {
      says: '10 at once on serial: none is refused',
      judge: ({ few }) => exactly(few.non2xx + few.failed === 0, `${few.non2xx} refused of ${few.load.count}`),
    },
  ],
  async run(tools) {
    const node = await startWorkshop(tools, { useMs, limit })
    tools.say('3000 requests to /part1/serial, 50 at once')
    const serial = await node.load({ endpoint: 'serial', count, concurrency: 50 })
    tools.say('3000 requests to /part1/async, 50 at once')
    const async = await node.load({ endpoint: 'async', count, concurrency: 50 })
    tools.say('500 requests to /part1/serial, 10 at once')
    const few = await node.load({ endpoint: 'serial', count: 500, concurrency: 10 })
    return { serial, async, few }
  },
  figures: ({ serial, async, few }) => [
    ...costOf('serial', serial),
    ...costOf('async', async),
    ...costOf('serial, 10 at once', few),
  ],
  charts: ({ serial, async, few }) => [
    {
      title: 'Inside MockResource, with a limit of 15',
      x: 'seconds',
      y: 'inside',
      marks: 'lines',
      series: (
        [
          ['serial, 50 at once', serial],
          ['async, 50 at once', async],
          ['serial, 10 at once', few],
        ] as const
      ).map(([name, { run }]) => ({
        name,
        points: run.samples.map(({ atMs, inside }) => [atMs / 1_000, inside] as const),
      })),
    },
  ],
})
