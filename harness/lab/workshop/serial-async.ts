import { percent } from '../../stats/percent.ts'
import { exactly, inTime, isBetween } from '../finding.ts'
import { duration } from '../format.ts'
import { defineLab } from '../lab.ts'
import { allLimits, machineLimits } from '../load-summary.ts'
import { type Load, type LoadRun, startWorkshop } from '../workshop-node.ts'
import { actorsMax, costOf } from './cost.ts'

export interface SerialAsync {
  serial: LoadRun
  async: LoadRun
  /** With uses that take five times longer. */
  longSerial: LoadRun
  longAsync: LoadRun
}

const useMs = 80
const longer = 5
const count = 3_000
const concurrency = 50
const rounds = count / concurrency
const load = (endpoint: Load['endpoint']): Load => ({ endpoint, count, concurrency })

/** Actors that the node has for itself may come and go. */
const fewActors = 10

const growth = ({ run: { samples } }: LoadRun) => actorsMax(samples) - (samples[0]?.actors ?? 0)

/** How many are inside on average at this rate, if nobody waits. */
const insideAtRate = ({ perSecond, useMs: each, tookMs }: LoadRun) => (perSecond * Math.min(each, tookMs)) / 1_000

export const serialAsync = defineLab<SerialAsync>({
  name: 'workshop/serial-async',
  title: '3000 requests, 50 at once, that use a slow resource in the request and in the background, for D and for 5 D',
  scaled: `D is ${useMs} ms instead of 100, so that all of it takes less than a minute.`,
  predictions: [
    {
      says: 'serial: a request takes about D',
      inText: 'asks for a prediction (MR-10)',
      judge: ({ serial }) =>
        inTime(
          allLimits(serial),
          isBetween(serial.meanMs, useMs - 1, 1.5 * useMs),
          `${duration(serial.meanMs)} with a D of ${useMs} ms`,
        ),
    },
    {
      says: 'serial: all of it takes about 60 D, because 3000 requests are 60 rounds of 50',
      inText: 'n 3000, c 50',
      judge: ({ serial }) =>
        inTime(
          allLimits(serial),
          isBetween(serial.tookMs / useMs, rounds - 1, 1.5 * rounds),
          `${(serial.tookMs / useMs).toFixed(0)} D`,
        ),
    },
    {
      says: 'serial: 50 are inside at most, one for each client',
      judge: ({ serial, longSerial }) => {
        const most = Math.max(serial.run.insideMax, longSerial.run.insideMax)
        return exactly(most <= concurrency && most > concurrency / 2, `${most} inside at most`)
      },
    },
    {
      says: 'async: answers come far faster than serial ones',
      judge: ({ longSerial, longAsync }) =>
        inTime(
          machineLimits(longAsync),
          longAsync.meanMs < longSerial.meanMs / 2,
          `${duration(longAsync.meanMs)} against ${duration(longSerial.meanMs)}, with 5 D`,
        ),
    },
    {
      says: 'async: many more than 50 are inside, about rate x D, and never more than 3000',
      judge: ({ longAsync }) => {
        const most = longAsync.run.insideMax
        const expected = insideAtRate(longAsync)
        const saw = `${most} inside at most, rate x 5 D is ${Math.round(expected)}`
        if (expected <= concurrency)
          return { outcome: 'unknown', saw, why: 'the requests came too slowly for more than 50 at once' }
        return exactly(most > concurrency && most <= count && isBetween(most / expected, 0.5, 3), saw)
      },
    },
    {
      says: 'async: the work goes on after the last answer, for about D',
      judge: ({ longAsync }) =>
        inTime(
          machineLimits(longAsync),
          isBetween(longAsync.drainMs, 0.4 * longer * useMs, 1.6 * longer * useMs),
          `${duration(longAsync.drainMs)} with a D of ${longer * useMs} ms`,
        ),
    },
    {
      says: 'five times longer: serial takes five times as long',
      inText: 'x 5',
      judge: ({ serial, longSerial }) => {
        const ratio = longSerial.tookMs / serial.tookMs
        return inTime(allLimits(serial, longSerial), isBetween(ratio, 3.5, 5.5), `${ratio.toFixed(1)} times as long`)
      },
    },
    {
      says: 'five times longer: async has up to five times as many inside',
      inText: 'x 5',
      judge: ({ async, longAsync }) => {
        const more = longAsync.run.insideMax / async.run.insideMax
        const times = (longAsync.tookMs / async.tookMs).toFixed(1)
        return exactly(isBetween(more, 1.5, 10), `${more.toFixed(1)} times as many, and ${times} times the time`)
      },
    },
    {
      says: 'actors grow with async only, one for each use',
      inText: 'asks to look at :observer (MR-25)',
      judge: ({ longSerial, longAsync }) =>
        exactly(
          growth(longSerial) <= fewActors && growth(longAsync) > longAsync.run.insideMax / 3,
          `${growth(longSerial)} more with serial, ${growth(longAsync)} more with async`,
        ),
    },
  ],
  async run(tools) {
    async function both(each: number) {
      const node = await startWorkshop(tools, { useMs: each })
      tools.say(`3000 requests to /part1/serial, D = ${each} ms`)
      const serial = await node.load(load('serial'))
      tools.say(`3000 requests to /part1/async, D = ${each} ms`)
      const async = await node.load(load('async'))
      await node.stop()
      return { serial, async }
    }
    const short = await both(useMs)
    const long = await both(longer * useMs)
    return { ...short, longSerial: long.serial, longAsync: long.async }
  },
  figures: ({ serial, async, longSerial, longAsync }) => [
    ...costOf('serial, D', serial),
    ...costOf('async, D', async),
    ...costOf('serial, 5 D', longSerial),
    ...costOf('async, 5 D', longAsync),
    {
      what: 'protection by async (MR-12)',
      value: `${percent(longAsync.meanMs / longSerial.meanMs)} of the wait, ${(longAsync.run.insideMax / longSerial.run.insideMax).toFixed(0)} times as many inside`,
    },
  ],
  charts: (measured) => [
    {
      title: 'Inside MockResource',
      x: 'seconds',
      y: 'inside',
      marks: 'lines',
      series: (
        [
          ['serial, D', measured.serial],
          ['async, D', measured.async],
          ['serial, 5 D', measured.longSerial],
          ['async, 5 D', measured.longAsync],
        ] as const
      ).map(([name, { run }]) => ({
        name,
        points: run.samples.map(({ atMs, inside }) => [atMs / 1_000, inside] as const),
      })),
    },
  ],
})
