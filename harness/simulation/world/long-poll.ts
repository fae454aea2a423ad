import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Endpoint } from '../../../system/channels/index.ts'
import type { Clock } from '../../../system/platform/clock.ts'
import type { Line, LineEvents } from './line.ts'
import type { Machine } from './machine.ts'
import type { Network } from './network.ts'

interface Request {
  method: 'GET' | 'POST'
  body: string
}

interface Answer {
  status: number
  body: string
}

/** HTTP requests for long polls, each on a connection of its own: the real endpoint, with requests and responses of the simulation. */
export function serveLongPolls(network: Network, address: string, machine: Machine, { handle }: Endpoint) {
  return network.listen(address, machine, (end, _from, target) => {
    end.onMessage = (text) => {
      const { method, body } = JSON.parse(text) as Request
      const answered = (answer: Answer) => end.send(JSON.stringify(answer))
      handle(
        requestOf(target, method, body),
        responseTo(() => end.isClosed, answered),
      )
    }
    end.accept()
  })
}

function requestOf(url: string, method: string, body: string): IncomingMessage {
  async function* chunks() {
    yield Buffer.from(body)
  }
  const headers = { 'content-type': 'application/x-ndjson' }
  return { url, method, headers, socket: {}, [Symbol.asyncIterator]: chunks } as unknown as IncomingMessage
}

function responseTo(isGone: () => boolean, answered: (answer: Answer) => void): ServerResponse {
  let status = 200
  const response = {
    headersSent: false,
    get destroyed() {
      return isGone()
    },
    writeHead(code: number) {
      status = code
      response.headersSent = true
      return response
    },
    end(body = '') {
      answered({ status, body })
    },
  }
  return response as unknown as ServerResponse
}

interface LongPollOptions {
  network: Network
  clock: Clock
  from: string
  node: string
  /** Where its polls and messages go, once its session is open. */
  through: string
  /** With its query, such as `/socket?vsn=2.0.0`. */
  path: string
  events: LineEvents
  /** Called whenever a node may have opened a session beside the present one. */
  onSession(): void
  /** Called for each request that goes through another node. */
  onRelayed(): void
  /** Awaited before each poll. */
  beforePoll(): Promise<void>
}

/** Longer than a poll waits. */
const answeredWithinMs = 12_000

/** A session over long polls: one poll waits at a time, and what is sent goes out in its order. */
export function openLongPollLine(options: LongPollOptions) {
  const { network, clock, from, node, through, path, events, onSession, onRelayed, beforePoll } = options
  const outgoing: string[] = []
  let token = ''
  let isOver = false
  let isSending = false

  function close() {
    if (isOver) return
    isOver = true
    events.onClose()
  }

  /** Undefined where nobody answers in time, or the connection breaks. */
  function ask(method: Request['method'], body = ''): Promise<{ status: number; [key: string]: unknown } | undefined> {
    return new Promise((resolve) => {
      const target = `${path.replace('?', '/longpoll?')}&token=${encodeURIComponent(token)}`
      const asked = token === '' ? node : through
      if (asked !== node) onRelayed()
      const end = network.connect(from, `${asked}:poll`, target)
      const finish = (answer?: Answer) => {
        cancel()
        resolve(answer && { status: answer.status, ...(answer.status === 200 && JSON.parse(answer.body)) })
        end.close(1000)
      }
      const cancel = clock.after(answeredWithinMs, () => finish())
      end.onOpen = () => end.send(JSON.stringify({ method, body } satisfies Request))
      end.onMessage = (text) => finish(JSON.parse(text) as Answer)
      end.onClose = () => finish()
    })
  }

  async function poll(line: Line) {
    const opened = await ask('GET')
    if (opened?.status !== 410 || typeof opened.token !== 'string') return close()
    token = opened.token
    events.onOpen(line)
    while (!isOver) {
      await beforePoll()
      if (isOver) return
      const answer = await ask('GET')
      // A node that answers too late for its client may have opened one, too.
      if (answer === undefined || answer.status === 410) onSession()
      if (answer?.status !== 200 && answer?.status !== 204) return close()
      for (const text of (answer.messages ?? []) as string[]) if (!isOver) events.onFrame(text)
    }
  }

  async function sendAll() {
    isSending = true
    while (outgoing.length > 0 && !isOver) {
      const answer = await ask('POST', outgoing.splice(0).join('\n'))
      if (answer?.status !== 200) return close()
    }
    isSending = false
  }

  void poll({
    send(frames) {
      outgoing.push(...frames)
      if (!isSending) void sendAll()
    },
    close,
  })
}
