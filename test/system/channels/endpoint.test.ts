import { expect, it } from 'vitest'
import { pingChannel } from '../../../system/apps/hello/ping-channel.ts'
import { connected, createEndpoint, socket } from '../../../system/channels/index.ts'
import { type Clock, systemClock } from '../../../system/platform/clock.ts'
import { silentLog } from '../../../system/platform/log.ts'
import { createPubSub } from '../../../system/pubsub/index.ts'
import { createRuntime } from '../../../system/runtime/index.ts'
import { createFakeClock, keptLog, openCase } from '../../support/channel-case.ts'

const pinging = (undeclared: boolean) =>
  socket({
    name: 'Pings',
    path: '/pings',
    channels: { ping: { ...pingChannel, ...(undeclared && { intercept: [] }) } },
    connect: () => connected(),
  })

it.each([true, false])('warns at its start of a handler that never runs (undeclared: %s) (CH-78)', (undeclared) => {
  const { lines, log } = keptLog()
  const pubsub = createPubSub({ nodeName: 'n1', log: silentLog })
  createEndpoint({
    ...{ runtime: createRuntime({ clock: systemClock, log }), pubsub, clock: systemClock, log },
    sockets: [pinging(undeclared)],
  })
  const warnings = [
    'PingChannel has handleOut but intercepts no event, so it will never run; declare them in intercept',
  ]
  expect(lines).toEqual(undeclared ? warnings : [])
})

it('counts what a client has sent, from nothing on', async () => {
  const { join, ask, session } = await openCase(pinging(false))
  expect(session.traffic().messagesIn).toBe(0)
  await join('ping')
  await ask('ping', 'ping')
  expect(session.traffic().messagesIn).toBe(2)
})

it('lets the broadcast out as it is where nobody declared that it is looked at (CH-78)', async () => {
  const { join, pubsub, received } = await openCase(pinging(true))
  await join('ping')
  pubsub.broadcast('ping', 'request_ping', { n: 1 })
  expect([received('request_ping'), received('send_ping')]).toEqual([[{ n: 1 }], []])
})

it('sheds the oldest sessions first, and none that came later than asked (DP-21, DP-24)', async () => {
  const { endpoint, open } = shedCase()
  const codes = await Promise.all([open(), open(), open()])
  expect([endpoint.clients.count(), endpoint.clients.newest()]).toEqual([3, 3])
  expect(endpoint.clients.shed(5, 2)).toBe(2)
  expect(codes).toEqual([[1012], [1012], []])
  expect(endpoint.clients.shed(1)).toBe(1)
  expect(endpoint.clients.count()).toBe(0)
})

it('compares the numbers of sessions as numbers (DP-21)', async () => {
  const { endpoint, open } = shedCase()
  for (let n = 1; n <= 12; n += 1) await open()
  expect(endpoint.clients.shed(20, 11)).toBe(11)
  expect(endpoint.clients.count()).toBe(1)
})

it('closes everybody when it drains, in batches (RT-13)', async () => {
  const fakeClock = createFakeClock()
  const { endpoint, open } = shedCase(fakeClock)
  const codes = await Promise.all(Array.from({ length: 2_001 }, open))
  const closed = () => codes.filter(([code]) => code === 1012).length
  const drained = endpoint.drain()
  const seen = [closed()]
  for (let n = 1; n <= 2; n += 1) {
    await fakeClock.advance(500)
    seen.push(closed())
  }
  expect(seen).toEqual([1_000, 2_000, 2_001])
  await drained
})

/** An endpoint, and clients that keep the codes with which they were closed. */
function shedCase(clock: Clock = systemClock) {
  const pubsub = createPubSub({ nodeName: 'n1', log: silentLog })
  const runtime = createRuntime({ clock, log: silentLog })
  const endpoint = createEndpoint({ runtime, pubsub, clock, log: silentLog, sockets: [pinging(false)] })
  const request = { url: '/pings/websocket?vsn=2.0.0', headers: { host: '127.0.0.1' }, socket: {} as never }
  return {
    endpoint,
    async open() {
      const codes: number[] = []
      const ignore = () => {}
      await endpoint.open(request, {
        send: ignore,
        deliver: ignore,
        pause: ignore,
        resume: ignore,
        drop: ignore,
        end: (code) => codes.push(code),
      })
      return codes
    },
  }
}
