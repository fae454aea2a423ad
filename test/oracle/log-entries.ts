import { type Log, silentLog } from '../../system/platform/log.ts'
import { writeError } from './reasons.ts'
import type { Data, TraceEvent } from './recording.ts'

type Entry = Pick<TraceEvent, 'ev'> & Data

const entry = (level: string, kind: string, fields: Data = {}): Entry => ({ ev: 'log', level, kind, ...fields })

const reasonOf = ({ reason, err }: Data) => (err === undefined ? reason : writeError(err))

/** Which entries of the recordings say the same as one line of our log, named by its `event`. */
const entriesOf: Record<string, (fields: Data) => Entry[]> = {
  actor_failed: (fields) => [entry('error', 'server_terminated_abnormally', { reason: reasonOf(fields) })],
  supervisor_failed: (fields) => [entry('error', 'server_terminated_abnormally', { reason: reasonOf(fields) })],
  buffer_discarded: ({ count }) => [entry('warning', 'buffer_discarded', { count })],
  demand_above_first_seen_maximum: ({ expected, got, consumer }) => [
    entry('warning', 'demand_above_first_seen_maximum', { expected, got, from: consumer }),
  ],
  consumer_stops_on_cancel: (fields) => [entry('notice', 'consumer_stops_on_cancel', { reason: reasonOf(fields) })],
  subscribe_target_not_alive: () => [entry('error', 'subscribe_target_not_alive')],
  invalid_subscribe_option: () => [entry('error', 'invalid_subscribe_option')],
  already_subscribed: () => [entry('error', 'already_subscribed')],
  child_ended: ({ child, ...cause }) => [
    entry('error', 'supervisor_child_terminated', { child, reason: reasonOf(cause) }),
  ],
  child_not_started: ({ child, ...cause }) => [
    entry('error', 'supervisor_start_error', { child, reason: reasonOf(cause) }),
  ],
  child_shutdown_failed: ({ child, ...cause }) => [
    entry('error', 'supervisor_shutdown_error', { child, reason: reasonOf(cause) }),
  ],
  supervisor_gives_up: ({ child, reason }) => [entry('error', 'supervisor_shutdown', { child, reason })],
  worker_not_started: (fields) => [
    entry('error', 'consumer_supervisor_failed_to_start_child', { reason: reasonOf(fields) }),
    entry('error', 'supervisor_start_error', { child: 'other', reason: reasonOf(fields) }),
  ],
}

/** A log whose lines become events; `adapt` may change or drop an entry. */
export function createTracingLog(
  record: (event: TraceEvent) => void,
  adapt: (event: TraceEvent) => TraceEvent | undefined,
): Log {
  const write = (fields: Data | string) => {
    if (typeof fields === 'string') return
    const { event, actor, stage, supervisor, ...rest } = fields
    for (const one of entriesOf[event]?.(rest) ?? []) {
      const adapted = adapt({ at: actor ?? stage ?? supervisor, ...one })
      if (adapted) record(adapted)
    }
  }
  return { ...silentLog, debug: write, info: write, warn: write, error: write } as Log
}
