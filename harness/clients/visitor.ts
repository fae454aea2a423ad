import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import { answerTo, secretOf } from '../history/marks.ts'
import type { Recorder } from '../history/recorder.ts'
import { jsonIn } from '../platform/json.ts'
import { until } from '../platform/until.ts'

/**
 * Somebody who tries doors: requests and connections straight to a node, with whatever headers. All that comes back is recorded by its
 * marks, so that a checker finds what belongs to somebody else.
 */
export interface Visitor {
  readonly name: string
  /** One request. Rejects when there is no answer in time. */
  request(url: string, options?: RequestOptions): Promise<HttpAnswer>
  /** Returns the status of a WebSocket handshake, which is 101 when it is let in, and hangs up. */
  knock(url: string, headers?: Record<string, string>): Promise<number>
  /** Opens a WebSocket. Rejects when it is refused. */
  connect(url: string, headers?: Record<string, string>): Promise<Conversation>
  /** Says that a text is a secret of this visitor. */
  owns(kind: string, text: string): void
  /** Hangs up all connections. */
  leave(): void
}

export interface RequestOptions {
  method?: string
  headers?: Record<string, string>
  body?: string
  /** The address of this machine that the request comes from. */
  from?: string
}

export interface HttpAnswer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

export interface PushOptions {
  /** Default: null. */
  joinRef?: unknown
  ref?: unknown
}

export interface Reply {
  status: string
  response: unknown
}

/** One WebSocket in the frames of version 2. */
export interface Conversation {
  send(topic: string, event: string, payload?: unknown, options?: PushOptions): void
  /** Sends with a ref of its own and waits for the reply to it. */
  ask(topic: string, event: string, payload?: unknown, options?: PushOptions): Promise<Reply>
  /** The frames so far. */
  frames(): readonly unknown[][]
  /** Waits for a frame that fits. */
  receive(what: string, fits: (frame: unknown[]) => boolean): Promise<unknown[]>
  isOpen(): boolean
  close(): void
}

const answeredWithinMs = 15_000

export interface VisitorOptions {
  name: string
  recorder: Pick<Recorder, 'record'>
  /** May be given what belongs to others, as those who run a shop: then nothing that comes back is recorded. */
  mayKnowAll?: boolean
}

export function createVisitor({ name, recorder, mayKnowAll = false }: VisitorOptions): Visitor {
  const open: Conversation[] = []
  const given = (where: string, text: string) => {
    if (!mayKnowAll) recorder.record(answerTo(name, where, text))
  }

  return {
    name,
    async request(url, options = {}) {
      const answer = await sendRequest(url, options)
      const { pathname, port } = new URL(url)
      given(
        `the answer to ${options.method ?? 'GET'} ${pathname} at port ${port}`,
        `${JSON.stringify(answer.headers)} ${answer.body}`,
      )
      return answer
    },
    async knock(url, headers = {}) {
      return (await sendRequest(url, { headers: { ...upgradeHeaders, ...headers } })).status
    },
    async connect(url, headers = {}) {
      const where = `a frame of ${new URL(url).pathname}`
      const conversation = await openConversation(url.replace(/^http/, 'ws'), headers, (text) => given(where, text))
      open.push(conversation)
      return conversation
    },
    owns: (kind, text) => void recorder.record(secretOf(name, kind, text)),
    leave() {
      for (const one of open.splice(0)) one.close()
    },
  }
}

const upgradeHeaders = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'c3F1YWxsIHNxdWFsbCBzcQ==',
}

function sendRequest(url: string, { method = 'GET', headers = {}, body, from }: RequestOptions): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, {
      method,
      headers,
      agent: false,
      signal: AbortSignal.timeout(answeredWithinMs),
      ...(from && { localAddress: from }),
    })
    request.on('error', reject)
    request.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: '' })
    })
    request.on('response', (response) => read(response).then(resolve, reject))
    request.end(body)
  })
}

async function read(response: IncomingMessage): Promise<HttpAnswer> {
  let body = ''
  for await (const chunk of response.setEncoding('utf8')) body += chunk
  return { status: response.statusCode ?? 0, headers: response.headers, body }
}

async function openConversation(
  url: string,
  headers: Record<string, string>,
  given: (text: string) => void,
): Promise<Conversation> {
  const socket = new WebSocket(url, { headers, handshakeTimeout: answeredWithinMs })
  const frames: unknown[][] = []
  let lastRef = 0
  socket.on('message', (data) => {
    given(String(data))
    frames.push(frameOf(String(data)))
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.on('error', reject)
  })

  const receive = (what: string, fits: (frame: unknown[]) => boolean) =>
    until(() => frames.find(fits) ?? (socket.readyState === WebSocket.CLOSED ? [] : undefined), {
      what,
      withinMs: answeredWithinMs,
      everyMs: 5,
    }) as Promise<unknown[]>

  const send: Conversation['send'] = (topic, event, payload = {}, { joinRef = null, ref = null } = {}) =>
    socket.send(JSON.stringify([joinRef, ref, topic, event, payload]))

  return {
    send,
    async ask(topic, event, payload = {}, { joinRef = null, ref } = {}) {
      lastRef += 1
      const own = ref ?? `ask-${lastRef}`
      send(topic, event, payload, { joinRef, ref: own })
      const isReply = ([, replied, , kind]: unknown[]) => replied === own && kind === 'phx_reply'
      const [, , , , reply] = await receive(`a reply to ${event} on ${topic}`, isReply)
      if (reply === undefined) throw new Error(`the connection ended before the reply to ${event} on ${topic}`)
      return reply as Reply
    },
    frames: () => frames,
    receive,
    isOpen: () => socket.readyState === WebSocket.OPEN,
    close: () => socket.terminate(),
  }
}

/** What is no frame is shown as one of a single text. */
function frameOf(text: string): unknown[] {
  const frame = jsonIn(text)
  return Array.isArray(frame) ? frame : [text]
}
