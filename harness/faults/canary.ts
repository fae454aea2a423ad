import { connect } from 'node:net'
import { afterAwake } from '../platform/awake.ts'
import { systemClock } from '../platform/clock.ts'

export interface CanaryResult {
  /** `uncounted`: nobody knows what became of it. */
  answer: 'answered' | 'silent' | 'closed' | 'refused' | 'uncounted'
  tookMs: number
  /** Of the request and its answer. */
  bytes: number
  /** Where the proxy was asked: how much it received of what is sent back. */
  returnedBytes?: number
}

/** Asks for an encrypted connection; any PostgreSQL answers with one byte. */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
/** Cancels a query that nobody runs; any PostgreSQL closes the connection without an answer. */
const cancelRequest = Buffer.from([0, 0, 0, 16, 4, 210, 22, 46, 0, 0, 0, 0, 0, 0, 0, 0])
const httpRequest = Buffer.from('GET /healthz HTTP/1.1\r\nhost: canary\r\nconnection: close\r\n\r\n')

/** As much as a server accepts in all headers together, and none of them long; answered with a whole page. */
const payloadHeaders = Array.from({ length: 12 }, (_, n) => `x-payload-${n}: ${'x'.repeat(1_000)}\r\n`).join('')
const payloadRequest = Buffer.from(`GET / HTTP/1.1\r\nhost: canary\r\n${payloadHeaders}connection: close\r\n\r\n`)

const requests = {
  http: httpRequest,
  /** Timed to the end of its answer: only a request with a payload feels a bandwidth limit. */
  payload: payloadRequest,
  database: sslRequest,
  'database-cancel': cancelRequest,
  redis: Buffer.from('PING\r\n'),
  /** Redis answers, and closes the connection. */
  'redis-quit': Buffer.from('QUIT\r\n'),
}

interface CanaryOptions {
  request?: keyof typeof requests
  withinMs?: number
}

/** A small request of the harness's own to a port: what is behind it? */
export function canary(port: number, { request = 'http', withinMs = 500 }: CanaryOptions = {}): Promise<CanaryResult> {
  const startedMs = systemClock.monotonicMs()
  let bytes = requests[request].length
  let hasAnswer = false
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    const finish = (answer: CanaryResult['answer']) => {
      cancel()
      socket.destroy()
      resolve({ answer, bytes, tookMs: systemClock.monotonicMs() - startedMs })
    }
    const cancel = afterAwake(systemClock, withinMs, () => finish('silent'))
    socket.once('connect', () => socket.write(requests[request]))
    socket.on('data', (data) => {
      bytes += data.length
      hasAnswer = true
      if (request !== 'payload') finish('answered')
    })
    socket.once('end', () => finish(hasAnswer ? 'answered' : 'closed'))
    socket.once('error', (error: NodeJS.ErrnoException) => finish(error.code === 'ECONNREFUSED' ? 'refused' : 'closed'))
  })
}
