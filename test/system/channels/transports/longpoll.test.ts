import { expect, it } from 'vitest'
import { v2 } from '../../../../system/channels/serializers/v2.ts'
import type { Session } from '../../../../system/channels/session.ts'
import { openPollSession } from '../../../../system/channels/transports/longpoll.ts'
import type { Outlet } from '../../../../system/channels/transports/transport.ts'
import { createFakeClock } from '../../../support/channel-case.ts'

const sendBufferMaxBytes = 100

function openPoll() {
  const clock = createFakeClock()
  const codes: number[] = []
  let outlet: Outlet | undefined
  const polls = openPollSession({
    ...{ clock, serializer: v2, windowMs: 1_000, idleTimeoutMs: 2_000, sendBufferMaxBytes, onEnd: () => {} },
    open(own) {
      outlet = own
      return { close: (code: number) => void codes.push(code) } as unknown as Session
    },
  })
  return { clock, codes, polls, send: (text: string) => outlet!.send(text) }
}

it('counts what waits for the next poll, and not what was fetched (CH-19)', async () => {
  const { polls, codes, send } = openPoll()
  for (let n = 0; n < 5; n += 1) {
    send('x'.repeat(60))
    expect(polls.unreadBytes).toBe(60)
    expect((await polls.poll()).messages).toEqual(['x'.repeat(60)])
    expect(polls.unreadBytes).toBe(0)
  }
  expect(codes).toEqual([])
})

it('ends a session with more than it keeps (CH-19)', () => {
  const { codes, send } = openPoll()
  send('x'.repeat(60))
  send('x'.repeat(40))
  expect(codes).toEqual([])
  send('x')
  expect(codes).toEqual([1011])
})

it('ends a poll that waits when it is asked to, and nothing where none waits (RT-13)', async () => {
  const { clock, codes, polls } = openPoll()
  polls.endPoll()
  const waiting = polls.poll()
  polls.endPoll()
  expect(await waiting).toEqual({ status: 204, messages: [] })
  expect(codes).toEqual([])
  await clock.advance(2_000)
  expect(codes).toEqual([1000])
})
