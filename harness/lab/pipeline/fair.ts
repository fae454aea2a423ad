import { exactly, isBetween } from '../finding.ts'
import { duration } from '../format.ts'
import { defineLab } from '../lab.ts'
import { startPipeline } from '../pipeline-node.ts'

interface Wait {
  /** Until the one item of the other user came, and until the last one of the busy user. */
  otherMs: number
  busyMs: number
  /** How many of the busy user came before that of the other one. */
  before: number
  /** All that the busy user got. */
  busyCount: number
}

export interface Fair {
  fifo: Wait
  fair: Wait
}

const workMs = 5
const count = 500

export const fair = defineLab<Fair>({
  name: 'pipeline/fair',
  title: '500 items for one user, then one for another, first in first out and in turn',
  scaled: `There are ${count} items instead of 10,000, of ${workMs} ms each.`,
  predictions: [
    {
      says: 'first in first out, the one waits for nearly all of the 500',
      judge: ({ fifo: { before } }) => exactly(before > 0.95 * count, `${before} came before it`),
    },
    {
      says: 'in turn, it waits for those that were in work or claimed already: about ten',
      judge: ({ fair: { before } }) => exactly(before <= 30, `${before} came before it`),
    },
    {
      says: 'so its latency falls to a small part',
      judge: (all) => {
        const share = all.fair.otherMs / all.fifo.otherMs
        return exactly(share < 0.2, `${duration(all.fair.otherMs)} instead of ${duration(all.fifo.otherMs)}`)
      },
    },
    {
      says: 'which costs the busy user next to nothing',
      judge: (all) => {
        const share = all.fair.busyMs / all.fifo.busyMs
        return isBetween(share, 0.6, 1.4)
          ? exactly(true, `${share.toFixed(2)} of the time`)
          : { outcome: 'unknown', saw: `${share.toFixed(2)} of the time`, why: 'the two runs were not alike' }
      },
    },
    {
      says: 'and nothing is lost',
      judge: (all) =>
        exactly(
          all.fifo.busyCount === count && all.fair.busyCount === count,
          `${all.fifo.busyCount} and ${all.fair.busyCount} came`,
        ),
    },
  ],
  async run(tools) {
    async function waitWith(dispatch: 'fifo' | 'fair'): Promise<Wait> {
      const node = await startPipeline(tools, { CONSUMER: 'consumer', WORK_MS: workMs, DISPATCH: dispatch })
      const [busy, other] = [await node.listen(1), await node.listen(2)]
      tools.say(`500 items for user 1, one for user 2, ${dispatch}`)
      const pushedMs = tools.clock.monotonicMs()
      await node.push({ userId: 1, count })
      await node.push({ userId: 2, count: 1 })
      await Promise.all([busy.has(count, 60_000), other.has(1, 60_000)])
      for (const one of [busy, other]) one.close()
      await node.stop()
      const cameMs = other.deliveries()[0]!.atMs
      const ofBusy = busy.deliveries()
      return {
        otherMs: cameMs - pushedMs,
        busyMs: ofBusy.at(-1)!.atMs - pushedMs,
        before: ofBusy.filter(({ atMs }) => atMs < cameMs).length,
        busyCount: ofBusy.length,
      }
    }
    return { fifo: await waitWith('fifo'), fair: await waitWith('fair') }
  },
  figures: ({ fifo, fair: inTurn }) => [
    { what: 'the other user waits, fifo and in turn', value: `${duration(fifo.otherMs)}, ${duration(inTurn.otherMs)}` },
    { what: 'the busy user waits, fifo and in turn', value: `${duration(fifo.busyMs)}, ${duration(inTurn.busyMs)}` },
  ],
  charts: ({ fifo, fair: inTurn }) => [
    {
      title: 'How long the one item waits',
      x: 'items of the busy user before it',
      y: 'ms',
      marks: 'dots',
      series: [
        { name: 'first in first out', points: [[fifo.before, fifo.otherMs]] },
        { name: 'in turn', points: [[inTurn.before, inTurn.otherMs]] },
      ],
    },
  ],
})
