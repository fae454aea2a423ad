import type { HistoryEvent, NewEvent, Outcome } from './operation.ts'

export interface RecorderOptions {
  /** Since the scenario began. */
  elapsedMs(): number
  /** Called for each event as it happens, so that a crash loses nothing. */
  sink(event: HistoryEvent): void
  /** Whether an error means that the operation certainly did not happen. */
  isDefinite(error: unknown): boolean
  /** Whether an error is none of the operation's: it could not be tried at all, and whoever asked must hear it. */
  isBeyondIt?(error: unknown): boolean
}

export type Recorder = ReturnType<typeof createRecorder>

export function createRecorder({ elapsedMs, sink, isDefinite, isBeyondIt = () => false }: RecorderOptions) {
  const events: HistoryEvent[] = []
  let lastOp = 0

  function record(event: NewEvent): HistoryEvent {
    const full = { i: events.length, tMs: Math.round(elapsedMs()), ...event }
    events.push(full)
    sink(full)
    return full
  }

  /** The beginning of an operation; its end is told later, at most once. */
  function begin(who: string, f: string, value: unknown) {
    lastOp += 1
    const op = lastOp
    record({ who, type: 'invoke', f, op, value })
    return {
      end: (type: 'ok' | 'failed' | 'unsure', error?: string) =>
        record({ who, type, f, op, value, ...(error !== undefined && { error }) }),
    }
  }

  return {
    events: events as readonly HistoryEvent[],
    record,
    begin,
    /** Runs an operation between its invocation and its end, and says how it ended. */
    async invoke<T>(who: string, f: string, value: unknown, run: () => Promise<T>): Promise<Outcome<T>> {
      const operation = begin(who, f, value)
      try {
        const result = await run()
        operation.end('ok')
        return { kind: 'ok', value: result }
      } catch (error) {
        const kind = isDefinite(error) || isBeyondIt(error) ? 'failed' : 'unsure'
        const message = error instanceof Error ? error.message : String(error)
        operation.end(kind, message)
        if (isBeyondIt(error)) throw error
        return { kind, error: message }
      }
    },
  }
}
