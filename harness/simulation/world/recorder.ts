import type { Clock } from '../../../system/platform/clock.ts'
import type { HistoryEvent, NewEvent } from '../../history/operation.ts'

export type Ending = 'ok' | 'failed' | 'unsure'
export type Recorder = ReturnType<typeof createRecorder>

/** Writes down what everybody did and saw, in the order in which it happened. */
export function createRecorder(clock: Pick<Clock, 'monotonicMs'>) {
  const events: HistoryEvent[] = []
  let lastOp = 0

  function record(event: NewEvent) {
    events.push({ index: events.length, tMs: clock.monotonicMs(), ...event })
  }

  return {
    events: events as readonly HistoryEvent[],
    record,
    /** Records the beginning of an operation; the returned function records its end, at most once. */
    begin(who: string, operation: string, value: unknown) {
      lastOp += 1
      const op = lastOp
      record({ who, type: 'invoke', operation, op, value })
      return (type: Ending, error?: string) =>
        record({ who, type, operation, op, value, ...(error !== undefined && { error }) })
    },
  }
}
