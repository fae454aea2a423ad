import type { ClusterNode } from '../cluster/node.ts'
import type { Random } from '../platform/random.ts'
import { until } from '../platform/until.ts'
import type { BackgroundClient } from './client.ts'
import { bytesTopic, type Clients, commonTopic, crashingTopic } from './clients.ts'
import { drawAtBorder, drawBytes } from './content.ts'
import type { OddRequests } from './odd-requests.ts'
import type { Pause } from './pause.ts'
import { longBytes, type Publisher } from './publisher.ts'
import { bigPush, burst, drawPush, everyPush, mixed } from './pushes.ts'

interface TalkOptions {
  clients: Clients
  publisher: Publisher
  /** The node that talks. */
  node: ClusterNode
  /** Absent where nothing is known of what the node does with such requests. */
  oddRequests?: OddRequests
  /** Whether a body over the limit is sent for certain, and not only by chance. */
  withTooLongRequest?: boolean
  /** Topics that only this node talks on, so that somebody can leave one while nothing is on its way. */
  own: readonly string[]
  /** Counts the nodes that talk. */
  index: number
  random: Random
  pause: Pause
}

/** Short scenarios get to hear everything soon; then it goes on quietly. */
const openingGapMs = 25
const gapsMs = [250, 600] as const
/** A message that arrives this long after a leave is not explained by the order in which two nodes saw things. */
const awayMs = 1_100
const heardWithinMs = 1_000
const pausedMs = [100, 300] as const
const afterFailureMs = 300
const pushMuchShare = 0.1
/** A node that is not busy has taken what was sent to it. */
const takenWithinMs = 100

type PushOptions = Pick<TalkOptions, 'clients' | 'random' | 'pause'>

type Act = (options: TalkOptions) => Promise<unknown>

/** One act after the other, until it is stopped: each of them once, those that even a short scenario needs first, and then random ones. */
export async function talk(options: TalkOptions): Promise<void> {
  const { random, pause, withTooLongRequest = false } = options
  const first = withTooLongRequest ? [...atOnce, askTooMuch] : atOnce
  for (const act of [...first, ...shuffled(opening, random)]) {
    if (pause.isOver) return
    await act(options)
    await pause.sleep(openingGapMs)
  }
  while (!pause.isOver) {
    await random.pick(later)(options)
    await pause.sleep(random.integer(...gapsMs))
  }
}

/** Pushes only, until it is stopped. */
export async function pushOn(options: PushOptions): Promise<void> {
  const { random, pause } = options
  while (!pause.isOver) {
    await random.pick([push, pushMuch])(options)
    await pause.sleep(random.integer(...gapsMs))
  }
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  const left = [...list]
  return list.map(() => left.splice(random.integer(0, left.length - 1), 1)[0]!)
}

/**
 * So many bytes, or few while somebody has not heard the last long message of this node: a node may cut off whom it has more to say to than
 * it keeps, and on a busy machine everybody is slow.
 */
function affordable({ clients, publisher }: TalkOptions, bytes: number): number {
  const last = publisher.lastLong()
  const isHeard = !last || clients.membersOf(last.topic).every((one) => one.hasReceived(publisher.name, last.seq))
  return bytes <= longBytes || isHeard ? bytes : 0
}

async function say(options: TalkOptions, topic: string, bytes: number) {
  const { publisher, pause } = options
  const seq = await publisher.say(topic, affordable(options, bytes))
  // A node that does not answer is not asked again at once.
  if (seq === undefined) await pause.sleep(afterFailureMs)
}

const sayToAll: Act = (options) => say(options, commonTopic, drawBytes(options.random))

const sayAtBorder: Act = (options) => say(options, commonTopic, drawAtBorder(options.random))

/** The border between a length of one byte and one of two, from both sides. */
const sayAtShortBorder: Act = async (options) => {
  for (const bytes of [125, 126, 127]) await say(options, commonTopic, bytes)
}

/** The border between a length of two bytes and one of eight: each node takes another side of it. */
const sayAtLongBorder: Act = (options) => say(options, commonTopic, 65_535 + (options.index % 3))

/** Beyond every length of two bytes, before anything else could make it unaffordable. */
const sayLong: Act = async (options) => {
  if (options.index === 0) await say(options, commonTopic, 66_000)
}

const sayBytes: Act = (options) =>
  options.publisher.sayBytes(bytesTopic, affordable(options, drawBytes(options.random)))

const sayOnOne: Act = (options) => say(options, options.random.pick(options.own), drawBytes(options.random))

/** Sizes that go different ways, without a pause, on all topics: whoever hears several hears them in order. */
const sayManyAtOnce: Act = async (options) => {
  const { own, random } = options
  for (const bytes of [0, 20_000, 40, 66_000, 0, 300]) await say(options, random.pick([commonTopic, ...own]), bytes)
}

const push = async ({ clients, random }: PushOptions) => {
  const client = random.pick(clients.all)
  const { joined } = client.joins()
  if (joined.length > 0 && isIdle(client)) client.push(random.pick(joined), drawPush(random, client.role))
}

/** Over a long poll answers are kept until they are fetched, and only so much of them. */
const isIdle = (client: BackgroundClient) => client.role.transport === 'websocket' || client.unansweredCount() === 0

/** Each node has another client push one of each kind; the topic for bytes has a name that is long itself. */
const pushEveryKind: Act = async ({ clients, index, random }) => {
  const pushing = clients.all.filter(({ role }) => role.transport === 'websocket')
  const client = pushing[index % pushing.length]
  if (!client) return
  const { joined } = client.joins()
  const topic = joined.includes(bytesTopic) ? bytesTopic : joined[0]
  if (topic) for (const one of everyPush(random, client.role)) client.push(topic, one)
}

const pushBig: Act = async ({ clients, random }) => {
  const client = random.pick(clients.all)
  const [topic] = client.joins().joined
  if (topic && isIdle(client)) client.push(topic, bigPush(random))
}

const pushMixed: Act = async ({ clients, random }) => {
  const client = random.pick(clients.all)
  const [topic] = client.joins().joined
  if (topic && isIdle(client)) for (const one of mixed(random)) client.push(topic, one)
}

/** Over a long poll the answers come in few responses. Once is enough: it costs as much as everything else of the opening. */
const pushMuchAtOnce: Act = async ({ clients, index, random }) => {
  const polls = clients.all.find(({ role }) => role.transport === 'longpoll') ?? random.pick(clients.all)
  if (index === 0) await pushMuchOf(polls, random)
}

const pushMuch = async ({ clients, random }: PushOptions) => {
  if (random.next() < pushMuchShare) await pushMuchOf(random.pick(clients.all), random)
}

async function pushMuchOf(client: BackgroundClient, random: Random) {
  const [topic] = client.joins().joined
  if (topic) for (const one of burst(random)) client.push(topic, one)
}

/** For a moment somebody reads nothing, and hears all of it afterwards. */
const readSlowly: Act = async (options) => {
  const { clients, random, pause, publisher } = options
  clients.slowReader.pause()
  await publisher.sayBytes(bytesTopic, affordable(options, 70_000))
  await say(options, commonTopic, drawAtBorder(random))
  await pause.sleep(random.integer(...pausedMs))
  clients.slowReader.resume()
}

/** Somebody leaves one topic of many: that one is not heard any more, the others are, and after the join all of them. */
const leaveAndJoin: Act = async (options) => {
  const { clients, publisher, own, random, pause } = options
  const [topic, other] = [random.pick(own), random.pick(own)]
  if (!(await isQuiet(options, topic))) return
  const hasLeft = await clients.topics.leave(topic)
  if (hasLeft) {
    await publisher.say(topic, 0)
    if (other !== topic) await publisher.say(other, 0)
    await pause.sleep(awayMs)
  }
  if (await clients.topics.join(topic)) await publisher.say(topic, 0)
}

/** Joins what is joined: the node replaces the channel (CH-61), and knows the join_ref of the one before no more. */
const joinAnew: Act = async (options) => {
  const { clients, own, random } = options
  const topic = random.pick(own)
  if (!(await isQuiet(options, topic)) || !(await clients.topics.join(topic))) return
  clients.topics.pushStale(topic)
  clients.topics.push(topic, drawPush(random, clients.topics.role))
  await say(options, topic, drawBytes(random))
}

/** Whether all that was said on a topic has arrived: what is on its way at a leave may arrive or not. */
async function isQuiet({ clients, publisher }: TalkOptions, topic: string): Promise<boolean> {
  const seq = await publisher.say(topic, 0)
  const { topics } = clients
  const isHeard = () =>
    topics.isJoined(topic) && topics.hasReceived(publisher.name, seq!) && topics.unansweredCount(topic) === 0
  return (
    seq !== undefined &&
    until(isHeard, { what: 'it is heard', withinMs: heardWithinMs, everyMs: 10 }).catch(() => false)
  )
}

/** Each costs as much as everything else that the background says in the beginning. */
const longRequestShare = 0.2

/** What is wrong is answered as well. */
const askOddly: Act = async ({ oddRequests, node, index, random }) => {
  if (index === 0 && node.hasWeb) await oddRequests?.send(node.name, random.next() < longRequestShare)
}

const askTooMuch: Act = async ({ oddRequests, node, index }) => {
  if (index === 0 && node.hasWeb) await oddRequests?.send(node.name, true)
}

/** A join that throws, and one that rejects: a handler that is slowed down does everything later. */
const joinCrashing: Act = async ({ clients, oddRequests, node, index, random, pause }) => {
  if (index !== 0 || !oddRequests) return
  // Who hears broadcasts shows that an answer is missing, and not only late.
  const there = clients.all.filter((one) => one.node === node.name && one.role.through === undefined)
  if (there.length === 0) return
  random.pick(there).joinCrashing(crashingTopic)
  if (!(await slowDown(node, 1))) return
  random.pick(there).joinCrashing(crashingTopic)
  await pause.sleep(takenWithinMs)
  await slowDown(node, 0)
}

const slowDown = (node: ClusterNode, delayMs: number) =>
  node.control.delay('WildcardChannel.join', delayMs).then(
    () => true,
    () => false,
  )

/** They come first, so that a scenario that is over in a second has them too. */
const atOnce: readonly Act[] = [sayLong, pushEveryKind, sayManyAtOnce, pushMuchAtOnce]

const opening: readonly Act[] = [
  askOddly,
  joinCrashing,
  sayToAll,
  sayToAll,
  sayAtShortBorder,
  sayAtLongBorder,
  sayAtBorder,
  sayBytes,
  sayBytes,
  sayOnOne,
  push,
  push,
  push,
  pushBig,
  pushMixed,
  pushMixed,
  readSlowly,
  joinAnew,
  leaveAndJoin,
]

const later: readonly Act[] = [
  ...[sayToAll, sayToAll, sayToAll, sayToAll, sayAtBorder, sayBytes, sayOnOne, sayOnOne, sayManyAtOnce],
  ...[push, push, push, push, push, pushMuch, pushMixed, readSlowly, joinAnew, leaveAndJoin],
]
