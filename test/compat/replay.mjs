#!/usr/bin/env node
// Replays recorded wire conversations against a running server and compares what comes back.
//   node replay.mjs --base http://127.0.0.1:4000 [--dir DIR] [--only GLOB[,GLOB]] [--start CMD] [--jobs N] [--slow F] [--json]
// No dependencies: it speaks HTTP and WebSocket over plain TCP sockets, so that malformed and fragmented frames can be sent as
// they are. The transcript format is described in README.md.
import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import zlib from 'node:zlib'

const EXPECT_MS = 5000 // how long a frame may take
const BRANCH_MS = 2000 // how long a frame may take inside alternatives
const SETTLE_MS = 60 // pause at the end of a transcript, to notice surplus frames
const COOLDOWN_MS = 150 // pause after closing, before another transcript may use the same topics

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

class Mismatch extends Error {}

// ---------------------------------------------------------------- values: placeholders, matchers, comparison

/** Replaces {{...}} in outgoing text. `encode` is applied to run-time values (URL-encoding inside paths). */
async function fill(text, run, encode = (s) => s) {
  const out = []
  let last = 0
  for (const m of text.matchAll(/\{\{([a-z_]+)(?::([^}]*))?\}\}/g)) {
    out.push(text.slice(last, m.index), await placeholder(m[1], m[2], run, encode))
    last = m.index + m[0].length
  }
  return out.join('') + text.slice(last)
}

async function placeholder(kind, arg, run, encode) {
  if (kind === 'token') return encode(await run.token(arg))
  if (kind === 'var') {
    if (!run.vars.has(arg)) throw new Mismatch(`nothing was captured under the name ${arg}`)
    return encode(run.vars.get(arg))
  }
  if (kind === 'repeat') return repeated(arg)
  if (kind === 'host') return run.base.host
  if (kind === 'port') return run.base.port
  throw new Error(`unknown placeholder {{${kind}}}`)
}

function repeated(arg) {
  const [unit, count] = arg.split(':')
  return unit.repeat(Number(count))
}

/** Compares an expected value with an actual one; throws Mismatch. Object key order is irrelevant, array order is not. */
function compare(expected, actual, vars, at = '') {
  const fail = (why) => {
    throw new Mismatch(`${why}${at ? ` at ${at}` : ''}`)
  }
  if (typeof expected === 'string') return compareString(expected, actual, vars, fail)
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) fail('not an array')
    if (actual.length !== expected.length) fail(`${actual.length} elements instead of ${expected.length}`)
    expected.forEach((item, i) => compare(item, actual[i], vars, `${at}[${i}]`))
    return
  }
  if (expected !== null && typeof expected === 'object') {
    const special = Object.keys(expected).find((k) => k.startsWith('$'))
    if (special) return compareSpecial(special, expected[special], actual, vars, at, fail)
    if (actual === null || typeof actual !== 'object' || Array.isArray(actual)) fail('not an object')
    for (const k of Object.keys(expected)) {
      if (!Object.hasOwn(actual, k)) fail(`key "${k}" is missing`)
      compare(expected[k], actual[k], vars, `${at}.${k}`)
    }
    for (const k of Object.keys(actual)) if (!Object.hasOwn(expected, k)) fail(`key "${k}" is too much`)
    return
  }
  if (expected !== actual) fail('different value') // -0 and 0 are equal on purpose
}

function compareString(expected, actual, vars, fail) {
  const m = /^\{\{([a-z_]+)(?::([^}]*))?\}\}$/.exec(expected)
  if (!m) {
    if (actual !== expected.replace(/\{\{repeat:([^}]*)\}\}/g, (_, arg) => repeated(arg))) fail('different value')
    return
  }
  const [, kind, arg] = m
  if (kind === 'any') return
  if (kind === 'repeat') return actual === repeated(arg) ? undefined : fail('different value')
  if (typeof actual !== 'string' || actual === '') fail('not a non-empty string')
  if (kind === 'string') return
  if (kind === 'contains') return actual.includes(arg) ? undefined : fail(`does not contain "${arg}"`)
  if (kind === 'capture') return void vars.set(arg, actual)
  if (kind === 'phx_ref') return bindRef(`phx_ref:${arg}`, actual, vars, fail)
  throw new Error(`unknown matcher ${expected}`)
}

/** One name stands for one value during the transcript, and two names never for the same value. */
function bindRef(name, actual, vars, fail) {
  if (vars.has(name)) return vars.get(name) === actual ? undefined : fail(`${name} was ${vars.get(name)} before`)
  for (const [other, value] of vars)
    if (other.startsWith('phx_ref:') && value === actual) fail(`same value as ${other}`)
  vars.set(name, actual)
}

function compareSpecial(kind, arg, actual, vars, at, fail) {
  if (kind === '$oneOf') {
    if (!arg.some((option) => attempt(() => compare(option, actual, vars, at)))) fail('none of the accepted values')
  } else if (kind === '$json') {
    if (typeof actual !== 'string') fail('not a string that holds JSON')
    compare(arg, parseJson(actual), vars, `${at}(json)`)
  } else throw new Error(`unknown matcher ${kind}`)
}

function attempt(f) {
  try {
    f()
    return true
  } catch (e) {
    if (e instanceof Mismatch) return false
    throw e
  }
}

function parseJson(text) {
  try {
    return JSON.parse(text)
  } catch {
    throw new Mismatch(`not JSON: ${short(text)}`)
  }
}

const short = (x) => {
  const s = typeof x === 'string' ? x : JSON.stringify(x)
  return s === undefined ? String(x) : s.length > 300 ? `${s.slice(0, 280)}... (${s.length} characters)` : s
}

// ---------------------------------------------------------------- a WebSocket client on a bare TCP socket

/** A masked client frame. */
function clientFrame(opcode, payload, { fin = true, compressed = false } = {}) {
  const n = payload.length
  const head = [(fin ? 0x80 : 0) | (compressed ? 0x40 : 0) | opcode]
  if (n < 126) head.push(0x80 | n)
  else if (n < 65536) head.push(0x80 | 126, n >> 8, n & 255)
  else head.push(0x80 | 127, 0, 0, 0, 0, (n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255)
  const mask = randomBytes(4)
  const body = Buffer.from(payload)
  for (let i = 0; i < n; i++) body[i] ^= mask[i & 3]
  return Buffer.concat([Buffer.from(head), mask, body])
}

/** The body of an HTTP answer as text, or null while parts of it are missing. */
function completeBody(headers, bytes) {
  if (/chunked/i.test(headers['transfer-encoding'] ?? '')) return joinChunks(bytes)
  const length = Number(headers['content-length'] ?? bytes.length)
  return bytes.length < length ? null : bytes.subarray(0, length).toString('utf8')
}

function joinChunks(bytes) {
  const parts = []
  for (let i = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', i)
    if (lineEnd < 0) return null
    const size = Number.parseInt(bytes.subarray(i, lineEnd).toString('latin1'), 16)
    if (size === 0) return Buffer.concat(parts).toString('utf8')
    i = lineEnd + 2 + size + 2
    if (bytes.length < i) return null
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size))
  }
}

/** One connection. Everything received becomes an event in `events`; expectations read them through a cursor. */
class Connection {
  constructor(name) {
    Object.assign(this, { name, events: [], cursor: 0, wakers: new Set(), buffer: Buffer.alloc(0), head: null })
    Object.assign(this, {
      closed: false,
      closeSeen: false,
      closeSent: false,
      fragments: null,
      deflated: [],
      deflate: false,
    })
    this.response = new Promise((resolve) => (this.gotResponse = resolve))
  }

  open(base, request, firstBytes) {
    this.socket = net.connect(Number(base.port || 80), base.hostname)
    this.socket.setNoDelay(true)
    this.socket.on('connect', () => this.socket.write(Buffer.concat([Buffer.from(request, 'latin1'), firstBytes])))
    this.socket.on('data', (d) => {
      this.buffer = this.buffer.length ? Buffer.concat([this.buffer, d]) : d
      this.read()
    })
    this.socket.on('error', (e) => (this.error = e))
    this.socket.on('close', () => this.onTcpClose())
    return this.response
  }

  onTcpClose() {
    this.closed = true
    this.gotResponse({
      error: this.error ? (this.error.code ?? this.error.message) : 'connection closed without an HTTP response',
    })
    if (!this.closeSeen && this.head?.status === 101) this.emit({ type: 'close', code: 1006, reason: '' })
    this.wake()
  }

  emit(event) {
    this.events.push({ ...event, at: Date.now() })
    this.wake()
  }

  wake() {
    for (const w of [...this.wakers]) w()
  }

  read() {
    try {
      if (!this.head && !this.readHead()) return
      if (this.head.status === 101) while (!this.closeSeen && this.readFrame());
    } catch (e) {
      this.emit({ type: 'broken', why: `unreadable bytes from the server: ${e.message}` })
      this.socket.destroy()
    }
  }

  readHead() {
    const end = this.buffer.indexOf('\r\n\r\n')
    if (end < 0) return false
    const [statusLine, ...lines] = this.buffer.subarray(0, end).toString('latin1').split('\r\n')
    const headers = {}
    for (const line of lines)
      headers[line.slice(0, line.indexOf(':')).trim().toLowerCase()] = line.slice(line.indexOf(':') + 1).trim()
    const status = Number(statusLine.split(' ')[1])
    const rest = this.buffer.subarray(end + 4)
    if (status !== 101) {
      const body = completeBody(headers, rest)
      if (body === null) return false
      this.head = { status, headers, body }
      this.socket.destroy()
    } else {
      this.head = { status, headers, body: '' }
      this.deflate = /permessage-deflate/i.test(headers['sec-websocket-extensions'] ?? '')
      this.buffer = rest
    }
    this.gotResponse(this.head)
    return true
  }

  readFrame() {
    const b = this.buffer
    if (b.length < 2) return false
    let length = b[1] & 127
    let offset = 2
    if (length === 126) {
      if (b.length < 4) return false
      length = b.readUInt16BE(2)
      offset = 4
    } else if (length === 127) {
      if (b.length < 10) return false
      length = Number(b.readBigUInt64BE(2))
      offset = 10
    }
    if (b.length < offset + length) return false
    this.buffer = b.subarray(offset + length)
    this.onFrame(b[0], b[1] & 0x80, b.subarray(offset, offset + length))
    return true
  }

  onFrame(first, masked, payload) {
    const opcode = first & 15
    const fin = first & 0x80
    if (masked) return this.emit({ type: 'broken', why: 'the server masked a frame' })
    if (opcode === 9) return this.write(clientFrame(10, payload)) // a server ping is answered and otherwise not compared
    if (opcode === 10) return this.emit({ type: 'pong', hex: payload.toString('hex') })
    if (opcode === 8) return this.onClose(payload)
    if (opcode === 0 && !this.fragments) return this.emit({ type: 'broken', why: 'continuation without a start' })
    if (opcode !== 0) this.fragments = { opcode, compressed: first & 0x40, parts: [] }
    this.fragments.parts.push(payload)
    if (!fin) return
    const { opcode: kind, compressed, parts } = this.fragments
    this.fragments = null
    const data = compressed ? this.inflate(Buffer.concat(parts)) : Buffer.concat(parts)
    this.emit(
      kind === 1 ? { type: 'text', text: data.toString('utf8') } : { type: 'binary', hex: data.toString('hex') },
    )
  }

  /** The decompression window may reach back over earlier messages, so all of them are inflated again. */
  inflate(data) {
    const options = { finishFlush: zlib.constants.Z_SYNC_FLUSH }
    const before = this.deflated.length ? zlib.inflateRawSync(Buffer.concat(this.deflated), options).length : 0
    this.deflated.push(data, Buffer.from([0, 0, 255, 255]))
    return zlib.inflateRawSync(Buffer.concat(this.deflated), options).subarray(before)
  }

  onClose(payload) {
    this.closeSeen = true
    this.emit({
      type: 'close',
      code: payload.length >= 2 ? payload.readUInt16BE(0) : 1005,
      reason: payload.subarray(2).toString('utf8'),
    })
    if (!this.closeSent) this.write(clientFrame(8, payload.subarray(0, 2)))
  }

  write(bytes) {
    if (this.socket && !this.socket.destroyed) this.socket.write(bytes)
  }

  sendText(text) {
    const data = Buffer.from(text)
    if (!this.deflate) return this.write(clientFrame(1, data))
    const packed = zlib.deflateRawSync(data, { finishFlush: zlib.constants.Z_SYNC_FLUSH })
    this.write(clientFrame(1, packed.subarray(0, packed.length - 4), { compressed: true }))
  }

  sendClose(code, reason = '') {
    this.closeSent = true
    const head = code === undefined ? Buffer.alloc(0) : Buffer.from([code >> 8, code & 255])
    this.write(clientFrame(8, Buffer.concat([head, Buffer.from(code === undefined ? '' : reason)])))
  }

  /** Resolves when `test()` is true or the time is over. */
  async until(test, ms) {
    const deadline = Date.now() + ms
    while (!test() && Date.now() < deadline) {
      await new Promise((resolve) => {
        const timer = setTimeout(done, Math.max(1, deadline - Date.now()))
        const wakers = this.wakers
        function done() {
          clearTimeout(timer)
          wakers.delete(done)
          resolve()
        }
        wakers.add(done)
      })
    }
    return test()
  }
}

/** Where an expectation reads: the real cursors, or a private copy while alternatives are being tried. */
class Reader {
  constructor(run, vars, cursors = null, patienceMs = EXPECT_MS) {
    Object.assign(this, { run, vars, cursors, patienceMs })
  }
  at(conn) {
    return this.cursors ? (this.cursors.get(conn) ?? conn.cursor) : conn.cursor
  }
  move(conn, to) {
    if (this.cursors) this.cursors.set(conn, to)
    else conn.cursor = to
  }
  async next(conn, ms = this.patienceMs) {
    const i = this.at(conn)
    if (!(await conn.until(() => conn.events.length > i, ms * this.run.slow))) return null
    this.move(conn, i + 1)
    return conn.events[i]
  }
}

const describe = (event) => {
  if (!event) return 'nothing'
  if (event.type === 'text') return `text ${short(event.text)}`
  if (event.type === 'binary') return `binary ${short(event.hex)}`
  if (event.type === 'close') return `close ${event.code}${event.reason ? ` "${event.reason}"` : ''}`
  return short({ ...event, at: undefined })
}

// ---------------------------------------------------------------- HTTP

function request(base, { method, path, headers, body }, timeoutMs) {
  return new Promise((resolve) => {
    const req = http.request(
      {
        host: base.hostname,
        port: base.port,
        path,
        method,
        agent: false,
        timeout: timeoutMs,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
      },
      (res) => {
        const parts = []
        res.on('data', (d) => parts.push(d))
        res.on('end', () =>
          resolve({ status: res.statusCode, headers: res.headers, body: Buffer.concat(parts).toString('utf8') }),
        )
        res.on('error', (e) => resolve({ error: e.code ?? e.message }))
      },
    )
    req.on('timeout', () => req.destroy(new Error('no response in time')))
    req.on('error', (e) => resolve({ error: e.code ?? e.message }))
    req.end(body)
  })
}

function compareResponse(expected, got, vars) {
  if (got.error) throw new Mismatch(`expected status ${short(expected.status)}, got no response (${got.error})`)
  const statuses = [expected.status].flat()
  if (!statuses.includes(got.status))
    throw new Mismatch(`expected status ${statuses.join(' or ')}, got ${got.status} ${short(got.body)}`)
  for (const [name, value] of Object.entries(expected.headers ?? {})) {
    const actual = got.headers[name]
    if (actual === undefined || !actual.toLowerCase().startsWith(value.toLowerCase()))
      throw new Mismatch(`expected header ${name}: ${value}, got ${actual}`)
  }
  for (const name of expected.absentHeaders ?? [])
    if (got.headers[name] !== undefined) throw new Mismatch(`expected no header ${name}, got ${got.headers[name]}`)
  if (expected.text !== undefined && got.body !== expected.text)
    throw new Mismatch(`expected body ${short(expected.text)}, got ${short(got.body)}`)
  if (expected.json !== undefined) {
    const actual = parseJson(got.body)
    explain(expected.json, got.body, () => compare(expected.json, actual, vars))
  }
}

/** Adds "expected ..., got ..." to a mismatch. */
function explain(expected, got, f) {
  try {
    return f()
  } catch (e) {
    if (e instanceof Mismatch) throw new Mismatch(`expected ${short(expected)}, got ${short(got)} (${e.message})`)
    throw e
  }
}

// ---------------------------------------------------------------- one transcript

class Run {
  constructor(transcript, base, slow) {
    Object.assign(this, {
      transcript,
      base,
      slow,
      vars: new Map(),
      conns: new Map(),
      marks: new Map(),
      background: new Map(),
    })
    Object.assign(this, { chosen: new Set(), refused: new Set(), tokens: new Map(), server: null })
    this.reader = new Reader(this, this.vars)
  }

  async token(query) {
    if (!this.tokens.has(query)) {
      const got = await request(
        this.base,
        { method: 'GET', path: `/token?${query.includes('=') ? query : `id=${query}`}` },
        5000,
      )
      const token = got.status === 200 ? parseJson(got.body).token : undefined
      if (typeof token !== 'string') throw new Mismatch(`GET /token gave no token: ${short(got.error ?? got.body)}`)
      this.tokens.set(query, token)
    }
    return this.tokens.get(query)
  }

  async play() {
    let index = 0
    try {
      for (const step of this.transcript.steps) {
        index++
        await this.step(step, this.reader)
      }
      index = 0
      await sleep(SETTLE_MS)
      this.nothingLeft()
      return { ok: true }
    } catch (e) {
      if (!(e instanceof Mismatch)) throw e
      const step = this.transcript.steps[index - 1]
      return {
        ok: false,
        step: index || null,
        action: step ? actionOf(step) : 'end',
        conn: step?.conn ?? null,
        message: e.message,
      }
    } finally {
      for (const c of this.conns.values()) c.socket?.destroy()
      await this.server?.stop()
    }
  }

  nothingLeft() {
    for (const c of this.conns.values()) {
      const extra = c.ignored ? undefined : c.events[c.cursor]
      if (extra && !(extra.type === 'close' && c.ended))
        throw new Mismatch(`expected nothing more on connection ${c.name}, got ${describe(extra)}`)
    }
  }

  conn(step) {
    const c = this.conns.get(step.conn ?? 'a')
    if (!c) throw new Error(`${this.transcript.name}: no connection ${step.conn ?? 'a'}`)
    return c
  }

  async step(s, reader) {
    if (s.connect) await this.connect(s)
    else if (s.http) await this.http(s)
    else if (s.awaitHttp) await this.judge(s, await this.background.get(s.awaitHttp))
    else if (s.ignoreRest) this.conn(s).ignored = true
    else if (s.mark) this.marks.set(s.mark, Date.now())
    else if (s.sleep) await sleep(s.sleep)
    else if (s.anyOf) await this.anyOf(s, reader)
    else if (s.when) {
      if (this.chosen.has(s.when)) for (const inner of s.steps) await this.step(inner, reader)
    } else if (s.signal) this.server.signal(s.signal)
    else if (s.expectExit) await this.expectExit(s.expectExit)
    else if (!(await this.send(s))) await this.expect(s, reader)
    this.checkTime(s)
  }

  checkTime(s) {
    if (!s.betweenMs) return
    const ms = Date.now() - this.marks.get(s.since)
    const [min, max] = s.betweenMs
    if (ms < min || ms > max * this.slow)
      throw new Mismatch(`expected this between ${min} and ${max} ms after "${s.since}", it came after ${ms} ms`)
  }

  async connect(s) {
    const spec = s.connect
    const c = new Connection(s.conn ?? 'a')
    this.conns.set(c.name, c)
    const key = randomBytes(16).toString('base64')
    const text = spec.raw ? await fill(spec.raw, this) : await this.upgradeRequest(spec, key)
    const first = Buffer.from(spec.firstBytes ?? '', 'hex')
    const timer = setTimeout(() => c.socket.destroy(new Error('timeout')), 8000 * this.slow)
    const got = await c.open(this.base, text, first)
    clearTimeout(timer)
    await this.judge(s, got)
    if (got.status === 101 && !spec.raw) {
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
      if (got.headers['sec-websocket-accept'] !== accept) throw new Mismatch('sec-websocket-accept is wrong')
    }
  }

  async upgradeRequest(spec, key) {
    const pairs = await Promise.all(
      Object.entries(spec.query ?? {}).map(async ([k, v]) => `${k}=${encodeURIComponent(await fill(v, this))}`),
    )
    const headers = {
      Host: this.base.host,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Key': key,
      'Sec-WebSocket-Version': '13',
    }
    if (spec.protocols) headers['Sec-WebSocket-Protocol'] = spec.protocols.join(', ')
    if (spec.deflate) headers['Sec-WebSocket-Extensions'] = 'permessage-deflate; client_max_window_bits'
    for (const [k, v] of Object.entries(spec.headers ?? {})) headers[k] = await fill(v, this)
    const target = spec.path + (spec.rawQuery ? `?${spec.rawQuery}` : pairs.length ? `?${pairs.join('&')}` : '')
    return `GET ${target} HTTP/1.1\r\n${Object.entries(headers)
      .map(([k, v]) => `${k}: ${v}\r\n`)
      .join('')}\r\n`
  }

  async http(s) {
    const h = s.http
    const headers = {}
    for (const [k, v] of Object.entries(h.headers ?? {})) headers[k] = await fill(v, this)
    const path = await fill(h.path, this, encodeURIComponent)
    const body = h.body === undefined ? undefined : await fill(h.body, this)
    const t0 = Date.now()
    const going = request(this.base, { method: h.method, path, headers, body }, (s.withinMs ?? 30000) * this.slow).then(
      (r) => ({ ...r, tookMs: Date.now() - t0 }),
    )
    if (h.background) return void this.background.set(h.background, going)
    await this.judge(s, await going)
  }

  /** Compares an HTTP or handshake response with `expect`, or with the alternatives in `expectAny`. */
  async judge(s, got) {
    if (s.expect) compareResponse(s.expect, got, this.vars)
    if (s.expectAny) this.choose(s.expectAny, (option) => attemptMessage(() => compareResponse(option, got, this.vars)))
    if (s.tookMs && (got.tookMs < s.tookMs[0] || got.tookMs > s.tookMs[1] * this.slow)) {
      throw new Mismatch(`expected the response after ${s.tookMs[0]} to ${s.tookMs[1]} ms, it took ${got.tookMs} ms`)
    }
  }

  choose(options, tryOne) {
    const open = Object.keys(options).filter((label) => !this.refused.has(label))
    const results = open.map((label) => [label, tryOne(options[label])])
    this.settle(results)
  }

  /** Remembers which alternatives still stand; results are [label, null | message]. */
  settle(results) {
    if (!results.some(([, why]) => why === null))
      throw new Mismatch(results.map(([label, why]) => `[${label}] ${why}`).join('; '))
    for (const [label, why] of results) (why === null ? this.chosen : this.refused).add(label)
  }

  async anyOf(s, reader) {
    const open = Object.entries(s.anyOf).filter(([label]) => !this.refused.has(label))
    const tried = await Promise.all(
      open.map(async ([label, steps]) => {
        const own = new Reader(this, new Map(reader.vars), new Map(), BRANCH_MS)
        const why = await attemptAsync(async () => {
          for (const inner of steps) {
            await this.expect({ conn: s.conn, ...inner }, own)
            this.checkTime(inner)
          }
        })
        return { label, why, own }
      }),
    )
    this.settle(tried.map(({ label, why }) => [label, why]))
    const winner = tried.find(({ why }) => why === null).own
    for (const [conn, cursor] of winner.cursors) reader.move(conn, cursor)
    for (const [k, v] of winner.vars) reader.vars.set(k, v)
  }

  /** Performs a sending step; false when the step is not one. */
  async send(s) {
    if (s.send !== undefined) this.conn(s).sendText(await fill(s.send, this))
    else if (s.sendBinary !== undefined) this.conn(s).write(clientFrame(2, Buffer.from(s.sendBinary, 'hex')))
    else if (s.sendRaw !== undefined) this.conn(s).write(Buffer.from(s.sendRaw, 'hex'))
    else if (s.sendFragments) await this.sendFragments(s)
    else if (s.sendPing !== undefined) this.conn(s).write(clientFrame(9, Buffer.from(s.sendPing, 'hex')))
    else if (s.clientClose) this.conn(s).sendClose(s.clientClose.code, s.clientClose.reason)
    else if (s.clientTcpAbort) {
      const c = this.conn(s)
      c.ended = true
      c.socket.resetAndDestroy()
    } else return false
    return true
  }

  async sendFragments(s) {
    for (let i = 0; i < s.sendFragments.length; i++) {
      const part = Buffer.from(await fill(s.sendFragments[i], this))
      this.conn(s).write(clientFrame(i === 0 ? 1 : 0, part, { fin: i === s.sendFragments.length - 1 }))
    }
  }

  async expect(s, reader) {
    const conn = this.conn(s)
    if (s.expectNothingFor) return this.expectNothing(conn, s.expectNothingFor, reader)
    if (s.expectTcp) return this.expectTcp(conn, s.expectTcp)
    if (s.expectUnordered) return this.expectUnordered(conn, s.expectUnordered, s.withinMs, reader)
    if (s.expectPresence) return this.expectPresence(conn, s.expectPresence, reader)
    const event = await reader.next(conn, s.withinMs)
    if (s.expect !== undefined) explain(s.expect, describe(event), () => compareText(s.expect, event, reader.vars))
    else if (s.expectBinary !== undefined) {
      if (event?.type !== 'binary' || event.hex !== s.expectBinary)
        throw new Mismatch(`expected binary ${short(s.expectBinary)}, got ${describe(event)}`)
    } else if (s.expectPong !== undefined) {
      if (event?.type !== 'pong' || event.hex !== s.expectPong)
        throw new Mismatch(`expected pong ${s.expectPong}, got ${describe(event)}`)
    } else if (s.expectClose) expectClose(s.expectClose, event)
    else throw new Error(`${this.transcript.name}: unknown step ${JSON.stringify(s)}`)
  }

  async expectNothing(conn, ms, reader) {
    const i = reader.at(conn)
    if (await conn.until(() => conn.events.length > i, ms))
      throw new Mismatch(`expected nothing for ${ms} ms, got ${describe(conn.events[i])}`)
  }

  async expectTcp(conn, state) {
    if (state === 'open') {
      if (await conn.until(() => conn.closed, 250))
        throw new Mismatch('expected the TCP connection to stay open, it was closed')
    } else if (!(await conn.until(() => conn.closed, 3000 * this.slow)))
      throw new Mismatch('expected the server to close the TCP connection, it is still open')
  }

  async expectUnordered(conn, wanted, withinMs, reader) {
    const left = [...wanted]
    while (left.length) {
      const event = await reader.next(conn, withinMs)
      const i = left.findIndex((w) => attempt(() => compareText(w, event, reader.vars)))
      if (i < 0) throw new Mismatch(`expected one of ${short(left)} (any order), got ${describe(event)}`)
      left.splice(i, 1)
    }
  }

  /** Collects presence_diff frames until all wanted joins were seen; one frame or several are both fine. */
  async expectPresence(conn, { topic, joins }, reader) {
    const seen = {}
    while (Object.keys(joins).some((k) => !seen[k])) {
      const event = await reader.next(conn)
      const diff = { joins: '{{any}}', leaves: {} }
      explain([null, null, topic, 'presence_diff', diff], describe(event), () =>
        compareText([null, null, topic, 'presence_diff', diff], event, reader.vars),
      )
      for (const [k, v] of Object.entries(JSON.parse(event.text)[4].joins)) {
        if (seen[k] || !joins[k]) throw new Mismatch(`unexpected join of ${k} in ${describe(event)}`)
        seen[k] = v
      }
    }
    explain(joins, seen, () => compare(joins, seen, reader.vars))
  }

  async expectExit({ code, withinMs }) {
    const exit = await this.server.exited(withinMs * this.slow)
    if (!exit) throw new Mismatch(`expected the server process to exit within ${withinMs} ms, it is still running`)
    if (exit.code !== code) throw new Mismatch(`expected exit code ${code}, got ${short(exit)}`)
  }
}

/** What a step does, in a word or two, for the report. */
function actionOf(step) {
  const key = Object.keys(step).find((k) => !['conn', 'label', 'withinMs', 'since', 'betweenMs'].includes(k))
  return step.label ? `${key}, ${step.label}` : key
}

function compareText(expected, event, vars) {
  if (event?.type !== 'text') throw new Mismatch('no text frame')
  const before = new Map(vars)
  try {
    compare(expected, parseJson(event.text), vars)
  } catch (e) {
    vars.clear() // a failed comparison leaves no bindings behind
    for (const [k, v] of before) vars.set(k, v)
    throw e
  }
}

function expectClose({ code, reason }, event) {
  const codes = [code].flat()
  if (event?.type !== 'close' || !codes.includes(event.code))
    throw new Mismatch(`expected close ${codes.join(' or ')}, got ${describe(event)}`)
  if (reason !== undefined && event.reason !== reason)
    throw new Mismatch(`expected close reason "${reason}", got "${event.reason}"`)
}

function attemptMessage(f) {
  try {
    f()
    return null
  } catch (e) {
    if (e instanceof Mismatch) return e.message
    throw e
  }
}

async function attemptAsync(f) {
  try {
    await f()
    return null
  } catch (e) {
    if (e instanceof Mismatch) return e.message
    throw e
  }
}

// ---------------------------------------------------------------- servers of our own, for transcripts that stop the server

async function freePort() {
  const s = net.createServer()
  await new Promise((resolve) => s.listen(0, '127.0.0.1', resolve))
  const { port } = s.address()
  await new Promise((resolve) => s.close(resolve))
  return port
}

/** Starts CMD (with {port} filled in) and waits until GET /ready answers 200. */
async function startServer(command) {
  const port = await freePort()
  const child = spawn(`exec ${command.replaceAll('{port}', port)}`, {
    shell: '/bin/sh',
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PORT: String(port) },
  })
  let exit = null
  const gone = new Promise((resolve) => child.on('exit', (code, signal) => resolve((exit = { code, signal }))))
  const base = new URL(`http://127.0.0.1:${port}`)
  for (const deadline = Date.now() + 20000; ; await sleep(50)) {
    if (exit || Date.now() > deadline)
      throw new Mismatch(
        `the server did not start: ${exit ? `exit ${short(exit)}` : 'GET /ready did not answer 200 in 20 s'}`,
      )
    if ((await request(base, { method: 'GET', path: '/ready' }, 1000)).status === 200) break
  }
  return {
    base,
    signal: (name) => child.kill(name),
    exited: (ms) => Promise.race([gone, sleep(ms).then(() => null)]),
    stop: async () => {
      if (!exit) child.kill('SIGKILL')
      await gone
    },
  }
}

// ---------------------------------------------------------------- all transcripts, bounded and without disturbing each other

/** A transcript that broadcasts on a topic never runs next to one that uses the topic. */
class Locks {
  constructor() {
    this.readers = new Map()
    this.writers = new Set()
  }
  take({ uses = [], broadcasts = [] }) {
    if (uses.some((t) => this.writers.has(t))) return false
    if (broadcasts.some((t) => this.writers.has(t) || this.readers.get(t))) return false
    for (const t of uses) this.readers.set(t, (this.readers.get(t) ?? 0) + 1)
    for (const t of broadcasts) this.writers.add(t)
    return true
  }
  release({ uses = [], broadcasts = [] }) {
    for (const t of uses) this.readers.set(t, this.readers.get(t) - 1)
    for (const t of broadcasts) this.writers.delete(t)
  }
}

async function playOne(t, options) {
  const t0 = Date.now()
  let result
  if (t.ownServer && !options.start) result = { skipped: 'needs --start' }
  else {
    try {
      const server = t.ownServer ? await startServer(options.start) : null
      const run = new Run(t, server ? server.base : options.base, options.slow)
      run.server = server
      result = await run.play()
    } catch (e) {
      if (!(e instanceof Mismatch)) throw e
      result = { ok: false, step: null, action: 'start', conn: null, message: e.message }
    }
    await sleep(COOLDOWN_MS)
  }
  return { name: t.name, ...result, ms: Date.now() - t0 }
}

async function playAll(transcripts, options, report) {
  const waiting = [...transcripts].sort((a, b) => (b.slowMs ?? 0) - (a.slowMs ?? 0))
  const locks = new Locks()
  const results = []
  let running = 0
  await new Promise((resolve, reject) => {
    const pump = () => {
      if (!waiting.length && !running) return resolve()
      for (let i = 0; i < waiting.length && running < options.jobs; ) {
        if (!locks.take(waiting[i].topics ?? {})) {
          i++
          continue
        }
        const [t] = waiting.splice(i, 1)
        running++
        playOne(t, options).then((r) => {
          running--
          locks.release(t.topics ?? {})
          results.push(r)
          report(r)
          pump()
        }, reject)
      }
    }
    pump()
  })
  return results
}

// ---------------------------------------------------------------- command line

const toRegExp = (glob) =>
  new RegExp(
    `^${glob
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )

function load(dir, only) {
  const wanted = only ? only.split(',').map(toRegExp) : null
  return readdirSync(dir)
    .filter((f) => f.endsWith('.json'))
    .sort()
    .map((f) => JSON.parse(readFileSync(join(dir, f), 'utf8')))
    .filter((t) => !wanted || wanted.some((re) => re.test(t.name)))
}

function line(r) {
  if (r.skipped) return `skip ${r.name} (${r.skipped})`
  if (r.ok) return `ok   ${r.name} (${r.ms} ms)`
  const where = r.step ? `step ${r.step}${r.conn ? ` on ${r.conn}` : ''} (${r.action})` : r.action
  return `FAIL ${r.name}: ${where}: ${r.message}`
}

function options() {
  try {
    const { values } = parseArgs({
      options: {
        base: { type: 'string' },
        dir: { type: 'string' },
        only: { type: 'string' },
        start: { type: 'string' },
        jobs: { type: 'string', default: '8' },
        slow: { type: 'string', default: '1' },
        json: { type: 'boolean', default: false },
      },
    })
    if (!values.base && !values.start) throw new Error('--base http://HOST:PORT is required')
    const base = new URL(values.base ?? 'http://127.0.0.1:1')
    return {
      ...values,
      base,
      jobs: Number(values.jobs),
      slow: Number(values.slow),
      dir: values.dir ?? join(dirname(fileURLToPath(import.meta.url)), 'transcripts'),
    }
  } catch (e) {
    console.error(
      `${e.message}\nusage: node replay.mjs --base http://HOST:PORT [--dir DIR] [--only GLOB] [--start CMD] [--jobs N] [--slow F] [--json]`,
    )
    process.exit(2)
  }
}

async function main() {
  const opts = options()
  const transcripts = load(opts.dir, opts.only)
  if (!transcripts.length) {
    console.error(`no transcript in ${opts.dir} matches`)
    process.exit(2)
  }
  const results = await playAll(transcripts, opts, (r) => opts.json || console.log(line(r)))
  const passed = results.filter((r) => r.ok).length
  const skipped = results.filter((r) => r.skipped).length
  const failed = results.length - passed - skipped
  if (opts.json)
    console.log(
      JSON.stringify({ passed, failed, skipped, results: results.sort((a, b) => (a.name < b.name ? -1 : 1)) }, null, 1),
    )
  else {
    if (skipped) console.log(`${skipped} skipped: they stop the server and need --start "COMMAND --port {port}"`)
    console.log(`${passed} passed, ${failed} failed`)
  }
  process.exit(failed ? 1 : 0)
}

await main()
