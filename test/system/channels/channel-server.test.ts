import { expect, it } from 'vitest'
import {
  type Channel,
  channel,
  connected,
  type JoinResult,
  noreply,
  ok,
  reply,
  socket,
  stop,
} from '../../../system/channels/index.ts'
import { createFakeClock, openCase } from '../../support/channel-case.ts'

it('holds nothing of a push that it has answered (RT-66, CH-68, DF-54)', async () => {
  const refs: unknown[] = []
  let idle: Channel | undefined
  const echo = channel({
    name: 'EchoChannel',
    join: () => ok(),
    handleIn(_event, _payload, self) {
      idle = self
      refs.push(self.replyRef().ref)
      return reply('ok')
    },
  })
  const client = await openCase(socket({ name: 'Echo', path: '/echo', channels: { echo }, connect: () => connected() }))
  await client.join('echo')
  await client.ask('echo', 'say')
  expect(refs).toEqual(['2'])
  expect(() => idle!.replyRef()).toThrow('can only be called while a push is being handled')
})

it('is there when its client hears that it is in (CH-50, CH-52)', async () => {
  const room = channel({ name: 'Room', join: () => ok() })
  const client = await openCase(socket({ name: 'Rooms', path: '/rooms', channels: { room } }))
  client.push('room', 'phx_join')
  expect(client.received('phx_reply')).toEqual([{ status: 'ok', response: {} }])
  expect(client.session.topics()).toEqual(['room'])
})

it('a join that nobody waits for any more leaves nothing behind (CH-1, CH-53)', async () => {
  const clock = createFakeClock()
  let letIn: (result: JoinResult) => void = () => {}
  const slow = channel({ name: 'Slow', join: () => new Promise<JoinResult>((resolve) => (letIn = resolve)) })
  const client = await openCase(socket({ name: 'Slows', path: '/slow', channels: { slow } }), { clock })
  client.push('slow', 'phx_join')
  await clock.advance(60_000)
  letIn(ok())
  await clock.advance(0)
  expect(client.sent).toEqual([])
  expect(client.session.topics()).toEqual([])
  expect(client.pubsub.subscriptions()).toEqual({})
  expect(client.runtime.actors()).toEqual([])
})

it.each(['phx_leave', 'crash', 'stop', 'kill'])(
  'leaves no subscription behind, however it ends: %s (CH-63)',
  async (how) => {
    const room = channel({
      name: 'Room',
      join(_topic, _payload, { subscribe }) {
        subscribe('news')
        return ok()
      },
      handleIn(event) {
        if (event === 'stop') return stop('normal')
        throw new Error('it crashes')
      },
    })
    const client = await openCase(socket({ name: 'Rooms', path: '/rooms', channels: { room } }))
    await client.join('room')
    expect(client.pubsub.subscriptions()).toEqual({ room: 1, news: 1 })
    if (how === 'kill') client.runtime.actors()[0]!.kill()
    else client.push('room', how)
    await expect.poll(() => client.runtime.actors()).toEqual([])
    expect([client.pubsub.subscriptions(), client.session.topics()]).toEqual([{}, []])
  },
)

it('closes before or after its reply to a leave, as it is defined (CH-62)', async () => {
  const eventsOf = async (closesBeforeLeaveReply: boolean) => {
    const room = channel({ name: 'Room', join: () => ok(), closesBeforeLeaveReply })
    const client = await openCase(socket({ name: 'Rooms', path: '/rooms', channels: { room } }))
    await client.join('room')
    await client.ask('room', 'phx_leave')
    return client.sent.slice(1).map(([, , , event]) => event)
  }
  expect(await eventsOf(true)).toEqual(['phx_close', 'phx_reply'])
  expect(await eventsOf(false)).toEqual(['phx_reply', 'phx_close'])
})

it('keeps no listener for timers that have fired or were cancelled (RT-66)', async () => {
  const clock = createFakeClock()
  let ticking: Channel | undefined
  const timer = channel({
    name: 'Timer',
    join(_topic, _payload, self) {
      ticking = self
      return ok()
    },
    handleInfo: () => ({ kind: 'noreply' }),
  })
  const client = await openCase(socket({ name: 'Timers', path: '/timers', channels: { timer } }), { clock })
  client.push('timer', 'phx_join')
  const [actor] = client.runtime.actors() as unknown as { exitListeners?: Set<unknown> }[]
  for (let count = 0; count < 10; count += 1) ticking!.sendAfter(10, 'tick')
  ticking!.sendAfter(1_000, 'late')()
  await clock.advance(20)
  expect(actor!.exitListeners?.size ?? 0).toBe(0)
})

it.each(['done', 'stop', 'crash'])(
  'stops reading from a client with much for a channel to do, until %s (NF-20)',
  async (end) => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    const busy = channel({
      name: 'Busy',
      join: () => ok(),
      async handleIn(event) {
        if (event === 'wait') await gate
        if (event === 'crash') throw new Error('asked to')
        return event === 'stop' ? stop() : noreply()
      },
    })
    const client = await openCase(socket({ name: 'Busies', path: '/busy', channels: { busy } }))
    await client.join('busy')
    // Until then, what the client sends waits for the end of its join.
    await new Promise((resolve) => setImmediate(resolve))
    for (const event of ['wait', end]) client.push('busy', event)
    for (let n = 1; n <= 998; n += 1) client.push('busy', 'more')
    expect(client.isPaused()).toBe(false)
    client.push('busy', 'more')
    expect(client.isPaused()).toBe(true)
    open()
    await expect.poll(client.isPaused).toBe(false)
  },
)

it('has assigns of its own, which no other channel of its connection shares (CH-91)', async () => {
  const counter = channel({
    name: 'Counter',
    join: () => ok(),
    handleIn(_event, _payload, { assigns }) {
      assigns.count = Number(assigns.count) + 1
      return reply('ok', { count: assigns.count })
    },
  })
  const counters = socket({
    ...{ name: 'Counters', path: '/counters', channels: { 'count:*': counter } },
    connect: () => connected({ count: 0 }),
  })
  const client = await openCase(counters)
  for (const topic of ['count:a', 'count:b', 'count:a']) {
    await client.join(topic)
    expect(await client.ask(topic, 'more')).toEqual({ status: 'ok', response: { count: 1 } })
  }
})
