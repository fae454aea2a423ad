import { type Channels, openChannels } from '../../clients/channels.ts'
import type { ClusterNode } from '../../cluster/node.ts'
import { median, percentile } from '../../stats/percentile.ts'
import { exactly, inMostRounds } from '../finding.ts'
import { duration, megabytes } from '../format.ts'
import { defineLab, type LabTools } from '../lab.ts'

/** The heap of a node, garbage included, and when it was read. */
export interface HeapSample {
  atMs: number
  heapBytes: number
}

/** Everything is collected in the middle. */
export interface CollectedRun {
  before: readonly HeapSample[]
  collected: { beforeBytes: number; heapBytes: number; tookMs: number }
  after: readonly HeapSample[]
}

export interface Collect {
  /** While clients send messages. */
  busy: CollectedRun
  /** While nobody does. */
  idle: CollectedRun
  /** Time of a reply in each round, p99: left alone, and while somebody collects ten times a second. */
  p99Ms: { alone: readonly number[]; collecting: readonly number[] }
}

const samples = 30
const sampleEveryMs = 100
const clientCount = 10
const rounds = 5
const repliesPerRound = 300
const text = 'x'.repeat(2_000)
const collectEveryMs = 100

const growthOf = ({ collected, after }: CollectedRun) =>
  Math.max(...after.map(({ heapBytes }) => heapBytes)) - collected.heapBytes
const freedBy = ({ collected: { beforeBytes, heapBytes } }: CollectedRun) => beforeBytes - heapBytes

export const collect = defineLab<Collect>({
  name: 'runtime/collect',
  title:
    'all garbage of a node collected on demand: what that frees, whether it climbs back, and what it costs to do it often',
  scaled: `${clientCount} clients instead of all users of a production node, for some seconds.`,
  predictions: [
    {
      says: 'a collection on demand frees memory of a node that works',
      judge: ({ busy }) =>
        exactly(freedBy(busy) > 0, `${megabytes(freedBy(busy))} of ${megabytes(busy.collected.beforeBytes)}`),
    },
    {
      says: 'and it climbs back, because the messages leave garbage: nothing that hibernation could have kept down',
      inText: 'if it climbs back, more hibernation helps',
      judge: ({ busy }) =>
        exactly(growthOf(busy) > 2_000_000, `${megabytes(growthOf(busy))} within ${duration(samples * sampleEveryMs)}`),
    },
    {
      says: 'the memory of an idle node stays where the collection has left it',
      judge: ({ idle }) =>
        exactly(
          growthOf(idle) < Math.max(2_000_000, 0.1 * idle.collected.heapBytes),
          `${megabytes(growthOf(idle))} more`,
        ),
    },
    {
      says: 'nothing else runs during a collection, so that collecting ten times a second makes the slowest replies slower',
      judge({ p99Ms: { alone, collecting } }) {
        const ratios = collecting.map((ms, round) => ms / alone[round]!)
        return inMostRounds(
          ratios.map((ratio) => ratio > 1.5),
          `p99 ${median(ratios).toFixed(1)} times as long`,
        )
      },
    },
  ],
  async run(tools) {
    const node = await tools.node({ APPS: 'hello', SOCKET_IDLE_TIMEOUT_MS: '600000' })
    const clients = await Promise.all(Array.from({ length: clientCount }, () => joined(node)))
    tools.say('a node that works')
    const traffic = keepAsking(clients)
    const busy = await collectInTheMiddle(node, tools)
    await traffic.stop()
    tools.say('a node that is idle')
    const idle = await collectInTheMiddle(node, tools)
    const p99Ms = await costOfCollecting(node, clients[0]!, tools)
    for (const client of clients) client.close()
    await node.kill()
    return { busy, idle, p99Ms }
  },
  figures: ({ busy, idle, p99Ms }) => [
    { what: 'a collection, busy node', value: `${busy.collected.tookMs.toFixed(0)} ms` },
    { what: 'a collection, idle node', value: `${idle.collected.tookMs.toFixed(0)} ms` },
    {
      what: 'p99 of a reply: left alone, and with ten collections a second',
      value: `${median(p99Ms.alone).toFixed(1)} and ${median(p99Ms.collecting).toFixed(1)} ms`,
    },
  ],
  charts: ({ busy, idle }) => [
    {
      title: 'Heap before and after everything is collected',
      x: 'ms',
      y: 'MB',
      marks: 'lines',
      series: [
        { name: 'busy node', points: heapPoints(busy) },
        { name: 'idle node', points: heapPoints(idle) },
      ],
    },
  ],
})

const heapPoints = ({ before, after }: CollectedRun) =>
  [...before, ...after].map(({ atMs, heapBytes }) => [Math.round(atMs), heapBytes / 1_048_576] as const)

async function joined(node: ClusterNode): Promise<Channels> {
  const client = await openChannels(node.port, '/socket')
  await client.join('ping')
  return client
}

/** Each client asks again when it has its reply. */
function keepAsking(clients: readonly Channels[]) {
  let goesOn = true
  async function ask(client: Channels) {
    while (goesOn) await client.ask('ping', 'param_ping', { text })
  }
  const asking = Promise.all(clients.map(ask))
  return {
    async stop() {
      goesOn = false
      await asking
    },
  }
}

async function collectInTheMiddle(node: ClusterNode, tools: LabTools): Promise<CollectedRun> {
  const startedMs = tools.clock.monotonicMs()
  const before = await sampleHeap(node, startedMs, tools)
  const collected = await node.control.collect()
  return { before, collected, after: await sampleHeap(node, startedMs, tools) }
}

async function sampleHeap({ control }: ClusterNode, startedMs: number, { clock, goOn }: LabTools) {
  const taken: HeapSample[] = []
  for (let left = samples; left > 0; left -= 1) {
    goOn()
    const { heapBytes } = await control.memory()
    taken.push({ atMs: clock.monotonicMs() - startedMs, heapBytes })
    await clock.sleep(sampleEveryMs)
  }
  return taken
}

async function costOfCollecting(node: ClusterNode, client: Channels, tools: LabTools): Promise<Collect['p99Ms']> {
  const p99Ms = { alone: [] as number[], collecting: [] as number[] }
  for (let round = 1; round <= rounds; round += 1) {
    tools.say(`round ${round} of ${rounds}`)
    p99Ms.alone.push(await replyP99(client, tools))
    const collecting = keepCollecting(node, tools)
    p99Ms.collecting.push(await replyP99(client, tools))
    await collecting.stop()
  }
  return p99Ms
}

function keepCollecting({ control }: ClusterNode, { clock }: LabTools) {
  let goesOn = true
  async function collectOften() {
    while (goesOn) {
      await control.collect()
      await clock.sleep(collectEveryMs)
    }
  }
  const collecting = collectOften()
  return {
    async stop() {
      goesOn = false
      await collecting
    },
  }
}

async function replyP99(client: Channels, { clock, goOn }: LabTools): Promise<number> {
  const latenciesMs: number[] = []
  for (let left = repliesPerRound; left > 0; left -= 1) {
    goOn()
    const startedMs = clock.monotonicMs()
    await client.ask('ping', 'param_ping', { text })
    latenciesMs.push(clock.monotonicMs() - startedMs)
    // A message now and then, so that a round is much longer than a collection.
    await clock.sleep(3)
  }
  return percentile(latenciesMs, 0.99)
}
