import type { Clock } from '../../../system/platform/clock.ts'

/** One thing that happened, as plain data: the form in which the record of a live run has it too. */
export interface SimulatedEvent {
  index: number
  tMs: number
  who: string
  type: string
  operation?: string
  op?: number
  topic?: string
  event?: string
  joinRef?: unknown
  node?: string
  value?: unknown
  error?: string
}

export type Ending = 'ok' | 'failed' | 'unsure'
export type Recorder = ReturnType<typeof createRecorder>

/** Writes down what everybody did and saw, in the order in which it happened. */
export function createRecorder(clock: Pick<Clock, 'monotonicMs'>) {
  const events: SimulatedEvent[] = []
  let lastOp = 0

  function record(event: Omit<SimulatedEvent, 'index' | 'tMs'>) {
    events.push({ index: events.length, tMs: clock.monotonicMs(), ...event })
  }

  return {
    events: events as readonly SimulatedEvent[],
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
