import { once } from 'node:events'
import { WebSocket } from 'ws'
import { jsonIn } from '../../platform/json.ts'
import type { LabTools } from '../lab.ts'

/** One push of the pipeline as a client got it. */
export interface Delivery {
  /** By the monotonic clock of the harness. */
  atMs: number
  /** The number of the item. */
  n: number
}

/** A client that is connected as a user and writes down what it is pushed. */
export interface Listener {
  deliveries(): readonly Delivery[]
  /** Waits until that many items have been pushed to it. */
  has(count: number, withinMs: number): Promise<void>
  close(): void
}

interface PushPayload {
  n?: number
  data?: { n: number }
}

const joinedWithinMs = 5_000

/** Connects to the socket of users with the token that the page of this user holds, and joins the topic of the user. */
export async function listenAs(
  userId: number,
  nodeUrl: string,
  { clock, until }: Pick<LabTools, 'clock' | 'until'>,
): Promise<Listener> {
  const token = await tokenOf(userId, nodeUrl)
  const address = `${nodeUrl.replace(/^http/, 'ws')}/auth_socket/websocket?vsn=2.0.0&token=${encodeURIComponent(token)}`
  const socket = new WebSocket(address)
  const deliveries: Delivery[] = []
  let isJoined = false
  socket.on('message', (frame) => {
    const [, , , event, payload] = (jsonIn(String(frame)) ?? []) as [unknown, unknown, string, string, PushPayload]
    if (event === 'phx_reply') isJoined = true
    if (event === 'push' || event === 'push_timed') deliveries.push(deliveryOf(clock.monotonicMs(), payload))
  })
  await once(socket, 'open')
  socket.send(JSON.stringify(['1', '1', `user:${userId}`, 'phx_join', {}]))
  await until(() => isJoined, { what: `user ${userId} is joined`, withinMs: joinedWithinMs })
  return {
    deliveries: () => deliveries,
    has: (count, withinMs) =>
      until(() => deliveries.length >= count, {
        what: `user ${userId} was pushed ${count} items`,
        withinMs,
        everyMs: 20,
      }),
    close: () => socket.terminate(),
  }
}

const deliveryOf = (atMs: number, { n, data }: PushPayload): Delivery => ({ atMs, n: data?.n ?? n ?? 0 })

async function tokenOf(userId: number, nodeUrl: string): Promise<string> {
  const page = await (await fetch(`${nodeUrl}/hello/tracked?user_id=${userId}`)).text()
  const [, token] = /window\.authToken = "([^"]+)"/.exec(page) ?? []
  if (!token) throw new Error('the demo page holds no token')
  return token
}
