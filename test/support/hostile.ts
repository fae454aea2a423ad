import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import { WebSocket } from 'ws'

/** One thing that somebody hostile does to a node. */
export type Input =
  | { kind: 'text'; path: string; text: string }
  | { kind: 'bytes'; path: string; bytes: Uint8Array }
  | { kind: 'fragments'; parts: string[] }
  | { kind: 'frame'; bytes: Uint8Array }
  | { kind: 'http'; text: string }
  | { kind: 'upgrade'; path: string; headers: Record<string, string> }
  | { kind: 'post'; path: string; type: string; body: string }
  | { kind: 'poll'; path: string; type: string; body: string }

/** Values that are odd to one layer or another: they look like bytes, cannot be compared, or are too deep to be said again. */
const odd = fc.oneof(
  fc.constantFrom<unknown[]>({ type: 'Buffer', data: [1, 2] }, { 0: 1 }, { toJSON: 1 }, [[]], true, 1e308, -0),
  fc.integer({ min: 100, max: 60_000 }).map(deepList),
)
/** What stands in a message for a list that is so deep that it cannot be encoded here either. */
function deepList(depth: number) {
  return `deep:${depth}`
}
const withDeepLists = (text: string) =>
  text.replace(/"deep:(\d+)"/g, (_, depth: string) => '['.repeat(Number(depth)) + ']'.repeat(Number(depth)))

const topicNames = fc.constantFrom(
  'ping',
  'ping:x',
  'wild:1:2',
  'wild:x',
  'dupe',
  'room:attack',
  'term:1',
  'phoenix',
  '',
  'nowhere',
  '*',
)
const topics = fc.oneof({ weight: 9, arbitrary: topicNames }, { weight: 1, arbitrary: odd })
const eventNames = fc.constantFrom(
  'phx_join',
  'phx_leave',
  'phx_close',
  'phx_error',
  'phx_reply',
  'heartbeat',
  'ping',
  'param_ping',
  'pong',
  'ding',
  'raise',
  'echo',
  'shout',
  'push_list',
  'bin_push',
  'badreturn',
  'exit_kill',
  'stop_error',
  'toString',
  '__proto__',
  'constructor',
)
const events = fc.oneof({ weight: 9, arbitrary: eventNames }, { weight: 1, arbitrary: odd })
const ref = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('1', '2', null, 1, '', {}, []) },
  { weight: 4, arbitrary: fc.string({ maxLength: 8 }) },
  { weight: 1, arbitrary: odd },
)
const payload = fc.oneof(
  fc.constant({}),
  fc.jsonValue({ maxDepth: 3 }),
  fc
    .constantFrom('{"__proto__":{"polluted":true}}', '{"constructor":{"prototype":{}}}')
    .map((text) => JSON.parse(text) as unknown),
  fc.constant('x'.repeat(70_000)),
  odd,
)
const message = fc.tuple(ref, ref, topics, events, payload).map((parts) => withDeepLists(JSON.stringify(parts)))

/** A message with a part of it gone, doubled, or turned into something else. */
const mutated = fc
  .tuple(message, fc.nat(), fc.string({ unit: 'binary', maxLength: 6 }), fc.nat({ max: 12 }))
  .map(([text, at, noise, cut]) => {
    const place = at % (text.length + 1)
    return text.slice(0, place) + noise + text.slice(place + cut)
  })
const paths = fc.constantFrom('/socket', '/tight_socket', '/stats_socket')
const v1Message = fc
  .record({ topic: topics, event: events, payload, ref, join_ref: ref }, { requiredKeys: ['topic', 'event'] })
  .map((message) => withDeepLists(JSON.stringify(message)))

const text = fc.record({
  kind: fc.constant('text' as const),
  path: paths.map((path) => `${path}/websocket?vsn=2.0.0`),
  text: fc.oneof(
    { weight: 5, arbitrary: message },
    { weight: 4, arbitrary: mutated },
    { weight: 2, arbitrary: fc.string({ unit: 'binary' }) },
    { weight: 1, arbitrary: fc.json() },
  ),
})
const v1Text = fc.record({
  kind: fc.constant('text' as const),
  path: paths.map((path) => `${path}/websocket?vsn=1.0.0`),
  text: fc.oneof({ weight: 9, arbitrary: v1Message }, { weight: 1, arbitrary: message }),
})
const bytes = fc.record({
  kind: fc.constant('bytes' as const),
  path: paths.map((path) => `${path}/websocket?vsn=2.0.0`),
  bytes: fc.oneof(
    fc.uint8Array({ maxLength: 64 }),
    fc
      .tuple(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ maxLength: 300 }))
      .map(([sizes, rest]) => Uint8Array.from([0, ...sizes, ...rest])),
  ),
})
const fragments = fc.record({
  kind: fc.constant('fragments' as const),
  parts: fc.array(mutated, { minLength: 2, maxLength: 4 }),
})
/** Anything behind a correct handshake: reserved bits, unknown opcodes, unmasked frames, lengths that lie. */
const frame = fc.record({ kind: fc.constant('frame' as const), bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }) })
const token = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.constant('eyJhbGciOiJub25lIn0.eyJkYXRhIjoxfQ.'),
  fc.tuple(fc.base64String(), fc.base64String(), fc.base64String()).map((parts) => parts.join('.')),
)
const target = fc.oneof(
  fc.webPath(),
  fc.string({ unit: 'grapheme-ascii', maxLength: 40 }).map((rest) => `/${rest.replace(/[\s]/g, '_')}`),
  fc.constantFrom(
    '//',
    '/%',
    '/%zz',
    '/socket/websocket?vsn[]=2',
    '/socket/longpoll?token=%00',
    `/${'a'.repeat(9_000)}`,
    '*',
    'http://[',
    '/../../etc/passwd',
  ),
  token.map((value) => `/auth_socket/websocket?vsn=2.0.0&token=${encodeURIComponent(value)}`),
  token.map((value) => `/socket/longpoll?vsn=2.0.0&token=${encodeURIComponent(value)}`),
)
const http = fc.record({
  kind: fc.constant('http' as const),
  text: fc
    .tuple(fc.constantFrom('GET', 'POST', 'PUT', 'OPTIONS', 'BREW', ''), target, fc.string({ maxLength: 30 }))
    .map(
      ([method, path, header]) =>
        `${method} ${path} HTTP/1.1\r\nhost: x\r\nx-noise: ${header}\r\nconnection: close\r\n\r\n`,
    ),
})
const upgrade = fc.record({
  kind: fc.constant('upgrade' as const),
  path: target,
  headers: fc.constantFrom<Record<string, string>[]>(
    {},
    { origin: 'null' },
    { origin: 'http://evil.example' },
    { 'sec-websocket-version': '8' },
    { 'sec-websocket-key': 'short' },
    { 'sec-websocket-extensions': 'permessage-deflate; server_max_window_bits=99' },
    { 'sec-websocket-protocol': ',,,' },
  ),
})
const post = fc.record({
  kind: fc.constant('post' as const),
  path: token.map((value) => `/socket/longpoll?vsn=2.0.0&token=${encodeURIComponent(value)}`),
  type: fc.constantFrom('application/json', 'application/x-ndjson', 'text/plain', 'nonsense'),
  body: fc.oneof(message, mutated, fc.string()),
})
/** The same with a token that is good: it reaches a session. */
const poll = fc.record({
  kind: fc.constant('poll' as const),
  path: fc.constantFrom('/socket/longpoll?vsn=2.0.0', '/tight_socket/longpoll?vsn=2.0.0'),
  type: fc.constantFrom('application/json', 'application/x-ndjson'),
  body: fc.oneof(
    { weight: 6, arbitrary: message },
    { weight: 1, arbitrary: mutated },
    { weight: 1, arbitrary: fc.base64String() },
    { weight: 2, arbitrary: fc.array(message, { maxLength: 5 }).map((lines) => lines.join('\n')) },
  ),
})

/** Mostly frames, which are what a node reads most of. */
export const inputs: fc.Arbitrary<Input> = fc.oneof(
  { weight: 50, arbitrary: text },
  { weight: 10, arbitrary: v1Text },
  { weight: 15, arbitrary: bytes },
  { weight: 5, arbitrary: fragments },
  { weight: 4, arbitrary: frame },
  { weight: 4, arbitrary: http },
  { weight: 4, arbitrary: upgrade },
  { weight: 3, arbitrary: post },
  { weight: 5, arbitrary: poll },
)

const answerWithinMs = 400

/** Sends hostile inputs to a node, on connections that are made anew as often as the node closes them. */
export function createAttacker(port: number) {
  const sockets = new Map<string, WebSocket>()

  async function socketOf(path: string): Promise<WebSocket> {
    const known = sockets.get(path)
    if (known?.readyState === WebSocket.OPEN) return known
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`)
    socket.on('error', () => {})
    socket.on('message', () => {})
    await once(socket, 'open')
    sockets.set(path, socket)
    return socket
  }

  async function raw(head: string, rest: Uint8Array = new Uint8Array()) {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.on('error', () => {})
    socket.on('data', () => {})
    await once(socket, 'connect')
    socket.write(head)
    if (rest.length > 0) socket.write(rest)
    // Some of these the node rightly waits on; then we are the ones who leave.
    const timer = setTimeout(() => socket.destroy(), answerWithinMs)
    await once(socket, 'close')
    clearTimeout(timer)
  }

  const handshake = (path: string, headers: Record<string, string> = {}) => {
    const all = {
      host: 'x',
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    }
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
    return `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`
  }

  const background = new Set<Promise<unknown>>()
  /** Not one after the other: a connection that is left waiting must not hold up the rest. */
  function later(work: Promise<unknown>) {
    const tracked = work.catch(() => {}).finally(() => background.delete(tracked))
    background.add(tracked)
  }

  async function send(input: Input) {
    if (input.kind === 'text') (await socketOf(input.path)).send(input.text)
    else if (input.kind === 'bytes') (await socketOf(input.path)).send(input.bytes)
    else if (input.kind === 'fragments') await sendFragments(input.parts)
    else if (input.kind === 'frame') later(raw(handshake('/socket/websocket?vsn=2.0.0'), input.bytes))
    else if (input.kind === 'http') later(raw(input.text))
    else if (input.kind === 'upgrade') later(raw(handshake(input.path.replace(/\s/g, '_'), input.headers)))
    else if (input.kind === 'post') later(postTo(input))
    else await pollWith(input)
    while (background.size > 20) await Promise.race(background)
  }

  async function sendFragments(parts: readonly string[]) {
    const socket = await socketOf('/socket/websocket?vsn=2.0.0')
    for (const [index, part] of parts.entries()) socket.send(part, { fin: index === parts.length - 1 })
  }

  const post = (url: string, { type, body }: { type: string; body: string }) =>
    fetch(url, { method: 'POST', headers: { 'content-type': type }, body })

  async function postTo(input: Extract<Input, { kind: 'post' }>) {
    const answer = await post(`http://127.0.0.1:${port}${input.path}`, input)
    await answer.text()
  }

  const polls = new Map<string, string>()

  /** One after the other: a session that a message ended is opened anew. */
  async function pollWith(input: Extract<Input, { kind: 'poll' }>) {
    const { path } = input
    const url = `http://127.0.0.1:${port}${path}`
    const known = polls.get(path) ?? (await statusOf(await fetch(url))).token
    if (!known) throw new Error(`no session at ${path}`)
    polls.set(path, known)
    const withToken = `${url}&token=${encodeURIComponent(known)}`
    const { status } = await statusOf(await post(withToken, input))
    if (status !== 200) polls.delete(path)
    else later(fetch(withToken).then((answer) => answer.text()))
  }

  const statusOf = async (answer: Response) => (await answer.json()) as { status: number; token?: string }

  return {
    send,
    async rest() {
      await Promise.all(background)
    },
    close() {
      for (const socket of sockets.values()) socket.terminate()
    },
  }
}
