import { isWhollyJoined, type Listener } from '../app.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { ClusterNode } from '../cluster/node.ts'
import type { Present } from '../history/inventory.ts'
import { mannersOf } from '../history/manners.ts'
import type { Recorder } from '../history/recorder.ts'
import { systemClock as clock } from '../platform/clock.ts'
import { seededRandom } from '../platform/random.ts'
import { until } from '../platform/until.ts'
import { bytesTopic, type Clients, commonTopic, crashingLog, manyTopics, openClients } from './clients.ts'
import { createOddRequests, type OddRequests } from './odd-requests.ts'
import { createPause, type Pause } from './pause.ts'
import { createPublisher, type Publisher } from './publisher.ts'
import { fencePush } from './pushes.ts'
import { pushOn, talk } from './talk.ts'

/** Clients unlike each other that join, leave, push and listen while a scenario runs, on topics of their own. */
export interface Background {
  listeners(): Listener[]
  present(): Present[]
  /** Resolves when nobody says anything any more. */
  stop(): Promise<void>
  /** Has every node say something once more on every topic, and every client push once more on each of its topics. */
  sayLast(): Promise<void>
  close(): void
}

interface Options {
  cluster: Cluster
  recorder: Recorder
  seed: number
  /** Whether somebody sends a body over the limit for certain, and not only by chance. */
  withTooLongRequest?: boolean
}

const joinedWithinMs = 5_000
const stoppedWithinMs = 8_000
/** Longer than any answer takes on a machine that is only busy: what is missing then is judged. */
const heardWithinMs = 8_000
const heardAgainWithinMs = 500

/** Resolves when everybody is joined; undefined, with the reason in the history, for a target that does not speak the contract. */
export async function startBackground(options: Options): Promise<Background | undefined> {
  const { cluster, recorder, seed } = options
  const clients = await openClients(cluster, recorder, seededRandom(seed))
  await joined(clients)
  if (isOfSomebodyElse(cluster) && leaveOut(clients, recorder)) return undefined
  const controlled = await publishing(cluster)
  const pause = createPause(clock)
  const oddRequests = cluster.secrets && cluster.promises.longPolls ? createOddRequests(cluster, recorder) : undefined
  if (oddRequests)
    recorder.record({ who: 'scenario', type: 'read', operation: mannersOf.expectedLog, value: crashingLog })
  const talks = startTalks(options, { clients, nodes: controlled, pause, ...(oddRequests && { oddRequests }) })
  // Where nobody can publish, clients still push.
  const pushed = controlled.length === 0 ? pushOn({ clients, random: seededRandom(seed + 1), pause }) : undefined
  return {
    listeners: () => clients.all.map(({ name, joins }) => ({ who: name, joins })),
    present: () => clients.all.flatMap((client) => client.present()),
    async stop() {
      pause.end()
      await Promise.race([Promise.all([pushed, ...talks.map(({ ended }) => ended)]), clock.sleep(stoppedWithinMs)])
    },
    sayLast: () => sayLast(clients, talks, () => oddRequests?.pendingCount() ?? 0),
    close() {
      oddRequests?.close()
      for (const client of clients.all) client.close()
    },
  }
}

interface Talk {
  publisher: Publisher
  /** The topics that only this node talks on. */
  own: readonly string[]
  ended: Promise<void>
}

interface Party {
  clients: Clients
  nodes: readonly ClusterNode[]
  pause: Pause
  oddRequests?: OddRequests
}

/** Each of the nodes publishes on the common topic and on its share of the others, while the clients come and go there. */
function startTalks(options: Options, { clients, nodes, pause, oddRequests }: Party): Talk[] {
  const { cluster, recorder, seed, withTooLongRequest = false } = options
  return nodes.slice(0, manyTopics.length).map((node, index, speaking) => {
    const random = seededRandom(seed + index + 1)
    const publisher = createPublisher({ node, recorder, random, withBytes: cluster.promises.binary === true })
    const own = manyTopics.filter((_, n) => n % speaking.length === index)
    const ended = talk({
      ...{ clients, publisher, node, own, index, random, pause, withTooLongRequest },
      ...(oddRequests && { oddRequests }),
    })
    return { publisher, own, ended }
  })
}

const isOfSomebodyElse = ({ secrets }: Cluster) => secrets === undefined

/** The nodes that publish what they are asked to; of somebody else's system there may be none. */
async function publishing(cluster: Cluster): Promise<ClusterNode[]> {
  const controlled = cluster.nodes.filter(({ hasControl }) => hasControl)
  if (!isOfSomebodyElse(cluster)) return controlled
  const canPublish = (node: ClusterNode) =>
    node.control.broadcast('ping:background-nobody', 'ledger', {}).then(
      () => true,
      () => false,
    )
  const answers = await Promise.all(controlled.map(canPublish))
  return controlled.filter((_, index) => answers[index])
}

async function joined({ all }: Clients) {
  const areJoined = () => all.every((client) => isWhollyJoined(client.joins()))
  await until(areJoined, { what: 'the background is joined', withinMs: joinedWithinMs, everyMs: 10 }).catch(() => {})
}

/** Whoever cannot join at a server that is not ours. Returns whether nobody is left. */
function leaveOut(clients: Clients, recorder: Recorder): boolean {
  for (const client of clients.all.filter((one) => !isWhollyJoined(one.joins()))) {
    clients.remove(client)
    const leftOut = 'the target does not let it join topics ping:* of the socket /socket, as HelloSockets does'
    recorder.record({ who: client.name, type: 'read', operation: 'background', value: { leftOut } })
  }
  return clients.all.length === 0
}

async function sayLast(clients: Clients, talks: readonly Talk[], pendingCount: () => number) {
  for (const client of clients.all) for (const topic of client.joins().joined) client.push(topic, fencePush)
  // What is still missing after a long time, on a connection over which something else arrives even then, is lost.
  const areAnswered = () => pendingCount() === 0
  await until(areAnswered, { what: 'the requests end', withinMs: heardWithinMs, everyMs: 10 }).catch(() => {})
  if (!(await isAllHeard(clients, talks, heardWithinMs))) await isAllHeard(clients, talks, heardAgainWithinMs)
}

/** Has every node say something on every topic. Resolves with whether everybody heard it, and has an answer to every push. */
async function isAllHeard(clients: Clients, talks: readonly Talk[], withinMs: number): Promise<boolean> {
  const said = (await Promise.all(talks.map(({ publisher, own }) => sayEverywhere(publisher, own)))).flat()
  const isHeard = () =>
    clients.all.every((client) => client.unansweredCount() === 0) &&
    said.every(({ publisher, seq, topic }) => clients.membersOf(topic).every((one) => one.hasReceived(publisher, seq)))
  return until(isHeard, { what: 'the background is heard', withinMs, everyMs: 10 }).catch(() => false)
}

async function sayEverywhere(publisher: Publisher, own: readonly string[]) {
  const said: { publisher: string; seq: number; topic: string }[] = []
  const keep = (topic: string, seq: number | undefined) =>
    void (seq !== undefined && said.push({ publisher: publisher.name, seq, topic }))
  for (const topic of [commonTopic, ...own]) keep(topic, await publisher.say(topic, 0))
  keep(bytesTopic, await publisher.sayBytes(bytesTopic, 0))
  return said
}
