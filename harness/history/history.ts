import type { FaultRecord, HistoryEvent } from './operation.ts'

export interface Window {
  fromMs: number
  toMs: number
  why: string
}

export type History = ReturnType<typeof toHistory>

/** Questions that checkers ask of what happened. */
export function toHistory(events: readonly HistoryEvent[]) {
  const ends = new Map(
    events
      .filter(({ type }) => type === 'ok' || type === 'failed' || type === 'unsure')
      .map((event) => [event.op, event]),
  )
  const faults = events.filter(({ type }) => type === 'fault').map(({ value }) => value as FaultRecord)
  return {
    events,
    /** The last word on each fault. */
    faults: [...new Map(faults.map((fault) => [fault.id, fault])).values()],
    of: (type: HistoryEvent['type'], operation?: string) =>
      events.filter((event) => event.type === type && (operation === undefined || event.operation === operation)),
    /** How an operation ended; undefined while nobody knows. */
    endOf: ({ op }: HistoryEvent) => ends.get(op),
    finals: <T>(operation: string) =>
      events
        .filter((event) => event.type === 'final' && event.operation === operation)
        .map(({ who, node, value }) => ({ who, node, value: value as T })),
    endMs: events.at(-1)?.tMs ?? 0,
  }
}
