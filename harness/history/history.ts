import type { FaultRecord, HistoryEvent } from './operation.ts'

export interface Window {
  fromMs: number
  toMs: number
  why: string
}

export type History = ReturnType<typeof toHistory>

const none: readonly HistoryEvent[] = []

/** Indexed queries of checkers over the events, which are ordered by index and time. */
export function toHistory(events: readonly HistoryEvent[]) {
  const byType = Map.groupBy(events, ({ type }) => type)
  const ofType = (type: HistoryEvent['type']): readonly HistoryEvent[] => byType.get(type) ?? none
  const byOperation = groupedOnce(ofType, ({ operation }) => operation)
  const byWho = groupedOnce(ofType, ({ who }) => who)
  const ofOperation = (type: HistoryEvent['type'], operation: string) => byOperation(type).get(operation) ?? none
  const ends = endsOf(events)
  const faults = ofType('fault').map(({ value }) => value as FaultRecord)
  return {
    events,
    /** The last record of each fault. */
    faults: [...new Map(faults.map((fault) => [fault.id, fault])).values()],
    of: (type: HistoryEvent['type'], operation?: string) =>
      operation === undefined ? ofType(type) : ofOperation(type, operation),
    /** Returns the events of one participant. */
    ofWho: (type: HistoryEvent['type'], who: string) => byWho(type).get(who) ?? none,
    /** Returns how an operation ended; undefined while the outcome is unknown. */
    endOf: ({ op }: HistoryEvent) => ends.get(op),
    finals: <T>(operation: string) =>
      ofOperation('final', operation).map(({ who, node, value }) => ({ who, node, value: value as T })),
    endMs: events.at(-1)?.tMs ?? 0,
  }
}

/** Groups the events of a type on first use. */
function groupedOnce<K>(
  ofType: (type: HistoryEvent['type']) => readonly HistoryEvent[],
  keyOf: (event: HistoryEvent) => K,
) {
  const groups = new Map<HistoryEvent['type'], Map<K, HistoryEvent[]>>()
  return (type: HistoryEvent['type']): ReadonlyMap<K, readonly HistoryEvent[]> => {
    const known = groups.get(type) ?? Map.groupBy(ofType(type), keyOf)
    groups.set(type, known)
    return known
  }
}

function endsOf(events: readonly HistoryEvent[]): ReadonlyMap<number | undefined, HistoryEvent> {
  const ends = new Map<number | undefined, HistoryEvent>()
  for (const event of events)
    if (event.type === 'ok' || event.type === 'failed' || event.type === 'unsure') ends.set(event.op, event)
  return ends
}
