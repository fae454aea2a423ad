import { expect, it } from 'vitest'
import type { FaultRecord, HistoryEvent } from '../../../harness/history/operation.ts'
import { recordingOf, recordingShape } from '../../../harness/plans/recording.ts'

let index = 0
const at = (tMs: number, event: Omit<HistoryEvent, 'index' | 'tMs'>): HistoryEvent => ({
  index: index++,
  tMs,
  ...event,
})
const fault = (tMs: number, value: Partial<FaultRecord>) =>
  at(tMs, {
    who: 'nemesis',
    type: 'fault',
    value: { kind: 'link.cut', target: 'n1->n2', options: {}, requestedMs: 1_500, healRequestedMs: null, ...value },
  })

it('is what a person asked for, with the times since it began', () => {
  const events = [
    at(900, { who: 'n1', type: 'invoke', operation: 'sell', op: 1, value: { itemId: 1 } }),
    at(1_200, { who: 'n2', type: 'invoke', operation: 'sell', op: 2, value: { itemId: 8 } }),
    at(1_300, { who: 'background-v1', type: 'invoke', operation: 'push', op: 3, value: { topic: 'ping' } }),
    fault(1_500, { id: 4 }),
    fault(1_700, { id: 5, kind: 'db.pause', target: 'db', requestedMs: 1_700 }),
    fault(2_500, { id: 4, healRequestedMs: 2_400 }),
    // Healed when the recording was over already.
    fault(3_500, { id: 5, kind: 'db.pause', target: 'db', requestedMs: 1_700, healRequestedMs: 3_400 }),
  ]
  const recording = recordingOf(events, { app: 'store', nodes: 3, fromMs: 1_000, toMs: 3_000, operations: ['sell'] })
  expect(recording).toEqual({
    schemaVersion: 1,
    app: 'store',
    nodes: 3,
    durationMs: 2_000,
    entries: [
      { do: 'operation', atMs: 200, name: 'sell', node: 'n2', value: { itemId: 8 } },
      { do: 'inject', atMs: 500, fault: 1, kind: 'link.cut', target: 'n1->n2', options: {} },
      { do: 'inject', atMs: 700, fault: 2, kind: 'db.pause', target: 'db', options: {} },
      { do: 'heal', atMs: 1_400, fault: 1 },
    ],
  })
  expect(recordingShape.parse(JSON.parse(JSON.stringify(recording)))).toEqual(recording)
})

it('of an unknown fault is refused', () => {
  const entry = { do: 'inject', atMs: 0, fault: 1, kind: 'node.tickle', target: 'n1', options: {} }
  const given = { schemaVersion: 1, app: 'store', nodes: 3, durationMs: 1, entries: [entry] }
  expect(() => recordingShape.parse(given)).toThrow('is no fault')
})
