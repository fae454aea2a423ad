import { getHeapStatistics } from 'node:v8'
import type { Clock } from '../platform/clock.ts'
import { type LoadMeter, machine, startLoadMeter } from '../platform/load.ts'
import type { Log } from '../platform/log.ts'
import type { AnyActorRef, Runtime, Supervised } from '../runtime/index.ts'
import { type ActorDetail, detailOf } from './actor-detail.ts'
import { type ActorPage, type ListQuery, listActors, shownNameOf } from './actor-list.ts'
import { createIdentities } from './identities.ts'
import { createMeasuring, sampleEveryMs } from './measuring.ts'
import type { Tick } from './ticks.ts'
import { idsAt, pathTo, type TreeNode, treeOf } from './tree.ts'

/** One client, as the endpoint knows it; a poll says nothing of bytes. */
export interface Connection {
  id: string
  socket: string
  actorIds: string[]
  messagesIn: number
  bytesIn?: number
  bytesOut?: number
  messagesOut?: number
}

export interface Observed {
  node: string
  runtime: Runtime
  /** The supervisor that holds the children of all applications. */
  top: Supervised
  connections(): Connection[]
  dropConnection(id: string): void
  /** What was sent to the other nodes, by the first part of the topic. */
  sentToNodes(): Record<string, { messages: number; bytes: number }>
  peers(): Record<string, { connected: boolean }>
  /** A clock whose timers are not counted among those of the node, and that no fault skews. */
  clock: Clock
  log: Log
  startMeter?: () => LoadMeter
}

export interface Killed {
  killedId: string
  name: string
  /** The id of what has taken its place; missing when nothing did in time. */
  successorId?: string
}

const successorWithinMs = 2_000
const lookEveryMs = 20

export type Observer = ReturnType<typeof createObserver>

/**
 * Shows what a node does (RT-70..RT-73). Measures the work of actors and the load only while somebody looks: from the first question until
 * ten seconds after the last.
 */
export function createObserver(observed: Observed) {
  const { node, runtime, top, clock, log, startMeter = startLoadMeter } = observed
  const identities = createIdentities()
  const measuring = createMeasuring({ runtime, clock, startMeter })

  const tree = (): TreeNode =>
    treeOf({ node, top, actors: runtime.actors(), connections: observed.connections(), idOf: identities.idOf })

  function find(id: string): AnyActorRef | undefined {
    return runtime.actors().find((actor) => actor.id === id)
  }

  function end(id: string): boolean {
    const connection = /^transport-(\d+)$/.exec(id)?.[1]
    if (connection !== undefined) return endConnection(connection)
    const victim = find(id) ?? identities.find(id)
    if (!victim?.alive) return false
    if (victim === top) throw new Error('the top supervisor is the node itself; stop the node instead')
    if (victim.kill) victim.kill()
    else void victim.stop()
    return true
  }

  function endConnection(id: string): boolean {
    if (!observed.connections().some((one) => one.id === id)) return false
    observed.dropConnection(id)
    return true
  }

  async function awaitSuccessor(path: readonly string[], before: ReadonlySet<string>): Promise<string | undefined> {
    const deadlineMs = clock.monotonicMs() + successorWithinMs
    while (clock.monotonicMs() < deadlineMs) {
      const fresh = idsAt(tree(), path).find((one) => !before.has(one))
      if (fresh !== undefined) return fresh
      await clock.sleep(lookEveryMs)
    }
  }

  return {
    /** Somebody looks: measures from now on. */
    attend: measuring.attend,
    stop: measuring.stop,
    overview() {
      const actors = runtime.actors()
      const connections = observed.connections()
      return {
        node,
        uptimeMs: Math.round(process.uptime() * 1_000),
        memory: memoryNow(),
        collections: measuring.collections(),
        counts: {
          actors: actors.length,
          channels: actors.filter(({ role }) => role === 'channel').length,
          connections: connections.length,
          waitingMessages: actors.reduce((sum, { mailboxLength }) => sum + mailboxLength, 0),
        },
        lag: measuring.lag(),
        sampleEveryMs,
        load: measuring.lines(),
      }
    },
    actors: (query: ListQuery): ActorPage => listActors(runtime.actors(), query, runtime.meter),
    /** Undefined for one that has ended. */
    detail(id: string, fields: readonly string[]): (ActorDetail & { ticks: Tick[] }) | undefined {
      const actor = find(id)
      return actor && { ...detailOf(actor, fields, runtime.meter), ticks: measuring.ticksOf(actor) }
    },
    tree,
    /** Kills it and returns the id of its successor; undefined where nothing has this id (RT-77). */
    async kill(id: string): Promise<Killed | undefined> {
      const before = tree()
      const path = pathTo(before, id)
      if (!end(id)) return undefined
      log.warn({ event: 'killed_by_inspector', id, name: path?.at(-1) }, 'somebody killed an actor in the inspector')
      if (!path) return { killedId: id, name: id }
      const successorId = await awaitSuccessor(path, new Set(idsAt(before, path)))
      return { killedId: id, name: path.at(-1)!, ...(successorId !== undefined && { successorId }) }
    },
    network() {
      const connections = observed.connections().map(({ actorIds, ...one }) => ({ ...one, channels: actorIds.length }))
      const bytesOf = ({ bytesIn = 0, bytesOut = 0 }: (typeof connections)[number]) => bytesIn + bytesOut
      return {
        connections: connections.sort((one, other) => bytesOf(other) - bytesOf(one)),
        peers: observed.peers(),
        sent: observed.sentToNodes(),
      }
    },
    system: () => ({
      node,
      pid: process.pid,
      runtime: `Node ${process.version}, V8 ${process.versions.v8}`,
      platform: `${process.platform} ${process.arch}`,
      ...machine(),
      heapLimit: getHeapStatistics().heap_size_limit,
      applications: tree().children.flatMap(({ name, kind }) => (kind === 'application' ? name : [])),
    }),
    tables: () =>
      runtime.tables.all().flatMap(({ name, table }) => {
        const info = table.info()
        if (!info) return []
        const { kind, access, size: rows, owner } = info
        return { name: name ?? '(none)', owner: shownNameOf(owner), kind, access, rows, bytes: table.estimatedBytes() }
      }),
  }
}

function memoryNow() {
  const { rss, heapTotal, heapUsed, external } = process.memoryUsage()
  return { rss, heapTotal, heapUsed, external }
}
