import { z } from 'zod'
import { type FaultName, isFaultName } from '../faults/index.ts'
import type { FaultRecord, HistoryEvent } from '../history/operation.ts'

const atMs = z.number().min(0)

const entry = z.discriminatedUnion('do', [
  z.object({
    do: z.literal('inject'),
    atMs,
    /** The number of the fault within the recording; `heal` names it again. */
    fault: z.number().int().positive(),
    kind: z.string().refine(isFaultName, 'is no fault') as unknown as z.ZodType<FaultName>,
    target: z.string(),
    options: z.record(z.string(), z.unknown()),
  }),
  z.object({ do: z.literal('heal'), atMs, fault: z.number().int().positive() }),
  z.object({
    do: z.literal('operation'),
    atMs,
    name: z.string(),
    node: z.string(),
    value: z.record(z.string(), z.unknown()),
  }),
])
export type RecordingEntry = z.infer<typeof entry>

/** What somebody did in the console, with the times since the recording began, in ms. */
export const recordingShape = z.object({
  schemaVersion: z.literal(1),
  /** The application whose operations these are. */
  app: z.string(),
  nodes: z.number().int().positive(),
  durationMs: z.number().min(0),
  entries: z.array(entry),
})
export type Recording = z.infer<typeof recordingShape>

interface Frame {
  app: string
  nodes: number
  /** When the recording began and ended, since the scenario started. */
  fromMs: number
  toMs: number
  /** The operations that a person can ask for; all others are those of the background. */
  operations: readonly string[]
}

/** Reads from a history what was asked for between two times. What was healed only at the end is not healed in the recording. Pure. */
export function recordingOf(
  events: readonly HistoryEvent[],
  { app, nodes, fromMs, toMs, operations }: Frame,
): Recording {
  const isInside = (ms: number) => fromMs <= ms && ms <= toMs
  const asked = events
    .filter(({ type, operation, tMs }) => type === 'invoke' && operations.includes(operation ?? '') && isInside(tMs))
    .map(({ operation, who, value, tMs }): RecordingEntry => {
      return {
        do: 'operation',
        atMs: tMs - fromMs,
        name: operation!,
        node: who,
        value: value as Record<string, unknown>,
      }
    })
  const faults = [...lastRecords(events).values()].filter(({ requestedMs }) => isInside(requestedMs))
  const broken = faults.flatMap((fault, index): RecordingEntry[] => {
    const { kind, target, options, requestedMs, healRequestedMs } = fault
    const of = { fault: index + 1 }
    return [
      { do: 'inject', atMs: requestedMs - fromMs, ...of, kind: kind as FaultName, target, options },
      ...(healRequestedMs !== null && isInside(healRequestedMs)
        ? [{ do: 'heal', atMs: healRequestedMs - fromMs, ...of } as const]
        : []),
    ]
  })
  const entries = [...asked, ...broken].sort((a, b) => a.atMs - b.atMs)
  return { schemaVersion: 1, app, nodes, durationMs: toMs - fromMs, entries }
}

/** The last record of each fault, by its number. */
export const lastRecords = (events: readonly HistoryEvent[]): ReadonlyMap<number, FaultRecord> =>
  new Map(
    events
      .filter(({ type }) => type === 'fault')
      .map(({ value }) => value as FaultRecord)
      .map((fault) => [fault.id, fault]),
  )
