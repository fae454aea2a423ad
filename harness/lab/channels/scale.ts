import { openLoad } from '../../bench/client.ts'
import type { ClusterNode } from '../../cluster/node.ts'
import { maskedFrame, upgradeTo } from '../../load/frames.ts'
import { median } from '../../stats/percentile.ts'
import { exactly, inMostRounds } from '../finding.ts'
import { duration } from '../format.ts'
import { defineLab, type LabTools } from '../lab.ts'
import { inCountedRounds, ranMsOf } from './processor-time.ts'

/** What an audience of this size cost. */
export interface Audience {
  size: number
  /** Until all had joined. */
  openMs: number
  /** Heap of the node for each, in KB. */
  heapKiloBytes: number
  /** Of each round of broadcasts: until the last client had the last one, and the time of the node's thread for each delivery, in µs. */
  broadcasts: readonly { tookMs: number; cpuUs: number }[]
  delivered: number
}

export interface Scale {
  few: Audience
  many: Audience
}

const [few, many] = [1_000, 5_000]
const perRound = 10
const rounds = 5
/** The clients only listen, for as long as it takes. */
const env = { APPS: 'hello', SOCKET_IDLE_TIMEOUT_MS: '600000' }

const cpuRatios = (scale: Scale) =>
  scale.many.broadcasts.map(({ cpuUs }, round) => cpuUs / scale.few.broadcasts[round]!.cpuUs)
const timeRatios = (scale: Scale) =>
  scale.many.broadcasts.map(({ tookMs }, round) => tookMs / scale.few.broadcasts[round]!.tookMs)
const took = ({ broadcasts }: Audience) => median(broadcasts.map(({ tookMs }) => tookMs)) / perRound

export const scale = defineLab<Scale>({
  name: 'channels/scale',
  title: `broadcasts to ${few} clients of one node, and to ${many}`,
  scaled: `${many} clients instead of 50,000: more need more open files than most machines allow one process (ulimit -n).`,
  predictions: [
    {
      says: 'everybody is told, in an audience of either size',
      judge: (measured) =>
        exactly(
          Object.values(measured).every(({ size, delivered }) => delivered === size * perRound * rounds),
          `${measured.few.delivered} and ${measured.many.delivered} deliveries`,
        ),
    },
    {
      says: 'a delivery costs the node about the same, or less, because a broadcast has a cost of its own',
      inText: 'similar, or acceptably slower',
      judge(measured) {
        const ratios = cpuRatios(measured)
        const saw = `${median(ratios).toFixed(2)} times the processor time`
        return inCountedRounds(ratios, (ratio) => ratio < 1.8, saw)
      },
    },
    {
      says: 'so the last one is told after a time that grows with the audience, and no faster',
      judge(measured) {
        const ratios = timeRatios(measured)
        const most = (2 * many) / few
        return inMostRounds(
          ratios.map((ratio) => ratio < most),
          `${median(ratios).toFixed(1)} times as long with ${many / few} times as many`,
        )
      },
    },
    {
      says: 'a client costs as much memory among many as among few',
      judge({ few: a, many: b }) {
        const ratio = b.heapKiloBytes / a.heapKiloBytes
        return exactly(ratio < 1.5, `${a.heapKiloBytes.toFixed(1)} and ${b.heapKiloBytes.toFixed(1)} KB`)
      },
    },
  ],
  async run(tools) {
    const nodes = [await tools.node(env), await tools.node(env)] as const
    const opened = [await openAudience(nodes[0], few, tools), await openAudience(nodes[1], many, tools)] as const
    // The first round warms up.
    for (let round = 0; round <= rounds; round += 1) {
      tools.say(round === 0 ? 'warm-up' : `round ${round} of ${rounds}`)
      for (const audience of opened) await audience.broadcastAll(round > 0)
    }
    const measured = { few: opened[0].measured(), many: opened[1].measured() }
    for (const audience of opened) audience.close()
    for (const node of nodes) await node.kill()
    return measured
  },
  figures: (measured) =>
    Object.values(measured).map((one: Audience) => ({
      what: `${one.size} clients: all joined, one broadcast to all, heap of each`,
      value: `${duration(one.openMs)}, ${took(one).toFixed(1)} ms, ${one.heapKiloBytes.toFixed(1)} KB`,
    })),
  charts: (measured) => [
    {
      title: 'One broadcast to all',
      x: 'clients',
      y: 'ms',
      marks: 'dots',
      series: [
        {
          name: 'until the last one was told',
          points: Object.values(measured).map((one: Audience) => [one.size, took(one)] as const),
        },
      ],
    },
  ],
})

const joining = {
  hello: upgradeTo('/socket/websocket?vsn=2.0.0'),
  steps: [{ send: maskedFrame('["1","1","ping","phx_join",{}]'), awaitFrames: 1 }],
}
const toldWithinMs = 30_000

async function openAudience(node: ClusterNode, size: number, { clock, say, until, goOn }: LabTools) {
  say(`${size} clients join`)
  const heapBefore = await node.control.heapBytes()
  const startedMs = clock.monotonicMs()
  const load = await openLoad(node.port, () => joining, size)
  const openMs = clock.monotonicMs() - startedMs
  const heapKiloBytes = ((await node.control.heapBytes()) - heapBefore) / 1_024 / size
  const broadcasts: { tookMs: number; cpuUs: number }[] = []
  let delivered = 0
  return {
    measured: (): Audience => ({ size, openMs, heapKiloBytes, broadcasts, delivered }),
    async broadcastAll(counts: boolean) {
      const told = { count: 0, lastMs: 0 }
      load.onFrames((_client, frames) => {
        told.count += frames
        told.lastMs = clock.monotonicMs()
      })
      const [beganMs, ranBefore] = [clock.monotonicMs(), ranMsOf(node)]
      for (let n = 0; n < perRound; n += 1) {
        goOn()
        await node.control.broadcast('ping', 'news', { n, text: 'x'.repeat(70) })
      }
      await until(() => told.count >= size * perRound, { what: 'everybody is told', withinMs: toldWithinMs })
      load.onFrames(undefined)
      if (!counts) return
      delivered += told.count
      const cpuUs = (1_000 * (ranMsOf(node) - ranBefore)) / (size * perRound)
      broadcasts.push({ tookMs: told.lastMs - beganMs, cpuUs })
    },
    close: () => load.close(),
  }
}
