import { type AnyActorRef, estimateBytes, type WorkMeter } from '../runtime/index.ts'
import { publicName } from './public-view.ts'

/** What the list can be sorted by, the most first (RT-60, RT-72). */
export const sortKeys = ['work', 'memory', 'queue'] as const
export type SortKey = (typeof sortKeys)[number]

/** One actor in the list. */
export interface ActorRow {
  id: string
  name: string
  status: 'running' | 'waiting'
  /** Its work counter, in ms: how long it has kept its event loop busy since somebody looks. */
  workMs: number
  handled: number
  queue: number
  /** Estimated; of an actor with a thread of its own the heap of that thread. */
  memoryBytes: number
  /** The kind of the message that it handles now. */
  handling?: string
}

export interface ActorPage {
  sort: SortKey
  /** From 1. */
  page: number
  pages: number
  total: number
  /** The number of the first row among all. */
  firstNo: number
  rows: ActorRow[]
}

export interface ListQuery {
  sort: SortKey
  page: number
  rows: number
}

/** An actor without messages: the object, its spec and its closures. */
const actorBytes = 800
const messageBytes = 120
const busyFrom = 0.5

/** One page of the actors, sorted; a page behind the last is the last. Memory is estimated for all only where the list is sorted by it. */
export function listActors(
  actors: readonly AnyActorRef[],
  query: ListQuery,
  meter: Pick<WorkMeter, 'workMs'>,
): ActorPage {
  const { sort, rows: size } = query
  const sorted = sortActors(actors, measureOf(sort, meter))
  const pages = Math.max(1, Math.ceil(sorted.length / size))
  const page = Math.min(Math.max(1, query.page), pages)
  const first = (page - 1) * size
  const rows = sorted.slice(first, first + size).map((actor) => rowOf(actor, meter))
  return { sort, page, pages, total: sorted.length, firstNo: first + 1, rows }
}

type Measure = (actor: AnyActorRef) => number

function measureOf(sort: SortKey, meter: Pick<WorkMeter, 'workMs'>): Measure {
  if (sort === 'work') return (actor) => workOf(actor, meter)
  return sort === 'queue' ? ({ mailboxLength }) => mailboxLength : memoryOf
}

/** The most first, and the older first among equals. Each is measured once. */
function sortActors(actors: readonly AnyActorRef[], measure: Measure): AnyActorRef[] {
  return actors
    .map((actor, index) => ({ actor, index, most: measure(actor) }))
    .sort((one, other) => other.most - one.most || one.index - other.index)
    .map(({ actor }) => actor)
}

export const workOf = (actor: AnyActorRef, meter: Pick<WorkMeter, 'workMs'>): number =>
  actor.thread?.workMs ?? meter.workMs(actor)

export function memoryOf(actor: AnyActorRef): number {
  const { thread, mailboxLength } = actor
  return thread?.heapBytes ?? actorBytes + mailboxLength * messageBytes + estimateBytes(actor.inspect(0).state)
}

export const statusOf = ({ thread, busy }: AnyActorRef): ActorRow['status'] =>
  (thread ? thread.utilization >= busyFrom : busy) ? 'running' : 'waiting'

export const shownNameOf = ({ name, role, id }: AnyActorRef): string => publicName(name ?? role ?? `actor ${id}`)

function rowOf(actor: AnyActorRef, meter: Pick<WorkMeter, 'workMs'>): ActorRow {
  const { id, handled, mailboxLength: queue } = actor
  const { handling } = actor.inspect(0)
  return {
    id,
    name: shownNameOf(actor),
    status: statusOf(actor),
    workMs: workOf(actor, meter),
    handled,
    queue,
    memoryBytes: memoryOf(actor),
    ...(handling !== undefined && { handling }),
  }
}
