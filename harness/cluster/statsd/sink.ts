import { createSocket } from 'node:dgram'
import { type Metric, parseMetric } from './metric.ts'

/** What the nodes of a cluster measure, as it arrives over UDP (PM-4, PM-8). */
export interface StatsdSink {
  readonly host: string
  readonly port: number
  /** Hands over what has come so far, and then each metric or unreadable line as it comes. */
  listen(listener: StatsdListener): void
  close(): Promise<void>
}

export interface StatsdListener {
  onMetric(metric: Metric): void
  /** A packet that is no metric: a node that sends one is wrong. */
  onUnreadable(text: string): void
}

const host = '127.0.0.1'

/** Listens on a free port of loopback until it is closed. */
export async function openStatsdSink(): Promise<StatsdSink> {
  const socket = createSocket('udp4')
  const early: string[] = []
  let take = (text: string): void => void early.push(text)
  socket.on('message', (packet) => {
    for (const text of packet.toString().split('\n').filter(Boolean)) take(text)
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(0, host, resolve)
  })
  const { port } = socket.address()
  // Data that waits here must not keep a harness alive that is done.
  socket.unref()
  return {
    host,
    port,
    listen({ onMetric, onUnreadable }) {
      take = (text) => {
        const metric = parseMetric(text)
        if (metric) onMetric(metric)
        else onUnreadable(text)
      }
      for (const text of early.splice(0)) take(text)
    },
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}
