import type { HistoryEvent, NewEvent } from '../../history/operation.ts'

/** A synthetic history, generated event by event in order of time. */
export interface GrowingHistory {
  events: HistoryEvent[]
  nowMs(): number
  /** Advances the time; a time before the last event is replaced by the time of that event. */
  at(tMs: number): void
  record(event: NewEvent): void
  /** Records the beginning of an operation; the returned function records its end. */
  begin(who: string, operation: string, value: unknown): (type: 'ok' | 'failed' | 'unsure') => void
}

export function createGrowingHistory(): GrowingHistory {
  const events: HistoryEvent[] = []
  let [nowMs, lastOp] = [0, 0]
  const record = (event: NewEvent) => void events.push({ index: events.length, tMs: nowMs, ...event })
  return {
    events,
    nowMs: () => nowMs,
    at(tMs) {
      nowMs = Math.max(nowMs, tMs)
    },
    record,
    begin(who, operation, value) {
      lastOp += 1
      const op = lastOp
      record({ who, type: 'invoke', operation, op, value })
      return (type) => record({ who, type, operation, op, value })
    },
  }
}
