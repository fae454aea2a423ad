import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../platform/clock.ts'
import type { Frame, Serializer } from '../serializers/serializer.ts'
import type { Session } from '../session.ts'
import type { Outlet } from './transport.ts'

/** What a poll is answered with; `messages` are encoded frames as text. */
export interface PollAnswer {
  status: 200 | 204 | 410
  messages: string[]
}

/** A client without a WebSocket: what it is to be told waits here until it asks (CH-19, CH-20). */
export interface PollSession {
  /** Answers with what waits, or with the next message, or with nothing after the window. A newer poll ends an older one. */
  poll(): Promise<PollAnswer>
  /** Takes the frames of one request, in order; false when one cannot be read, which ends the session. */
  publish(frames: readonly Frame[]): boolean
}

interface PollSessionOptions {
  clock: Clock
  serializer: Serializer
  /** How long a poll waits for a message. */
  windowMs: number
  /** Who is not polled for so long after an answer is gone. */
  patienceMs: number
  /** More than this waiting for a client that does not ask: it is cut off. */
  unreadMaxBytes: number
  open(outlet: Outlet): Session
  onEnd(): void
}

/** Opens a session whose frames are fetched by polls. */
export function openPollSession(options: PollSessionOptions): PollSession {
  const { clock, serializer, windowMs, patienceMs, unreadMaxBytes, open, onEnd } = options
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
    // A client of this kind is never read ahead: each of its requests is answered before the next.
    hold: () => {},
    release: () => {},
  }
  const session = open(outlet)
  watchPatience()

  function send(frame: Frame) {
    if (over) return
    const text = typeof frame === 'string' ? frame : frame.toString('utf8')
    queue.push(text)
    queuedBytes += text.length
    if (queuedBytes > unreadMaxBytes) return session.close(1011)
    // Messages of one turn travel in one answer.
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
    if (!over) watchPatience()
    answerNow?.(answer)
  }

  function watchPatience() {
    cancelTimer = clock.after(patienceMs, () => session.close(1000))
  }

  /** The session has ended; what was not fetched is lost, and a waiting poll is told that there is no session any more. */
  function end() {
    if (over) return
    over = true
    cancelTimer()
    onEnd()
    settle({ status: 410, messages: [] })
    cancelTimer()
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
    publish: (frames) => frames.every((frame) => session.receive(frame)),
  }
}

/** The frames in the body of one request: one message, or one for each line, where a line that is no JSON is base64 of bytes. */
export function framesOf(body: string, contentType: string | undefined): Frame[] {
  if (!contentType?.startsWith('application/x-ndjson')) return [body]
  return body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (/^\s*[[{]/.test(line) ? line : Buffer.from(line, 'base64')))
}

const corsHeaders = { 'access-control-allow-origin': '*' }

/** Every answer of a long poll is HTTP 200: the status that matters is in the body. */
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
