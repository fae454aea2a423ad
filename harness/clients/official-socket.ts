import { Socket } from 'phoenix'
import { awakeMs } from '../platform/awake.ts'
import { systemClock } from '../platform/clock.ts'
import { clientHeartbeatMs } from '../timing.ts'

type Options = NonNullable<ConstructorParameters<typeof Socket>[1]>

/** What the official client does about its heartbeats; its types do not name it. */
interface Heartbeats {
  /** Of the heartbeat that was not answered yet. */
  pendingHeartbeatRef: string | null
  sendHeartbeat(): void
  heartbeatTimeout(): void
}

/**
 * Returns an official client of this process, not connected yet. It gives a connection up when its heartbeat is not answered in the time for
 * which this process was awake: timers that are due after a stall come before the answers that wait to be read.
 */
export function createOfficialSocket(url: string, options: Options, ownAwakeMs = awakeMs): Socket {
  const socket = new Socket(url, { ...options, heartbeatIntervalMs: clientHeartbeatMs })
  const beats = socket as unknown as Heartbeats
  const [send, giveUp] = [beats.sendHeartbeat.bind(socket), beats.heartbeatTimeout.bind(socket)]
  let sentAwakeMs = 0
  beats.sendHeartbeat = () => {
    sentAwakeMs = ownAwakeMs()
    send()
  }
  beats.heartbeatTimeout = () => {
    const { pendingHeartbeatRef } = beats
    const leftMs = clientHeartbeatMs - (ownAwakeMs() - sentAwakeMs)
    if (leftMs < timerNoiseMs) return giveUp()
    systemClock.after(leftMs, () => {
      if (pendingHeartbeatRef === beats.pendingHeartbeatRef) beats.heartbeatTimeout()
    })
  }
  return socket
}

/** A timer may come this much earlier than it is due. */
const timerNoiseMs = 2
