import { expect, it } from 'vitest'
import { type Channel, channel, connected, type JoinResult, ok, reply, socket } from '../../../system/channels/index.ts'
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
