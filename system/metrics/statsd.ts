import { isIP } from 'node:net'
import { StatsD } from 'hot-shots'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import { type Metrics, noMetrics, type Sink, type Tags, withMeasure } from './metrics.ts'

export interface StatsDOptions {
  /** Without it, nothing is sent. */
  host?: string | undefined
  port: number
  /** On every metric, such as the name of the node and of a tenant (PM-2). */
  globalTags?: Tags
  clock: Clock
  log: Log
}

export interface StatsDClient {
  metrics: Metrics
  /** Sends what is left and closes the socket. Never rejects. */
  close(): Promise<void>
}

/** One line a minute, however many packets are refused. */
const complainEveryMs = 60_000

/** Sends metrics to a StatsD daemon over UDP (PM-4). A daemon that is absent, slow or back again changes nothing (NF-19). */
export function connectStatsD({ host, port, globalTags = {}, clock, log }: StatsDOptions): StatsDClient {
  if (!host) return { metrics: noMetrics, close: async () => {} }
  const complain = createComplaint(clock, log, `${host}:${port}`)
  const client = new StatsD({
    host,
    port,
    protocol: 'udp',
    globalTags: { ...globalTags },
    errorHandler: complain,
    // Otherwise each packet asks the resolver again.
    cacheDns: isIP(host) === 0,
    includeDataDogTags: false,
    maxBufferSize: 0,
  })
  return { metrics: withMeasure(quiet(sinkOf(client), complain), clock), close: () => close(client) }
}

const sinkOf = (client: StatsD): Sink => ({
  increment: (name, by = 1, tags) => client.increment(name, by, { ...tags }),
  gauge: (name, value, tags) => client.gauge(name, value, { ...tags }),
  histogram: (name, value, tags) => client.histogram(name, value, { ...tags }),
  timing: (name, durationMs, tags) => client.timing(name, durationMs, { ...tags }),
})

/** A socket that is closed or cannot be opened throws at once: no measurement may. */
function quiet(sink: Sink, complain: (error: Error) => void): Sink {
  const safely =
    <A extends unknown[]>(send: (...args: A) => void) =>
    (...args: A) => {
      try {
        send(...args)
      } catch (error) {
        complain(error as Error)
      }
    }
  return {
    increment: safely(sink.increment),
    gauge: safely(sink.gauge),
    histogram: safely(sink.histogram),
    timing: safely(sink.timing),
  }
}

function createComplaint(clock: Clock, log: Log, address: string) {
  let quietUntilMs = Number.NEGATIVE_INFINITY
  return (error: Error) => {
    const nowMs = clock.monotonicMs()
    if (nowMs < quietUntilMs) return
    quietUntilMs = nowMs + complainEveryMs
    log.warn({ err: error, daemon: address }, 'metrics could not be sent; the node goes on without them')
  }
}

const close = (client: StatsD) => new Promise<void>((resolve) => client.close(() => resolve()))
