import type { WireClient } from '../harness/index.ts'

const answeredWithinMs = 8_000

/** How a message was answered: with a reply, by the end of the channel, or not in time. */
export type Reply = { status: string; response: unknown } | 'crashed' | 'timeout'

/** Sends messages on one topic and waits for each reply. */
export type Ask = (event: string, payload?: unknown) => Promise<Reply>

export const ok = (response: unknown = {}): Reply => ({ status: 'ok', response })
export const error = (response: unknown = {}): Reply => ({ status: 'error', response })

/** Speaks on one topic of a connection; each `phx_join` begins a new life of the channel, with a join ref of its own. */
export function askOn(wire: WireClient, topic: string): Ask {
  let lastRef = 0
  let joinRef = ''
  return async (event, payload = {}) => {
    lastRef += 1
    const ref = `${topic} ${lastRef}`
    if (event === 'phx_join') joinRef = ref
    wire.send([joinRef, ref, topic, event, payload])
    const frame = await wire
      .receive(`the reply to ${event}`, endOf(topic, joinRef, ref), answeredWithinMs)
      .catch(() => {})
    return frame ? replyIn(frame) : 'timeout'
  }
}

/** A channel that crashes replies to nothing any more: its client is told that it has ended. */
const endOf = (topic: string, joinRef: string, ref: string) => (frame: unknown[]) => {
  const [itsJoinRef, itsRef, itsTopic, event] = frame
  if (event === 'phx_error') return itsTopic === topic && itsJoinRef === joinRef
  return event === 'phx_reply' && itsRef === ref
}

function replyIn([, , , event, payload]: unknown[]): Reply {
  if (event === 'phx_error') return 'crashed'
  const { status, response } = payload as { status: string; response: unknown }
  return { status, response }
}
