import type { Load } from './client.ts'
import type { Wire } from './wire.ts'

/** Resolves when every requested message has arrived, after `stopped` returned true. */
type Traffic = (stopped: () => boolean) => Promise<number>

/**
 * Broadcasts to everyone in the room, with `inFlight` messages in flight: the next client sends when as many frames as there are
 * members have arrived.
 */
export const shouting =
  (load: Load, wire: Wire, inFlight: number): Traffic =>
  (stopped) =>
    new Promise((resolve) => {
      let arrived = 0
      let sent = 0
      let speaker = 0
      const speak = () => {
        sent += 1
        speaker = (speaker + 1) % load.size
        load.write(speaker, wire.shout)
      }
      load.onFrames((_connection, frames) => {
        arrived += frames
        while (!stopped() && (sent - inFlight + 1) * load.size <= arrived) speak()
        if (arrived >= sent * load.size) {
          load.onFrames(undefined)
          resolve(arrived)
        }
      })
      for (let n = 0; n < inFlight; n += 1) speak()
    })

/** Every connection sends a request, waits for the reply, and repeats. */
export const asking =
  (load: Load, question: Buffer): Traffic =>
  (stopped) =>
    new Promise((resolve) => {
      let answered = 0
      let open = load.size
      load.onFrames((connection, frames) => {
        answered += frames
        if (!stopped()) return load.write(connection, question)
        open -= 1
        if (open > 0) return
        load.onFrames(undefined)
        resolve(answered)
      })
      for (let connection = 0; connection < load.size; connection += 1) load.write(connection, question)
    })
