import { Socket } from 'phoenix'
import type { Clock } from '../../platform/clock.ts'

/** Official clients on one address, which connect again by themselves. */
export interface Audience {
  connectedCount(): number
  /** Each time that a client connected again: when, and for how long it had no connection, in ms. */
  reconnects(): readonly { atMs: number; gapMs: number }[]
  leave(): void
}

/** Makes this many clients begin to connect. */
export function openAudience(port: number, count: number, clock: Pick<Clock, 'monotonicMs'>): Audience {
  const reconnects: { atMs: number; gapMs: number }[] = []
  const sockets = Array.from({ length: count }, () => {
    const socket = new Socket(`ws://127.0.0.1:${port}/socket`, { heartbeatIntervalMs: 30_000 })
    let lostMs: number | undefined
    socket.onOpen(() => {
      const atMs = clock.monotonicMs()
      if (lostMs !== undefined) reconnects.push({ atMs, gapMs: atMs - lostMs })
      lostMs = undefined
    })
    // Also called for a failed attempt, which does not begin the gap anew.
    socket.onClose(() => {
      lostMs ??= clock.monotonicMs()
    })
    socket.connect()
    return socket
  })
  return {
    connectedCount: () => sockets.filter((one) => one.isConnected()).length,
    reconnects: () => reconnects,
    leave() {
      for (const one of sockets) one.disconnect()
    },
  }
}
