import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Joins } from '../../../harness/app.ts'
import { type Background, startBackground } from '../../../harness/background/background.ts'
import { backgroundAccepted } from '../../../harness/checkers/core/background-accepted.ts'
import { backgroundAnswered } from '../../../harness/checkers/core/background-answered.ts'
import { backgroundDelivered } from '../../../harness/checkers/core/background-delivered.ts'
import { backgroundJoined } from '../../../harness/checkers/core/background-joined.ts'
import { framesReadable } from '../../../harness/checkers/core/frames-readable.ts'
import { requestsAnswered } from '../../../harness/checkers/core/requests-answered.ts'
import type { Cluster } from '../../../harness/cluster/cluster.ts'
import { ownPromises } from '../../../harness/cluster/promises.ts'
import { crashingJoin } from '../../../harness/history/background.ts'
import { toHistory } from '../../../harness/history/history.ts'
import { mannersOf } from '../../../harness/history/manners.ts'
import type { HistoryEvent } from '../../../harness/history/operation.ts'
import { createRecorder } from '../../../harness/history/recorder.ts'
import { requestsOf } from '../../../harness/history/requests.ts'
import { systemClock as harnessClock } from '../../../harness/platform/clock.ts'
import { until } from '../../../harness/platform/until.ts'
import { userSocket } from '../../../system/apps/hello/user-socket.ts'
import { createEndpoint } from '../../../system/channels/index.ts'
import { systemClock as clock } from '../../../system/platform/clock.ts'
import { silentLog as log } from '../../../system/platform/log.ts'
import type { PubSubAdapter, RemoteMessage } from '../../../system/pubsub/adapter.ts'
import { createPubSub } from '../../../system/pubsub/index.ts'
import { createRuntime } from '../../../system/runtime/index.ts'

const checkers = [
  ...[framesReadable, backgroundDelivered, backgroundAnswered, backgroundAccepted, backgroundJoined],
  requestsAnswered,
]
const countOfKind = (events: readonly HistoryEvent[], kind: string) =>
  events.filter(({ operation }) => operation === kind).length

/** What only one's own nodes are asked. */
const isAskedOddly = (events: readonly HistoryEvent[]) =>
  events.every(({ operation }) => operation !== mannersOf.expectedLog) ||
  (countOfKind(events, requestsOf.asked) >= 2 &&
    countOfKind(events, requestsOf.ended) === countOfKind(events, requestsOf.asked) &&
    events.some(({ operation, type }) => operation === crashingJoin && type === 'ok'))

/** So much of the opening, in which everything is done once. */
const isDone = (events: readonly HistoryEvent[]) => {
  const countOf = (type: string, operation?: string) =>
    events.filter((one) => one.type === type && (operation === undefined || one.operation === operation)).length
  return (
    countOf('publish') > 20 &&
    countOf('ok', 'push') > 110 &&
    countOf('leave') > 1 &&
    countOf('read', 'stale-push') > 0 &&
    isAskedOddly(events)
  )
}
const doneWithinMs = 30_000

const isJoined = ({ connected, expected, joined }: Joins) => connected && joined.length === expected.length

const servers: Server[] = []
let background: Background | undefined
afterEach(() => {
  background?.close()
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

/** Nodes in this process, joined by an adapter that hands messages over. */
async function startNodes(names: readonly string[], { hasControl = true, socket = userSocket } = {}) {
  const receivers = new Map<string, (message: RemoteMessage) => void>()
  const started = await Promise.all(names.map((name) => startNode(name, receivers, socket)))
  const links = new Map(started.map(({ name, port }) => [name, port]))
  const nodes = started.map(({ name, endpoint }) => ({
    name,
    hasWeb: true,
    hasControl,
    control: {
      broadcast: async (topic: string, event: string, payload: object) => endpoint.broadcast(topic, event, payload),
      delay: async () => {},
      broadcastBytes: async (topic: string, event: string, bytes: Buffer) => endpoint.broadcast(topic, event, bytes),
    },
  }))
  const node = (name: string) => ({ directUrl: `http://127.0.0.1:${links.get(name)}` })
  const link = async (from: string, to: string) => {
    const port = links.get(to)
    return {
      name: `${from}->${to}`,
      host: '127.0.0.1',
      port,
      url: `http://127.0.0.1:${port}`,
      addToxic: async () => {},
    }
  }
  return {
    // Whoever knows the secrets has started these nodes itself.
    cluster: {
      nodes,
      node,
      links: { link },
      promises: ownPromises,
      ...(hasControl && { secrets: {} }),
    } as unknown as Cluster,
    endpoints: started.map(({ endpoint }) => endpoint),
  }
}

async function startNode(
  name: string,
  receivers: Map<string, (message: RemoteMessage) => void>,
  socket: typeof userSocket,
) {
  const adapter = {
    start: async (onRemote: (message: RemoteMessage) => void) => void receivers.set(name, onRemote),
    broadcast(message: RemoteMessage) {
      for (const [other, receive] of receivers) if (other !== name) receive(message)
    },
    directBroadcast: (to: string, message: RemoteMessage) => receivers.get(to)?.(message),
    onPeerUp: () => {},
  } as unknown as PubSubAdapter
  const pubsub = createPubSub({ nodeName: name, adapter, log })
  await pubsub.start()
  const runtime = createRuntime({ clock, log })
  const endpoint = createEndpoint({ runtime, pubsub, clock, log, secret: 's'.repeat(64), sockets: [socket] })
  const server = createServer((request, response) => {
    if (!endpoint.handle(request, response)) response.writeHead(404).end()
  })
  endpoint.attach(server)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { name, endpoint, port: (server.address() as AddressInfo).port }
}

const startedMs = performance.now()
const newRecorder = () =>
  createRecorder({ elapsedMs: () => performance.now() - startedMs, sink: () => {}, isDefinite: () => false })

async function run(
  cluster: Cluster,
  seed: number,
  disturb: () => Promise<unknown> = async () => {},
  withinMs = doneWithinMs,
) {
  const recorder = newRecorder()
  background = await startBackground({ cluster, recorder, seed })
  await disturb()
  await until(() => isDone(recorder.events), { what: 'everything was done', withinMs }).catch(() => {})
  await background?.stop()
  const areJoined = () => background?.listeners().every(({ joins }) => isJoined(joins() as Joins)) ?? true
  await until(areJoined, { what: 'everybody is joined again', withinMs: 10_000 })
  await background?.sayLast()
  for (const { who, joins } of background?.listeners() ?? [])
    recorder.record({ who, type: 'final', operation: 'joined', value: await joins() })
  // Nothing is on its way at the end.
  await harnessClock.sleep(600)
  recorder.record({ who: 'harness', type: 'phase' })
  const history = toHistory(recorder.events)
  const verdicts = checkers
    .filter((one) => one.needs?.(history) ?? true)
    .map((one) => ({ name: one.name, ...one.check(history) }))
  return {
    history,
    found: verdicts.filter(({ outcome }) => outcome !== 'passed').map(({ name, why }) => `${name}: ${why}`),
  }
}

describe('the background', () => {
  it.each([1, 2, 3])('finds nothing wrong with %i nodes, and everything is done in it', async (count) => {
    const { cluster } = await startNodes(['n1', 'n2', 'n3'].slice(0, count))
    const { history, found } = await run(cluster, count)
    expect(found).toEqual([])
    expect(isDone(history.events)).toBe(true)
    expect(history.of('ok', crashingJoin).length).toBeGreaterThan(0)
    expect(countOfKind(history.events, requestsOf.ended)).toBeGreaterThanOrEqual(2)
    const relayed = history.ofWho('ok', 'background-poll-elsewhere')
    expect(relayed.length > 0).toBe(count > 1)
  })

  it('comes back when all of its connections are broken', async () => {
    const { cluster, endpoints } = await startNodes(['n1', 'n2'])
    const { history, found } = await run(cluster, 7, async () => {
      await harnessClock.sleep(1_000)
      for (const endpoint of endpoints) for (const { id } of endpoint.connections()) endpoint.dropConnection(id)
    })
    // A lost message near a lost connection is no finding, and each client is joined again in the end.
    expect(found.filter((one) => !one.startsWith('background-answered'))).toEqual([])
    expect(history.of('disconnect').length).toBeGreaterThan(4)
  })

  it('is accounted for on its nodes', async () => {
    const { cluster, endpoints } = await startNodes(['n1', 'n2'])
    await run(cluster, 11)
    for (const [index, endpoint] of endpoints.entries()) {
      const own = background!.present().filter(({ node }) => node === `n${index + 1}`)
      const { connections, polls, joined } = endpoint.held()
      const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0)
      expect(connections).toBe(sum(own.map((one) => one.connections)))
      expect(polls).toBe(sum(own.map((one) => one.polls)))
      expect(joined).toBe(sum(own.map((one) => one.channels)))
    }
  })

  it('pushes only, where nobody can publish, without those who cannot join', async () => {
    const { cluster } = await startNodes(['n1'], { hasControl: false, socket: { ...userSocket, options: {} } })
    const { history, found } = await run(cluster, 5, () => harnessClock.sleep(4_000), 0)
    expect(found).toEqual([])
    expect(history.of('publish')).toEqual([])
    expect(history.of('ok', 'push').length).toBeGreaterThan(5)
    expect(history.of('read', 'background').map(({ who }) => who)).toEqual(['background-poll'])
  }, 30_000)

  it('is left out at a server without that socket, and the history says so', async () => {
    const { cluster } = await startNodes(['n1'], { hasControl: false, socket: { ...userSocket, path: '/other' } })
    const recorder = newRecorder()
    expect(await startBackground({ cluster, recorder, seed: 1 })).toBeUndefined()
    expect(recorder.events.filter(({ operation }) => operation === 'background')).toHaveLength(6)
  }, 30_000)
})
