import { expect, it } from 'vitest'
import { type Channel, channel, connected, ok, reply, socket } from '../../../system/channels/index.ts'
import { openCase } from '../../support/channel-case.ts'

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
  expect(() => idle!.replyRef()).toThrow('only there while a push is being handled')
})
