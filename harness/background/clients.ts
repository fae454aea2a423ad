import type { Cluster } from '../cluster/cluster.ts'
import type { SystemPromises } from '../cluster/promises.ts'
import { backgroundName } from '../history/background.ts'
import type { Recorder } from '../history/recorder.ts'
import type { Random } from '../platform/random.ts'
import { type BackgroundClient, openBackgroundClient, type Role } from './client.ts'
import { createFrameReader } from './read-frame.ts'

/** What everybody listens to. */
export const commonTopic = 'ping:background'
/** Binary broadcasts. The name needs all bits of its size byte, and has letters of several bytes. */
export const bytesTopic = `ping:background-bytes-${'長い名前'.repeat(14)}`
/** Where nobody publishes: what is lost between two nodes on its way to a long poll is no loss of a broadcast. */
export const elsewhereTopic = 'ping:background-elsewhere'
/** Its second part is no number: the join crashes (CH-123). */
export const crashingTopic = 'wild:background:crash'
export const crashingLog = '"background" is not an integer'
/** One connection listens to all of them, and leaves and joins them one at a time. */
export const manyTopics = Array.from({ length: 6 }, (_, n) => `ping:background-${n + 1}`)

const topicsOf = (...numbers: number[]) => numbers.map((n) => manyTopics[n - 1]!)

interface Part {
  name: string
  role: Role
  topics: readonly string[]
}

const webSocket = { version: '2.0.0', transport: 'websocket', readsBytes: true } as const

/** Clients as unlike each other as the system promises to serve. */
const partsOf = (random: Random, { binary, versionOne, longPolls }: SystemPromises): Part[] =>
  allParts(random, versionOne === true)
    .filter(({ role }) => role.transport === 'websocket' || longPolls)
    .filter(({ role }) => role.version === '2.0.0' || versionOne)
    .map((part) => (binary ? part : withoutBytes(part)))

const withoutBytes = ({ role, topics, name }: Part): Part => ({
  name,
  role: { ...role, readsBytes: false, isTextOnly: true },
  topics: topics.filter((topic) => topic !== bytesTopic),
})

const allParts = (random: Random, versionOne: boolean): Part[] => [
  { name: 'v2', role: webSocket, topics: [commonTopic, bytesTopic, ...topicsOf(1)] },
  {
    name: 'v1',
    role: { version: '1.0.0', transport: 'websocket', readsBytes: false },
    topics: [commonTopic, ...topicsOf(1, 2, 4)],
  },
  {
    name: 'poll',
    role: {
      version: versionOne ? random.pick(['1.0.0', '2.0.0', '2.0.0']) : '2.0.0',
      transport: 'longpoll',
      readsBytes: false,
    },
    topics: [commonTopic, ...topicsOf(2, 3, 5, 6)],
  },
  { name: slowLink, role: webSocket, topics: [commonTopic, bytesTopic] },
  { name: slowReader, role: webSocket, topics: [commonTopic, bytesTopic, ...topicsOf(4)] },
  { name: manyTopicsName, role: { ...webSocket, readsBytes: false }, topics: manyTopics },
]

/** Polls through the node after that of its session. */
const elsewhere = (through: string): Part => ({
  name: 'poll-elsewhere',
  role: { version: '2.0.0', transport: 'longpoll', readsBytes: false, through },
  topics: [elsewhereTopic],
})

const slowLink = 'slow-link'
const slowReader = 'slow-reader'
const manyTopicsName = 'topics'

export interface Clients {
  readonly all: readonly BackgroundClient[]
  readonly slowReader: BackgroundClient
  /** Leaves and joins. */
  readonly topics: BackgroundClient
  /** Closes one for good. */
  remove(client: BackgroundClient): void
  /** Those that have joined a topic now. */
  membersOf(topic: string): BackgroundClient[]
}

/** A little slower than a good mobile network, so that several messages are on their way at once. */
const slowToxics = [
  { name: 'background-latency', type: 'latency', stream: 'downstream', attributes: { latency: 40, jitter: 30 } },
  { name: 'background-bandwidth', type: 'bandwidth', stream: 'downstream', attributes: { rate: 1_024 } },
] as const

/** Connects everybody, on nodes that chance has chosen; resolves when they are joined, or had time to. */
export async function openClients(cluster: Cluster, recorder: Recorder, random: Random): Promise<Clients> {
  const nodes = cluster.nodes.filter(({ hasWeb }) => hasWeb)
  const first = random.integer(0, nodes.length - 1)
  const parts = partsOf(random, cluster.promises)
  if (nodes.length > 1 && cluster.promises.longPolls && cluster.secrets)
    parts.push(elsewhere(nodes[(first + parts.length + 1) % nodes.length]!.name))
  const readers = { '1.0.0': createFrameReader('1.0.0'), '2.0.0': createFrameReader('2.0.0') }
  const open = async ({ name, role, topics }: Part, index: number) => {
    const node = nodes[(first + index) % nodes.length]!.name
    const of = { name: backgroundName(name), node, role, readFrame: readers[role.version] }
    const client = await openBackgroundClient({ ...of, cluster, recorder })
    return { client, topics }
  }
  const opened = await Promise.all(parts.map(open))
  let all = opened.map(({ client }) => client)
  const named = (name: string) => all.find((one) => one.name === backgroundName(name))!
  const slow = await cluster.links.link(backgroundName(slowLink), named(slowLink).node)
  for (const toxic of slowToxics) await slow.addToxic(toxic)
  for (const { client, topics } of opened) for (const topic of topics) void client.join(topic)
  return {
    get all() {
      return all
    },
    remove(client) {
      client.close()
      all = all.filter((one) => one !== client)
    },
    slowReader: named(slowReader),
    topics: named(manyTopicsName),
    membersOf: (topic) => all.filter((client) => client.isJoined(topic)),
  }
}
