import { faults, isFaultName } from '../../harness/faults/index.ts'
import { type History, toHistory } from '../../harness/history/history.ts'
import { mannersOf } from '../../harness/history/manners.ts'
import type { FaultRecord, HistoryEvent, NewEvent } from '../../harness/history/operation.ts'

export type TestEvent = NewEvent & { tMs?: number }

/** A history as a test tells it: events in order, at the second of their place unless they say when. */
export const historyOf = (...events: TestEvent[]): History =>
  toHistory(events.map((event, index): HistoryEvent => ({ index, tMs: index * 1_000, ...event })))

export const final = (operation: string, value: unknown, who = 'harness', node?: string): TestEvent => ({
  type: 'final',
  who,
  operation,
  value,
  ...(node && { node }),
})

/** Joined on `n2` unless it says otherwise. */
export const join = (who: string, tMs: number, topic = 'ping', node = 'n2'): TestEvent => ({
  type: 'join',
  who,
  topic,
  node,
  tMs,
})
export const leave = (who: string, tMs: number, topic = 'ping'): TestEvent => ({ type: 'leave', who, topic, tMs })
export const disconnect = (who: string, tMs: number): TestEvent => ({ type: 'disconnect', who, tMs })

const entry = (publisher: string, seq: number) => ({ publisher, seq, origin: publisher })

export const publish = (publisher: string, seq: number, tMs: number, topic = 'ping'): TestEvent => ({
  type: 'publish',
  who: publisher,
  topic,
  event: 'ledger',
  value: entry(publisher, seq),
  tMs,
})
export const receive = (who: string, publisher: string, seq: number, tMs: number, topic = 'ping'): TestEvent => ({
  type: 'receive',
  who,
  topic,
  event: 'ledger',
  joinRef: null,
  value: entry(publisher, seq),
  tMs,
})

/** A fault that was asked for at `requestedMs`, and by default seen to hold and to end; its effects are those of its kind. */
export function fault(requestedMs: number, record: Partial<FaultRecord> = {}): TestEvent {
  const { kind = 'node.kill', options = {} } = record
  const value = {
    id: 1,
    kind,
    target: 'n2',
    options,
    ...(isFaultName(kind) && faults[kind].effectsOf(options)),
    requestedMs,
    witnessedOnMs: requestedMs + 100,
    healRequestedMs: requestedMs + 5_000,
    witnessedOffMs: requestedMs + 6_000,
    witness: { on: 'the port is refused', off: 'ready' },
    ...record,
  } satisfies FaultRecord
  return { type: 'fault', who: 'nemesis', tMs: requestedMs, value }
}

/** So long stood a process still until then. */
export const stall = (tMs: number, forMs: number, who = 'harness'): TestEvent => ({
  type: 'read',
  who,
  operation: mannersOf.stall,
  value: { forMs },
  tMs,
})

/** The end of the record, so that what came before is not at its edge. */
export const theEnd = (tMs: number): TestEvent => ({ type: 'phase', who: 'harness', tMs })

export const invoke = (operation: string, value: object, who = 'n1'): TestEvent => ({
  type: 'invoke',
  who,
  operation,
  value,
})
export const ok = (operation: string, value: object, who = 'n1'): TestEvent => ({ type: 'ok', who, operation, value })

export const stock = (released = true, item: Partial<Record<string, number>> = {}) => ({
  products: [{ id: 1, released, items: [{ id: 7, initialCount: 10, availableCount: 8, soldUnits: 2, ...item }] }],
})
export const rendering = (level = 'low', soon = false, disabled = false) => ({
  products: [{ id: '1', soon, sizes: soon ? [] : [{ itemId: '7', level, disabled }] }],
})
export const nodeState = (availableCount = 8, counters: Record<string, number> = {}, released = true) => ({
  inventory: { products: [{ id: 1, released, items: [{ id: 7, availableCount }] }] },
  counters,
})
