import { connect, type Socket } from 'node:net'
import type { Clock } from '../platform/clock.ts'
import { parseAddress } from './address.ts'
import { type Link, openLink } from './link.ts'
import type { ActiveToxic } from './stage.ts'

export const streams = ['upstream', 'downstream'] as const
export type Stream = (typeof streams)[number]

interface ConnectionOptions {
  client: Socket
  upstream: string
  toxics: Record<Stream, readonly ActiveToxic[]>
  clock: Clock
  random(): number
  count(stream: Stream, kind: 'received' | 'sent', bytes: number): void
  /** Called when both sockets are closed. */
  gone(): void
}

export type Connection = ReturnType<typeof openConnection>

/** Client <-> upstream: one link per direction; when one fails, both are closed. */
export function openConnection({ client, upstream, toxics, count, gone, ...passed }: ConnectionOptions) {
  const { host, port } = parseAddress(upstream)
  const target = connect({ host: host || '127.0.0.1', port, allowHalfOpen: true })
  const sockets = [client, target]

  function destroy() {
    for (const socket of sockets) socket.destroy()
  }
  function close() {
    for (const socket of sockets) socket.destroySoon()
  }
  function reset() {
    // libuv refuses to reset a socket between its last write and the end of that write, and the handle would stay open forever.
    for (const socket of sockets) {
      if (socket.writableEnded && !socket.writableFinished) socket.destroy()
      else socket.resetAndDestroy()
    }
  }

  const link = (stream: Stream, source: Socket, sink: Socket) =>
    openLink({
      ...passed,
      source,
      target: sink,
      toxics: toxics[stream],
      count: (kind, bytes) => count(stream, kind, bytes),
      close,
      reset,
    })
  const links: Record<Stream, Link> = {
    upstream: link('upstream', client, target),
    downstream: link('downstream', target, client),
  }

  function closed() {
    if (!sockets.every((socket) => socket.destroyed)) return
    for (const stream of streams) links[stream].abandon()
    gone()
  }
  for (const socket of sockets) {
    socket.setNoDelay(true)
    socket.once('error', destroy)
    socket.once('close', closed)
  }

  return { links, destroy }
}
