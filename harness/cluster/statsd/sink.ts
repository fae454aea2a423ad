import { createSocket, type Socket } from 'node:dgram'
import { type Metric, parseMetric } from './metric.ts'

/** What the nodes of a cluster measure, as it arrives over UDP (PM-4, PM-8). */
export interface StatsdSink {
  readonly host: string
  readonly port: number
  /** Hands over what has come so far, and then each metric or unreadable line as it comes. */
  listen(listener: StatsdListener): void
  /** As a daemon that is stopped: nobody has the port any more (FI-15). */
  stop(): Promise<void>
  /** Takes the same port again. Rejects when somebody else has it now. */
  start(): Promise<void>
  /** Calls back for each packet of one name, which nobody else is handed. Returns what ends it. */
  onProbe(name: string, seen: () => void): () => void
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
  const early: string[] = []
  const probes = new Map<string, () => void>()
  let take = (text: string): void => void early.push(text)

  const receive = (packet: Buffer) => {
    for (const text of packet.toString().split('\n').filter(Boolean)) {
      const probe = probes.get(text.split(':', 1)[0]!)
      if (probe) probe()
      else take(text)
    }
  }

  let socket: Socket | undefined = await bound(0, receive)
  const { port } = socket.address()

  async function stop() {
    const ending = socket
    socket = undefined
    await new Promise<void>((resolve) => (ending ? ending.close(() => resolve()) : resolve()))
  }

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
    stop,
    async start() {
      socket ??= await bound(port, receive)
    },
    onProbe(name, seen) {
      probes.set(name, seen)
      return () => void probes.delete(name)
    },
    close: stop,
  }
}

async function bound(port: number, receive: (packet: Buffer) => void): Promise<Socket> {
  const socket = createSocket('udp4')
  socket.on('message', receive)
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(port, host, resolve)
  })
  // Data that waits here must not keep a harness alive that is done.
  return socket.unref()
}
