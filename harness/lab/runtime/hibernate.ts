import { type Channels, openChannels } from '../../clients/channels.ts'
import type { ClusterNode } from '../../cluster/node.ts'
import { median } from '../../stats/percentile.ts'
import { inCountedRounds, ranMsOf } from '../channels/processor-time.ts'
import { exactly, inTime, isBetween } from '../finding.ts'
import { duration, megabytes } from '../format.ts'
import { defineLab, type LabTools } from '../lab.ts'
import { createIsolateActor } from './isolate-actor.ts'

/** The heap of a node after a collection, while its channels are idle. */
export interface IdleChannels {
  /** Before any channel was joined, when all had just handled a message, and when the idle time was over. */
  emptyBytes: number
  awakeBytes: number
  laterBytes: number
  /** With garbage: when all had just handled a message, and when the idle time was over. */
  usedBytes: readonly [after: number, later: number]
  /** Since the last message of the first channel, and of the last. */
  firstHibernatedMs: number
  allHibernatedMs: number
  hibernated: number
  /** After one of them was asked for something. */
  hibernatedAfterPush: number
  isAnswered: boolean
}

export interface Hibernate {
  idle: IdleChannels
  /** On a node without hibernation. */
  off: Pick<IdleChannels, 'emptyBytes' | 'awakeBytes' | 'laterBytes' | 'usedBytes' | 'hibernated'>
  /** Time of the node's thread for each message, in µs, round by round. */
  cpuUs: { everyMessage: readonly number[]; idleOnly: readonly number[] }
  /** Of an actor in a worker thread, for one message. */
  isolateMs: { everyMessage: number; idleOnly: number }
}

const [connections, perConnection] = [200, 50]
const count = connections * perConnection
const idleMs = 15_000
/** A round of hibernation, and some time to look. */
const lateMaxMs = idleMs / 15 + 2_500
const rounds = 5
const messagesPerRound = 5_000
const isolateMessages = 10
const env = { APPS: 'hello', SOCKET_IDLE_TIMEOUT_MS: '600000' }

type Weighed = Pick<IdleChannels, 'emptyBytes' | 'awakeBytes' | 'laterBytes'>
const bytesEach = (bytes: number, { emptyBytes }: Weighed) => Math.round((bytes - emptyBytes) / count)
const shareLeft = (run: Weighed) => (run.laterBytes - run.emptyBytes) / (run.awakeBytes - run.emptyBytes)

export const hibernate = defineLab<Hibernate>({
  name: 'runtime/hibernate',
  title: `${count.toLocaleString('en')} idle channels before and after they hibernate, and hibernation after every message`,
  scaled: `${connections} connections with ${perConnection} channels each instead of a connection for each channel.`,
  predictions: [
    {
      says: 'no channel hibernates before it has been idle for 15 s',
      inText: '15 s',
      judge: ({ idle }) =>
        exactly(idle.firstHibernatedMs >= idleMs, `the first one after ${duration(idle.firstHibernatedMs)}`),
    },
    {
      says: 'and all of them do, a second later at most',
      judge({ idle }) {
        const saw = `${idle.hibernated} of ${count}, the last after ${duration(idle.allHibernatedMs)}`
        if (idle.hibernated < count) return exactly(false, saw)
        const isLate = idle.allHibernatedMs > idleMs + lateMaxMs
        return inTime(isLate ? ['the node or its reader had too little time'] : [], true, saw)
      },
    },
    {
      says: 'a node that is told not to lets none hibernate',
      judge: ({ off }) => exactly(off.hibernated === 0, `${off.hibernated} of ${count}`),
    },
    {
      says: 'a message wakes the channel that it is for, which answers it, and no other',
      judge: ({ idle }) =>
        exactly(
          idle.isAnswered && idle.hibernatedAfterPush === count - 1,
          `${idle.isAnswered ? 'answered' : 'no answer'}, ${idle.hibernatedAfterPush} hibernate on`,
        ),
    },
    {
      says: 'what lives of idle channels becomes no more than a third less, hibernated or not: they have no garbage of their own that could be kept',
      inText: 'memory falls, because each has garbage of its own',
      judge({ idle, off }) {
        const shares = [shareLeft(idle), shareLeft(off)]
        return exactly(
          shares.every((share) => isBetween(share, 0.66, 1.1)),
          `${shares.map((share) => `${Math.round(100 * share)} %`).join(' is left, and without hibernation ')}`,
        )
      },
    },
    {
      says: 'after every message, hibernation costs a channel a part of its time, but not half of it: there is nothing to collect',
      judge({ cpuUs: { everyMessage, idleOnly } }) {
        const ratios = everyMessage.map((us, round) => us / idleOnly[round]!)
        return inCountedRounds(ratios, (ratio) => ratio < 1.5, `${median(ratios).toFixed(2)} times the processor time`)
      },
    },
    {
      says: 'an actor with a heap of its own pays for it with every message: more than ten times as long',
      inText: 'for gaps of 10 to 30 s only',
      judge: ({ isolateMs: { everyMessage, idleOnly } }) =>
        exactly(everyMessage > 10 * idleOnly, `${everyMessage.toFixed(1)} ms instead of ${idleOnly.toFixed(2)} ms`),
    },
  ],
  async run(tools) {
    const nodes = {
      idle: await tools.node(env),
      off: await tools.node({ ...env, CHANNEL_HIBERNATE_AFTER_MS: 'off' }),
    }
    tools.say(`${count} channels on each of two nodes`)
    const off = await openIdle(nodes.off, tools)
    const idle = await openIdle(nodes.idle, tools)
    const measured = { idle: await hibernated(idle, tools), off: await unhibernated(off) }
    for (const node of Object.values(nodes)) await node.kill()
    const cpuUs = await costOfMessages(tools)
    return { ...measured, cpuUs, isolateMs: await costInIsolate(tools) }
  },
  figures: ({ idle, off, cpuUs, isolateMs }) => [
    {
      what: 'heap of a channel, awake and hibernated',
      value: `${bytesEach(idle.awakeBytes, idle)} and ${bytesEach(idle.laterBytes, idle)} bytes`,
    },
    {
      what: 'the same, without hibernation',
      value: `${bytesEach(off.awakeBytes, off)} and ${bytesEach(off.laterBytes, off)} bytes`,
    },
    {
      what: 'heap of the node, garbage included, right after the messages and 15 s later',
      value: `${idle.usedBytes.map(megabytes).join(' and ')}; without hibernation ${off.usedBytes.map(megabytes).join(' and ')}`,
    },
    {
      what: 'channel: processor time for a message, hibernating after each and when idle',
      value: `${median(cpuUs.everyMessage).toFixed(1)} and ${median(cpuUs.idleOnly).toFixed(1)} µs`,
    },
    {
      what: 'isolate: a message, hibernating after each and when idle',
      value: `${isolateMs.everyMessage.toFixed(1)} and ${isolateMs.idleOnly.toFixed(2)} ms`,
    },
  ],
  charts: ({ idle, off }) => [
    {
      title: 'Heap of a channel, its part of the connection included',
      x: 'after the last message, in s',
      y: 'bytes',
      marks: 'lines',
      series: [
        { name: 'hibernates after 15 s', points: heapPoints(idle) },
        { name: 'never hibernates', points: heapPoints(off) },
      ],
    },
  ],
})

const heapPoints = (run: Weighed) =>
  [
    [0, bytesEach(run.awakeBytes, run)],
    [idleMs / 1_000, bytesEach(run.laterBytes, run)],
  ] as const

interface OpenedIdle {
  node: ClusterNode
  clients: Channels[]
  emptyBytes: number
  awakeBytes: number
  usedBytes: number
  /** When the first and the last of the channels had their last message. */
  firstMs: number
  lastMs: number
}

const topicOf = (index: number) => `ping:${index}`

/** All channels are joined, and each has answered a message. */
async function openIdle(node: ClusterNode, { clock, goOn }: LabTools): Promise<OpenedIdle> {
  // What the first look at a node compiles is no part of its channels.
  await hibernatedOn(node)
  const emptyBytes = await node.control.heapBytes()
  const clients: Channels[] = []
  for (let left = connections; left > 0; left -= 1) {
    goOn()
    const client = await openChannels(node.port, '/socket')
    for (let index = 0; index < perConnection; index += 1) await client.join(topicOf(index))
    clients.push(client)
  }
  const firstMs = clock.monotonicMs()
  for (const client of clients)
    await Promise.all(Array.from({ length: perConnection }, (_, index) => client.ask(topicOf(index), 'ping', {})))
  const lastMs = clock.monotonicMs()
  const usedBytes = (await node.control.memory()).heapBytes
  return { node, clients, emptyBytes, usedBytes, awakeBytes: await node.control.heapBytes(), firstMs, lastMs }
}

const hibernatedOn = async ({ control }: ClusterNode) => (await control.state()).hibernated ?? 0

async function hibernated(opened: OpenedIdle, { clock, until }: LabTools): Promise<IdleChannels> {
  const { node, clients, firstMs, lastMs, emptyBytes, awakeBytes } = opened
  const usedBefore = opened.usedBytes
  const seen = { count: 0, firstMs: Number.POSITIVE_INFINITY, allMs: Number.POSITIVE_INFINITY }
  async function look() {
    seen.count = await hibernatedOn(node)
    const nowMs = clock.monotonicMs()
    if (seen.count > 0) seen.firstMs = Math.min(seen.firstMs, nowMs - firstMs)
    if (seen.count === count) seen.allMs = nowMs - lastMs
    return seen.count === count
  }
  const withinMs = idleMs + 10 * lateMaxMs
  await until(look, { what: 'all channels hibernate', withinMs, everyMs: 1_000 }).catch(() => {})
  const usedBytes = [usedBefore, (await node.control.memory()).heapBytes] as const
  const laterBytes = await node.control.heapBytes()
  const isAnswered = await clients[0]!.ask(topicOf(0), 'ping', {}).then(
    () => true,
    () => false,
  )
  const hibernatedAfterPush = await hibernatedOn(node)
  for (const client of clients) client.close()
  return {
    ...{ emptyBytes, awakeBytes, usedBytes, laterBytes, hibernated: seen.count, hibernatedAfterPush, isAnswered },
    ...{ firstHibernatedMs: seen.firstMs, allHibernatedMs: seen.allMs },
  }
}

/** As long after its last message as the other node, whose channels hibernate by then. */
async function unhibernated({
  node,
  clients,
  emptyBytes,
  awakeBytes,
  usedBytes,
}: OpenedIdle): Promise<Hibernate['off']> {
  const usedLater = (await node.control.memory()).heapBytes
  const laterBytes = await node.control.heapBytes()
  const hibernated = await hibernatedOn(node)
  for (const client of clients) client.close()
  return { emptyBytes, awakeBytes, laterBytes, usedBytes: [usedBytes, usedLater], hibernated }
}

async function costOfMessages(tools: LabTools): Promise<Hibernate['cpuUs']> {
  const everyMessage = await openBusy({ ...env, CHANNEL_HIBERNATE_AFTER_MS: '0' }, tools)
  const idleOnly = await openBusy(env, tools)
  const cpuUs = { everyMessage: [] as number[], idleOnly: [] as number[] }
  // The first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    tools.say(round === 0 ? 'warm-up' : `round ${round} of ${rounds}`)
    const [every, idle] = [await everyMessage.round(), await idleOnly.round()]
    if (round === 0) continue
    cpuUs.everyMessage.push(every)
    cpuUs.idleOnly.push(idle)
  }
  await everyMessage.stop()
  await idleOnly.stop()
  return cpuUs
}

async function openBusy(variables: Readonly<Record<string, string>>, { node: startNode, goOn }: LabTools) {
  const node = await startNode(variables)
  const client = await openChannels(node.port, '/socket')
  await client.join('ping')
  return {
    async round() {
      const ranBefore = ranMsOf(node)
      // In small bunches, so that the channel is idle between them.
      for (let left = messagesPerRound; left > 0; left -= 10) {
        goOn()
        await Promise.all(Array.from({ length: 10 }, () => client.ask('ping', 'ping', {})))
      }
      return (1_000 * (ranMsOf(node) - ranBefore)) / messagesPerRound
    },
    async stop() {
      client.close()
      await node.kill()
    },
  }
}

async function costInIsolate(tools: LabTools): Promise<Hibernate['isolateMs']> {
  tools.say('an actor in a worker thread')
  return { everyMessage: await messageMs(tools, 0), idleOnly: await messageMs(tools, idleMs) }
}

async function messageMs({ clock, goOn }: LabTools, hibernateAfterMs: number): Promise<number> {
  const actor = createIsolateActor({ clock, hibernateAfterMs })
  try {
    await actor.ask('allocate', 1_000)
    const startedMs = clock.monotonicMs()
    for (let left = isolateMessages; left > 0; left -= 1) {
      goOn()
      await actor.ask('noop')
    }
    return (clock.monotonicMs() - startedMs) / isolateMessages
  } finally {
    await actor.end()
  }
}
