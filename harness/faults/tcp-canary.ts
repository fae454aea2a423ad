import { connect } from 'node:net'
import type { Counted } from '../cluster/links.ts'
import { systemClock } from '../platform/clock.ts'
import type { CanaryResult } from './canary.ts'

/** What the proxy of a link has counted so far, by direction. */
export interface LinkCounts {
  upstream: Counted
  downstream: Counted
}

/** Means nothing in particular: whoever takes it for a message of its protocol ends the connection. */
const probe = Buffer.from('GET /healthz HTTP/1.1\r\nhost: canary\r\nconnection: close\r\n\r\n')
const lookEveryMs = 50
/** A real Toxiproxy counts what it received when the connection ends. */
const countedWithinMs = 200

interface TcpCanary {
  /** Where the link's own proxy listens. */
  to: { host: string; port: number }
  counts(): Promise<LinkCounts>
  withinMs: number
}

/**
 * A few bytes through a link whose protocol the harness does not speak: what becomes of them is seen in the counters of its proxy, which count
 * what was received and what was passed on. Returns `answered` when the bytes were passed on, and nothing of the answers was held back.
 */
export async function tcpCanary({ to, counts, withinMs }: TcpCanary): Promise<CanaryResult> {
  const startedMs = systemClock.monotonicMs()
  const before = await counts()
  const connection = openConnection(to)
  let now = before
  const isPassed = () => now.upstream.sentBytes - before.upstream.sentBytes >= probe.length
  while (connection.failure() === undefined && !isPassed() && systemClock.monotonicMs() - startedMs < withinMs) {
    await systemClock.sleep(lookEveryMs)
    now = await counts()
  }
  const failure = connection.failure()
  connection.close()
  if (failure === undefined && !isPassed()) {
    await systemClock.sleep(countedWithinMs)
    now = await counts()
  }
  const tookMs = systemClock.monotonicMs() - startedMs
  const returnedBytes = now.downstream.receivedBytes - before.downstream.receivedBytes
  return { answer: failure ?? fateOf(before, now), tookMs, bytes: probe.length, returnedBytes }
}

/** What became of the bytes of a probe, by what the proxy has counted before and after it. Pure. */
export function fateOf(before: LinkCounts, now: LinkCounts, probeBytes = probe.length): CanaryResult['answer'] {
  const received = now.upstream.receivedBytes - before.upstream.receivedBytes
  const sent = now.upstream.sentBytes - before.upstream.sentBytes
  if (keptBytes(now.downstream) > keptBytes(before.downstream)) return sent >= probeBytes ? 'closed' : 'silent'
  if (sent >= probeBytes) return 'answered'
  return received - sent >= probeBytes ? 'silent' : 'uncounted'
}

const keptBytes = ({ receivedBytes, sentBytes }: Counted) => receivedBytes - sentBytes

function openConnection(to: TcpCanary['to']) {
  let failure: 'closed' | 'refused' | undefined
  const socket = connect(to)
  socket.once('connect', () => socket.write(probe))
  socket.on('data', () => {})
  socket.once('error', (error: NodeJS.ErrnoException) => {
    failure = error.code === 'ECONNREFUSED' ? 'refused' : 'closed'
  })
  return { failure: () => failure, close: () => socket.destroy() }
}
