import type { HistoryEvent, NewEvent, OperationEnd } from './operation.ts'

export interface RecorderOptions {
  /** Time since the scenario started. */
  elapsedMs(): number
  /** Called for each event as it happens, so that a crash loses nothing. */
  sink(event: HistoryEvent): void
  /** Whether an error means that the operation certainly did not happen. */
  isDefinite(error: unknown): boolean
  /** Whether an error means that the operation was not even attempted; such an error is thrown to the caller. Default: none does. */
  wasNotAttempted?(error: unknown): boolean
}

export type Recorder = ReturnType<typeof createRecorder>

export function createRecorder({ elapsedMs, sink, isDefinite, wasNotAttempted = () => false }: RecorderOptions) {
  const events: HistoryEvent[] = []
  let lastOp = 0

  function record(event: NewEvent): HistoryEvent {
    const full = { index: events.length, tMs: Math.round(elapsedMs()), ...event }
    events.push(full)
    sink(full)
    return full
  }

  /** Records the start of an operation; the returned `end` records its outcome. */
  function begin(who: string, operation: string, value: unknown) {
    lastOp += 1
    const op = lastOp
    record({ who, type: 'invoke', operation, op, value })
    return {
      end: (type: 'ok' | 'failed' | 'unsure', error?: string) =>
        record({ who, type, operation, op, value, ...(error !== undefined && { error }) }),
    }
  }

  return {
    events: events as readonly HistoryEvent[],
    record,
    begin,
    /** Time since the scenario started. */
    nowMs: () => Math.round(elapsedMs()),
    /** Runs an operation, records its invocation and its end, and returns the outcome. */
    async invoke<T>(
      who: string,
      operationName: string,
      value: unknown,
      run: () => Promise<T>,
    ): Promise<OperationEnd<T>> {
      const pending = begin(who, operationName, value)
      try {
        const result = await run()
        pending.end('ok')
        return { kind: 'ok', value: result }
      } catch (error) {
        const kind = isDefinite(error) || wasNotAttempted(error) ? 'failed' : 'unsure'
        const message = error instanceof Error ? error.message : String(error)
        pending.end(kind, message)
        if (wasNotAttempted(error)) throw error
        return { kind, error: message }
      }
    },
  }
}
