import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../platform/clock.ts'
import type { Frame, Serializer } from '../serializers/serializer.ts'
import type { Session } from '../session.ts'
import type { Outlet } from './transport.ts'

/** The response to a poll; `messages` are encoded frames as text. */
export interface PollAnswer {
  status: 200 | 204 | 410
  messages: string[]
}

/** The connection of a client without a WebSocket: messages to it are queued until it polls (CH-19, CH-20). */
export interface PollSession {
  /** Resolves with the queued messages, with the next one, or with none after the window. Ends an older poll. */
  poll(): Promise<PollAnswer>
  /** Ends a waiting poll without a message; its session goes on. */
  endPoll(): void
  /** Handles the frames of one request in order; returns false if one is malformed, which ends the session. */
  publish(frames: readonly Frame[]): boolean
  /** What waits for its client's next poll. */
  readonly unreadBytes: number
}

interface PollSessionOptions {
  clock: Clock
  serializer: Serializer
  /** How long a poll waits for a message. */
  windowMs: number
  /** The session ends when the client does not poll for this time after a response. */
  idleTimeoutMs: number
  /** The session ends when more than this is queued for a client that does not poll. */
  sendBufferMaxBytes: number
  open(outlet: Outlet): Session
  onEnd(): void
}

/** Opens a session whose frames are fetched by polls. */
export function openPollSession(options: PollSessionOptions): PollSession {
  const { clock, serializer, windowMs, idleTimeoutMs, sendBufferMaxBytes, open, onEnd } = options
  const queue: string[] = []
  let queuedBytes = 0
  let over = false
  let answerPoll: ((answer: PollAnswer) => void) | undefined
  let cancelTimer = () => {}

  const outlet: Outlet = {
    send,
    deliver: (broadcast) => send(broadcast.encoded(serializer)),
    end,
    drop: end,
    // Nothing to pause: a client sends its next request when it has the response to the one before.
    pause: () => {},
    resume: () => {},
  }
  const session = open(outlet)
  startIdleTimer()

  function send(frame: Frame) {
    if (over) return
    const text = typeof frame === 'string' ? frame : frame.toString('utf8')
    queue.push(text)
    queuedBytes += text.length
    if (queuedBytes > sendBufferMaxBytes) return session.close(1011)
    // Messages of one turn of the event loop go out in one response.
    if (answerPoll && queue.length === 1) queueMicrotask(deliver)
  }

  function deliver() {
    if (!answerPoll || queue.length === 0) return
    queuedBytes = 0
    settle({ status: 200, messages: queue.splice(0) })
  }

  function settle(answer: PollAnswer) {
    const answerNow = answerPoll
    answerPoll = undefined
    cancelTimer()
    if (!over) startIdleTimer()
    answerNow?.(answer)
  }

  function startIdleTimer() {
    cancelTimer = clock.after(idleTimeoutMs, () => session.close(1000))
  }

  /** Ends the session: drops what is queued, and ends a waiting poll with 410. */
  function end() {
    over = true
    onEnd()
    settle({ status: 410, messages: [] })
  }

  return {
    poll() {
      settle({ status: 204, messages: [] })
      return new Promise((resolve) => {
        cancelTimer()
        answerPoll = resolve
        cancelTimer = clock.after(windowMs, () => settle({ status: 204, messages: [] }))
        deliver()
      })
    },
    endPoll() {
      if (answerPoll) settle({ status: 204, messages: [] })
    },
    publish: (frames) => frames.every((frame) => session.receive(frame)),
    get unreadBytes() {
      return queuedBytes
    },
  }
}

/** The frames in the body of one request: a single message, or NDJSON with one per line, where a line that is not JSON is base64. */
export function framesOf(body: string, contentType: string | undefined): Frame[] {
  if (!contentType?.startsWith('application/x-ndjson')) return [body]
  return body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (/^\s*[[{]/.test(line) ? line : Buffer.from(line, 'base64')))
}

const corsHeaders = { 'access-control-allow-origin': '*' }

/** Every response to a long poll is HTTP 200: the body holds the actual status. */
export function answerJson(response: ServerResponse, body: object) {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', ...corsHeaders })
  response.end(JSON.stringify(body))
}

export function answerOptions(request: IncomingMessage, response: ServerResponse) {
  response.writeHead(200, {
    ...corsHeaders,
    'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '',
    'access-control-allow-methods': 'get, post, options',
    'access-control-max-age': '3600',
  })
  response.end()
}

export function answerBadRequest(response: ServerResponse) {
  response.writeHead(400, corsHeaders).end()
}

export class BodyTooLarge extends Error {}

/** Reads a body; throws BodyTooLarge beyond `maxBytes`. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length
    if (bytes > maxBytes) throw new BodyTooLarge()
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString()
}
