import type { Clock } from '../platform/clock.ts'

export type Delays = ReturnType<typeof createDelays>

/** Handlers that were made slow on purpose, by name (FI-11). */
export function createDelays(clock: Pick<Clock, 'sleep'>) {
  const delaysMs = new Map<string, number>()
  const beforeHandle = (handler: string) => {
    const delayMs = delaysMs.get(handler)
    return delayMs ? clock.sleep(delayMs) : undefined
  }
  return {
    /** 0 makes the handler as fast as it was. */
    set: (handler: string, delayMs: number) =>
      void (delayMs === 0 ? delaysMs.delete(handler) : delaysMs.set(handler, delayMs)),
    beforeHandle,
    /** The same for channels. Names are built only while a handler is slow. */
    beforeChannel: (channel: string, event: string) =>
      delaysMs.size > 0 ? beforeHandle(`${channel}.${event}`) : undefined,
  }
}
