import { openChannels } from '../../clients/channels.ts'
import { median } from '../../stats/percentile.ts'
import { exactly, inMostRounds, isBetween } from '../finding.ts'
import { defineLab, type LabTools } from '../lab.ts'

/** Five pushes at once: when the reply of each came, in ms after the pushes, in the order of the pushes. */
export type Replies = readonly number[]

export interface SlowPings {
  slow: readonly Replies[]
  parallel: readonly Replies[]
}

const slowMs = 300
const pushCount = 5
const rounds = 5
/** 10 s and 20 s, where a ping takes 3. */
const [shortMs, longMs] = [(10 / 3) * slowMs, (20 / 3) * slowMs]
const lateMs = slowMs / 2
/** By how much a timer may be early. */
const earlyMs = 5

const inTimeCount = (replies: Replies, withinMs: number) => replies.filter((ms) => ms <= withinMs).length
const medians = (all: readonly Replies[]) =>
  Array.from({ length: pushCount }, (_, index) => median(all.map((replies) => replies[index]!)))
const list = (all: readonly Replies[]) =>
  `${medians(all)
    .map((ms) => Math.round(ms))
    .join(', ')} ms`
const isNear = (ms: number, expectedMs: number) => isBetween(ms, expectedMs - earlyMs, expectedMs + lateMs)

export const slowPing = defineLab<SlowPings>({
  name: 'channels/slow-ping',
  title: 'five slow pushes at once on one channel, handled one after the other and in parallel',
  scaled: `D is ${slowMs} ms instead of 3 s, and clients wait for 3.3 D and 6.7 D instead of 10 s and 20 s; ${rounds} rounds of each, in turn.`,
  predictions: [
    {
      says: 'one after the other: replies after 1, 2, 3, 4 and 5 D',
      inText: '3, 6, 9, 12, 15 s',
      judge: ({ slow }) =>
        inMostRounds(
          slow.map((replies) => replies.every((ms, index) => isNear(ms, (index + 1) * slowMs))),
          list(slow),
        ),
    },
    {
      says: 'and none earlier, because a channel handles one push at a time',
      judge: ({ slow }) =>
        exactly(
          slow.every((replies) => replies.every((ms, index) => ms >= (index + 1) * slowMs - earlyMs)),
          `${Math.min(...slow.map((replies) => replies.at(-1)!)).toFixed(0)} ms for the last one at least`,
        ),
    },
    {
      says: 'a client that waits for 3.3 D gets three replies and two timeouts',
      inText: '3 ok, 2 timeouts',
      judge: ({ slow }) =>
        inMostRounds(
          slow.map((replies) => inTimeCount(replies, shortMs) === 3),
          `${slow.map((replies) => inTimeCount(replies, shortMs)).join(', ')} in time`,
        ),
    },
    {
      says: 'one that waits for 6.7 D gets all five',
      inText: '5 ok',
      judge: ({ slow }) =>
        inMostRounds(
          slow.map((replies) => inTimeCount(replies, longMs) === pushCount),
          `${slow.map((replies) => inTimeCount(replies, longMs)).join(', ')} in time`,
        ),
    },
    {
      says: 'in parallel: all replies after 1 D',
      inText: 'all after 3 s',
      judge: ({ parallel }) =>
        inMostRounds(
          parallel.map((replies) => replies.every((ms) => isNear(ms, slowMs))),
          list(parallel),
        ),
    },
    {
      says: 'every push gets its reply, however late',
      judge: ({ slow, parallel }) =>
        exactly(
          [...slow, ...parallel].every((replies) => replies.length === pushCount && replies.every(Number.isFinite)),
          `${[...slow, ...parallel].flat().length} replies to ${2 * rounds * pushCount} pushes`,
        ),
    },
  ],
  async run(tools) {
    const node = await tools.node({ APPS: 'hello', SLOW_PING_MS: String(slowMs) })
    const measured = { slow: [] as Replies[], parallel: [] as Replies[] }
    for (let round = 1; round <= rounds; round += 1) {
      tools.goOn()
      tools.say(`round ${round} of ${rounds}`)
      measured.slow.push(await repliesTo('slow_ping', node.port, tools))
      measured.parallel.push(await repliesTo('parallel_slow_ping', node.port, tools))
    }
    await node.kill()
    return measured
  },
  figures: ({ slow, parallel }) => [
    { what: 'replies one after the other, median', value: list(slow) },
    { what: 'replies in parallel, median', value: list(parallel) },
  ],
  charts: ({ slow, parallel }) => [
    {
      title: 'Replies to five pushes at once',
      x: 'push',
      y: 'ms',
      marks: 'dots',
      series: Object.entries({ 'one after the other': slow, 'in parallel': parallel }).map(([name, all]) => ({
        name,
        points: medians(all).map((ms, index) => [index + 1, ms] as const),
      })),
    },
  ],
})

async function repliesTo(event: string, port: number, { clock }: Pick<LabTools, 'clock'>): Promise<Replies> {
  const client = await openChannels(port, '/stats_socket')
  try {
    await client.join('valid')
    const pushedMs = clock.monotonicMs()
    const pushes = Array.from({ length: pushCount }, async () => {
      await client.ask('valid', event, {})
      return clock.monotonicMs() - pushedMs
    })
    return await Promise.all(pushes)
  } finally {
    client.close()
  }
}
