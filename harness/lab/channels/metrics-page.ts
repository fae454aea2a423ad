import { type Metric, printedMetric } from '../../cluster/statsd/metric.ts'
import { exactly, inMostRounds, isBetween } from '../finding.ts'
import { defineLab, type LabTools } from '../lab.ts'

/** What the node measured while the page was loaded once, in order. */
export type PageLoad = readonly Metric[]

const loads = 4
const pageEndsWithinMs = 15_000
/** After what was waited for, so that a packet too many comes too. */
const afterwardsMs = 500

const named = (load: PageLoad, name: string, tags: Readonly<Record<string, string>> = {}) =>
  load.filter((one) => one.name === name && Object.entries(tags).every(([tag, value]) => one.tags[tag] === value))
const connects = (load: PageLoad) => named(load, 'socket_connect', { status: 'success', socket: 'StatsSocket' })
const joins = (load: PageLoad, status: string) => named(load, 'channel_join', { status, channel: 'StatsChannel' })
const pings = (load: PageLoad) => named(load, 'stats_channel.ping')
const counts = (all: readonly PageLoad[], of: (load: PageLoad) => readonly Metric[]) =>
  all.map((load) => of(load).length).join(', ')

export const metricsPage = defineLab<readonly PageLoad[]>({
  name: 'channels/metrics-page',
  title: 'what one load of the demo page makes the node measure',
  scaled: `${loads} loads instead of one, in a browser, and a slow ping takes 50 ms instead of 3 s; a packet of UDP may be lost.`,
  predictions: [
    {
      says: 'three connections to the StatsSocket are counted',
      inText: '3 connects',
      judge: (all) =>
        inMostRounds(
          all.map((load) => connects(load).length === 3),
          counts(all, connects),
        ),
    },
    {
      says: 'three joins of the StatsChannel, and at least one that it refuses',
      inText: '3 joins and 1 or more refused',
      judge: (all) =>
        inMostRounds(
          all.map((load) => joins(load, 'success').length === 3 && joins(load, 'fail').length >= 1),
          `${counts(all, (load) => joins(load, 'success'))} joins, ${counts(all, (load) => joins(load, 'fail'))} refused`,
        ),
    },
    {
      says: 'five pings are timed',
      inText: '5 timings',
      judge: (all) =>
        inMostRounds(
          all.map((load) => pings(load).length === 5),
          counts(all, pings),
        ),
    },
    {
      says: 'each of them took up to a second, by its random sleep',
      inText: '0 to 1000 ms',
      judge(all) {
        const values = all.flatMap((load) => pings(load).map(({ value }) => value))
        const saw = `${Math.min(...values)} to ${Math.max(...values)} ms`
        // A timer of a busy machine is late, but never early.
        return inMostRounds(
          all.map((load) => pings(load).every(({ value }) => isBetween(value, 0, 1_200))),
          saw,
        )
      },
    },
    {
      says: 'no connection of the page fails, and nothing is counted twice',
      judge: (all) =>
        exactly(
          all.every(
            (load) =>
              named(load, 'socket_connect', { status: 'fail' }).length === 0 &&
              connects(load).length <= 3 &&
              joins(load, 'success').length <= 3 &&
              pings(load).length <= 5,
          ),
          `${all.flat().length} packets in ${loads} loads`,
        ),
    },
  ],
  async run(tools) {
    const node = await tools.node({ APPS: 'hello', SLOW_PING_MS: '50' })
    const browser = await tools.browser()
    const all: PageLoad[] = []
    for (let load = 1; load <= loads; load += 1) {
      tools.goOn()
      tools.say(`load ${load} of ${loads}`)
      const before = tools.metrics().length
      const context = await browser.newContext()
      const page = await context.newPage()
      await page.goto(`${node.directUrl}/hello`)
      await measuredSince(before, tools)
      await context.close()
      all.push(tools.metrics().slice(before))
    }
    await node.kill()
    return all
  },
  figures: (all) => {
    const lines = Map.groupBy(all[0] ?? [], (one) => printedMetric({ ...one, value: one.kind === 'c' ? one.value : 0 }))
    return [...lines].map(([line, same]) => ({ what: line, value: `${same.length} in the first load` }))
  },
  charts: (all) => [
    {
      title: 'Pings of the page',
      x: 'ping',
      y: 'ms',
      marks: 'dots',
      series: all.map((load, index) => ({
        name: `load ${index + 1}`,
        points: pings(load).map(({ value }, ping) => [ping + 1, value] as const),
      })),
    },
  ],
})

/** Returns when the page has done what it does, or has had time for it. */
async function measuredSince(before: number, { metrics, until, clock, goOn }: LabTools) {
  const isOver = () => {
    const load = metrics().slice(before)
    return connects(load).length >= 3 && joins(load, 'fail').length >= 1 && pings(load).length >= 5
  }
  await until(isOver, { what: 'the page is measured', withinMs: pageEndsWithinMs }).catch(goOn)
  await clock.sleep(afterwardsMs)
}
