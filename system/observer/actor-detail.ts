import type { AnyActorRef, WorkMeter } from '../runtime/index.ts'
import { memoryOf, shownNameOf, statusOf, workOf } from './actor-list.ts'
import { publicValue } from './public-view.ts'

const messagesShown = 10

type ReadField = (actor: AnyActorRef, meter: Pick<WorkMeter, 'workMs'>) => unknown

/** Read whenever an actor is looked at. */
const cheapFields = {
  initial_call: ({ role = 'actor' }) => role,
  current_function: (actor) => currentFunctionOf(actor),
  status: statusOf,
  message_queue_len: ({ mailboxLength }) => mailboxLength,
  /** Of processor time, in µs. */
  reductions: (actor, meter) => Math.round(workOf(actor, meter) * 1_000),
  messages_handled: ({ handled }) => handled,
  calls_in_flight: ({ callsInFlight }) => callsInFlight,
} satisfies Record<string, ReadField>

/** Read only when they are asked for by name: they walk the mailbox or the state (RT-71). */
const expensiveFields = {
  messages: (actor) => actor.inspect(messagesShown).waiting,
  total_heap_size: memoryOf,
  state: (actor) => publicValue(actor.inspect(0).state ?? 'this actor shows none'),
} satisfies Record<string, ReadField>

const fields: Readonly<Record<string, ReadField>> = { ...cheapFields, ...expensiveFields }
export const fieldNames = Object.keys(fields)

export interface ActorDetail {
  id: string
  name: string
  fields: Record<string, unknown>
}

/** What is asked for of one actor, or all that is cheap. `all` is everything, for whoever debugs. Pure but for what it reads. */
export function detailOf(actor: AnyActorRef, asked: readonly string[], meter: Pick<WorkMeter, 'workMs'>): ActorDetail {
  const wanted = asked.includes('all') ? fieldNames : asked.length > 0 ? asked : Object.keys(cheapFields)
  const read = wanted.filter((name) => Object.hasOwn(fields, name)).map((name) => [name, fields[name]!(actor, meter)])
  return { id: actor.id, name: shownNameOf(actor), fields: Object.fromEntries(read) }
}

/** JavaScript keeps no stack of a handler that waits, so this is the handler and the kind of its message. */
function currentFunctionOf(actor: AnyActorRef): string {
  if (actor.thread) return 'in its thread'
  const { handling } = actor.inspect(0)
  if (handling !== undefined) return `handle(${handling})`
  return actor.busy ? 'starting or ending' : 'receive'
}
