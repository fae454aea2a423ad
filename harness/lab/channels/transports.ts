import { type Channels, openChannels } from '../../clients/channels.ts'
import { readParts } from '../../clients/frames.ts'
import { pollAnswerIn } from '../../clients/poll-answer.ts'
import type { ClusterNode } from '../../cluster/node.ts'
import { median } from '../../stats/percentile.ts'
import { exactly, inMostRounds } from '../finding.ts'
import { defineLab, type LabTools } from '../lab.ts'
import { inCountedRounds, ranMsOf } from './processor-time.ts'
import { openRelay, type Relay } from './relay.ts'

/** One series of messages to one client. */
export interface Series {
  /** On the wire, in both directions, for each message. */
  bytes: number
  /** Time of the node's thread for each message, in ms; NaN where the system does not count it. */
  cpuMs: number
  /** From the broadcast to the client, mean in ms. */
  latencyMs: number
  arrived: number
}

interface Both {
  websocket: readonly Series[]
  longPoll: readonly Series[]
}

export interface Transports {
  /** Each message is sent when the one before has come. */
  near: Both
  /** A message every 20 ms, over a link of 50 ms in each direction. */
  far: Both
}

const messageCount = 60
const rounds = 5
const delayMs = 50
const everyMs = 20

const ratios = ({ websocket, longPoll }: Both, of: (series: Series) => number) =>
  longPoll.map((one, round) => of(one) / of(websocket[round]!))
const times = (values: readonly number[]) => `${median(values).toFixed(1)} times`

export const transports = defineLab<Transports>({
  name: 'channels/transports',
  title: 'the same messages over a WebSocket and over long polling: bytes, processor time and latency',
  scaled: `${messageCount} messages in ${rounds} rounds, in turn; a link of ${delayMs} ms in each direction instead of one that loses packets.`,
  predictions: [
    {
      says: 'every message arrives, over either transport',
      judge({ near, far }) {
        const arrived = [near, far]
          .flatMap(({ websocket, longPoll }) => [...websocket, ...longPoll])
          .map((one) => one.arrived)
        return exactly(
          arrived.every((count) => count === messageCount),
          `${Math.min(...arrived)} of ${messageCount} at least`,
        )
      },
    },
    {
      says: 'a long poll repeats its headers for every message: several times the bytes',
      judge({ near }) {
        const all = ratios(near, ({ bytes }) => bytes)
        return exactly(
          all.every((ratio) => ratio > 3),
          times(all),
        )
      },
    },
    {
      says: 'and costs the node more processor time',
      judge({ near }) {
        const all = ratios(near, ({ cpuMs }) => cpuMs)
        return inCountedRounds(all, (ratio) => ratio > 1.2, times(all))
      },
    },
    {
      says: 'on a slow link a message waits for the next poll: its latency is well above that of a WebSocket',
      judge({ far }) {
        const all = ratios(far, ({ latencyMs }) => latencyMs)
        return inMostRounds(
          all.map((ratio) => ratio > 1.3),
          times(all),
        )
      },
    },
    {
      says: 'on a WebSocket it takes the way of the link once',
      judge({ far: { websocket } }) {
        const all = websocket.map(({ latencyMs }) => latencyMs)
        return inMostRounds(
          all.map((ms) => ms >= delayMs - 2 && ms < 1.5 * delayMs),
          `${median(all).toFixed(0)} ms on a link of ${delayMs} ms`,
        )
      },
    },
  ],
  async run(tools) {
    const node = await tools.node({ APPS: 'hello' })
    const empty = () => ({ websocket: [] as Series[], longPoll: [] as Series[] })
    const measured = { near: empty(), far: empty() }
    // The first round warms up.
    for (let round = 0; round <= rounds; round += 1) {
      tools.say(round === 0 ? 'warm-up' : `round ${round} of ${rounds}`)
      for (const link of ['near', 'far'] as const)
        for (const transport of ['websocket', 'longPoll'] as const) {
          const series = await seriesOf(node, { link, transport }, tools)
          if (round > 0) measured[link][transport].push(series)
        }
    }
    await node.kill()
    return measured
  },
  figures: ({ near, far }) =>
    Object.entries({ near, far }).flatMap(([link, both]) =>
      Object.entries(both).map(([transport, all]: [string, readonly Series[]]) => ({
        what: `${link}, ${transport}: bytes, processor time of the node and latency of a message`,
        value: `${median(all.map(({ bytes }) => bytes)).toFixed(0)}, ${median(all.map(({ cpuMs }) => cpuMs)).toFixed(2)} ms, ${median(all.map(({ latencyMs }) => latencyMs)).toFixed(1)} ms`,
      })),
    ),
  charts: ({ far }) => [
    {
      title: `Latency on a link of ${delayMs} ms`,
      x: 'round',
      y: 'ms',
      marks: 'dots',
      series: Object.entries(far).map(([name, all]: [string, readonly Series[]]) => ({
        name,
        points: all.map(({ latencyMs }, index) => [index + 1, latencyMs] as const),
      })),
    },
  ],
})

interface Way {
  link: keyof Transports
  transport: keyof Both
}

/** A client of either transport that has joined. */
interface Hearer {
  close(): void
}

type OnNumber = (n: number) => void

async function seriesOf(node: ClusterNode, { link, transport }: Way, tools: LabTools): Promise<Series> {
  const { clock, until } = tools
  const relay = await openRelay(node.port, clock)
  const sentMs: number[] = []
  const tookMs = new Map<number, number>()
  const hear: OnNumber = (n) => void tookMs.set(n, clock.monotonicMs() - sentMs[n]!)
  const hearer = await (transport === 'websocket' ? overWebSocket(relay, hear) : overLongPoll(relay, hear, tools))
  try {
    if (link === 'far') relay.setDelay(delayMs)
    const [bytesBefore, ranBefore] = [relay.bytes(), ranMsOf(node)]
    for (let n = 0; n < messageCount; n += 1) {
      tools.goOn()
      sentMs[n] = clock.monotonicMs()
      await node.control.broadcast('ping', 'news', { n })
      if (link === 'far') await clock.sleep(everyMs)
      else await until(() => tookMs.has(n), { what: `message ${n} has come`, withinMs: 10_000, everyMs: 1 })
    }
    await until(() => tookMs.size === messageCount, { what: 'all messages have come', withinMs: 10_000 }).catch(
      tools.goOn,
    )
    const ranMs = ranMsOf(node) - ranBefore
    const latencies = [...tookMs.values()]
    return {
      bytes: (relay.bytes() - bytesBefore) / messageCount,
      cpuMs: ranMs / messageCount,
      latencyMs: latencies.reduce((sum, ms) => sum + ms, 0) / latencies.length,
      arrived: tookMs.size,
    }
  } finally {
    hearer.close()
    relay.close()
  }
}

async function overWebSocket({ port }: Relay, hear: OnNumber): Promise<Hearer> {
  const client: Channels = await openChannels(port, '/socket')
  await client.join('ping')
  client.onFrame(([, , , event, payload]) => event === 'news' && hear((payload as { n: number }).n))
  return client
}

const joinText = JSON.stringify(['1', '1', 'ping', 'phx_join', {}])
const ndjson = { 'content-type': 'application/x-ndjson' }

/** Polls again as soon as a poll is answered, as the official client does. */
async function overLongPoll({ port }: Relay, hear: OnNumber, { until }: LabTools): Promise<Hearer> {
  const ending = new AbortController()
  const url = `http://127.0.0.1:${port}/socket/longpoll?vsn=2.0.0`
  const ask = async (token: string) => {
    const response = await fetch(`${url}&token=${token}`, { signal: ending.signal })
    return pollAnswerIn(await response.text())
  }
  const token = (await ask(''))?.token ?? ''
  let isJoined = false
  void (async () => {
    while (!ending.signal.aborted)
      for (const text of (await ask(token))?.messages ?? []) {
        const read = readParts('2.0.0', text)
        if (read.kind === 'unreadable') continue
        const [, , , event, payload] = read.value
        if (event === 'phx_reply') isJoined = true
        if (event === 'news') hear((payload as { n: number }).n)
      }
  })().catch(() => {})
  await fetch(`${url}&token=${token}`, { method: 'POST', headers: ndjson, body: joinText, signal: ending.signal })
  await until(() => isJoined, { what: 'the long poll has joined', withinMs: 5_000 })
  return { close: () => ending.abort() }
}
