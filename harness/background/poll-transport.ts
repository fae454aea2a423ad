import { type RawFrame, writeParts } from '../clients/frames.ts'
import { endsSession, type PollAnswer, pollAnswerIn } from '../clients/poll-answer.ts'
import { systemClock } from '../platform/clock.ts'
import { type HttpRequest, sendHttp } from '../platform/http.ts'
import type { Transport, TransportEvents } from './transport.ts'

const requestWithinMs = 20_000

/** Why a session is over: the status that a request was answered, or undefined for one that was not, and how long it had waited. */
class SessionEnd extends Error {
  readonly status: number | undefined
  readonly waitedMs: number

  constructor(status: number | undefined, askedMs: number) {
    super(status === undefined ? 'a long poll was not answered' : `a long poll was answered ${status}`)
    this.status = status
    this.waitedMs = systemClock.monotonicMs() - askedMs
  }
}

/**
 * A session over long polls: one poll waits at a time, and frames go out in batches, one after the other. Once it is open, all requests go to
 * `throughUrl`, which may lead to another node than that of the session (CH-23).
 */
export function openPollTransport(url: string, events: TransportEvents, throughUrl = url): Transport {
  const ending = new AbortController()
  const outgoing: RawFrame[] = []
  let token = ''
  let isSending = false
  let resumed = Promise.resolve()
  let resume = () => {}

  function close(error?: unknown) {
    if (ending.signal.aborted) return
    ending.abort()
    resume()
    if (error instanceof SessionEnd) events.onClose(error.status, error.waitedMs)
    else events.onClose()
  }

  async function request(init: Omit<HttpRequest, 'withinMs'> = {}): Promise<PollAnswer> {
    const askedMs = systemClock.monotonicMs()
    const ended = (status?: number) => new SessionEnd(status, askedMs)
    const { status, text } = await sendHttp(`${token === '' ? url : throughUrl}&token=${token}`, {
      ...init,
      withinMs: requestWithinMs,
      signal: ending.signal,
    }).catch(() => Promise.reject(ended()))
    if (status < 200 || status > 299) throw ended(status)
    const answer = answerIn(text, events)
    // Whoever polls a session that is gone is given another one.
    if (answer.status === 410 && token !== '') events.onSession()
    if (endsSession(answer) && token !== '') throw ended(answer.status)
    return answer
  }

  const post = (body: string) => request({ method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body })

  async function poll() {
    events.onSession()
    const opened = await request()
    if (opened.status !== 410 || opened.token === undefined) throw new Error('no session was opened')
    token = opened.token
    // A session at one node is of no use while the other cannot be reached.
    if (throughUrl !== url) await post(writeParts('2.0.0', [null, '0', 'phoenix', 'heartbeat', {}]) as string)
    events.onOpen()
    while (!ending.signal.aborted) {
      await resumed
      const { messages = [] } = await request()
      for (const text of messages) events.onFrame(text)
    }
  }

  async function sendAll() {
    while (outgoing.length > 0 && !ending.signal.aborted) {
      const body = outgoing.splice(0).map(lineOf).join('\n')
      await post(body)
    }
    isSending = false
  }

  poll().catch(close)
  return {
    send(frame) {
      outgoing.push(frame)
      if (isSending) return
      isSending = true
      // What is sent in one turn goes out in one batch.
      setImmediate(() => void sendAll().catch(close))
    },
    pause() {
      resumed = new Promise((resolve) => {
        resume = resolve
      })
    },
    resume: () => resume(),
    close: () => close(),
  }
}

const lineOf = (frame: RawFrame) => (typeof frame === 'string' ? frame : frame.toString('base64'))

const shownMax = 60

/** Throws when it is no answer of a long poll; a body that is no JSON, or has messages that are no text, is a finding. */
function answerIn(text: string, { onNonsense }: TransportEvents): PollAnswer {
  const answer = pollAnswerIn(text)
  if (answer) return answer
  // A server that is going down, or a proxy, may answer with a page.
  if (text.startsWith('{')) onNonsense('it is not what a long poll answers', JSON.stringify(text.slice(0, shownMax)))
  throw new Error('not the answer of a long poll')
}
