import { appendFileSync, closeSync, openSync } from 'node:fs'
import type { Clock } from './clock.ts'

export interface LineWriter {
  /** Throws what an earlier write in the background threw. */
  append(line: string): void
  /** Writes what is left; what is appended after it is no part of the file. */
  close(): void
}

export interface LineWriterOptions {
  file: string
  clock: Pick<Clock, 'monotonicMs' | 'after'>
}

/** Half of what a killed process may lose: the other half is for a timer that comes late. */
const flushAfterMs = 100
const batchChars = 256 * 1024

/**
 * Appends lines to a file in batches. A batch is given to the operating system when it is large enough or 100 ms old, and in one
 * synchronous write: what waits in a thread of this process would be lost with it.
 */
export function openLineWriter({ file, clock }: LineWriterOptions): LineWriter {
  const descriptor = openSync(file, 'a')
  let waiting = ''
  let oldestMs = 0
  let cancelFlush = () => {}
  let failure: unknown
  let isClosed = false

  function flush() {
    cancelFlush()
    const batch = waiting
    waiting = ''
    if (batch !== '') appendFileSync(descriptor, batch)
  }

  function flushLater() {
    oldestMs = clock.monotonicMs()
    cancelFlush = clock.after(flushAfterMs, () => {
      try {
        flush()
      } catch (error) {
        failure ??= error
      }
    })
  }

  return {
    append(line) {
      if (isClosed) return
      if (failure) throw failure
      if (waiting === '') flushLater()
      waiting += `${line}\n`
      // A busy process calls its timers late, and still appends.
      if (waiting.length >= batchChars || clock.monotonicMs() - oldestMs >= flushAfterMs) flush()
    },
    close() {
      isClosed = true
      try {
        flush()
      } finally {
        closeSync(descriptor)
      }
      if (failure) throw failure
    },
  }
}
