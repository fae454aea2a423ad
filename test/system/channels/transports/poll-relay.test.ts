import { expect, it } from 'vitest'
import type { PollSession } from '../../../../system/channels/transports/longpoll.ts'
import { createPollRelay } from '../../../../system/channels/transports/poll-relay.ts'
import { silentLog as log } from '../../../../system/platform/log.ts'
import type { PubSubAdapter, RemoteMessage } from '../../../../system/pubsub/adapter.ts'
import { createPubSub } from '../../../../system/pubsub/index.ts'
import { createFakeClock } from '../../../support/channel-case.ts'

const withinMs = 1_000

/** Two nodes that reach each other, of which n2 has the session `s`; what is published to it is kept. */
async function twoNodes({ isPollAnswered = true } = {}) {
  const clock = createFakeClock()
  const receivers = new Map<string, (message: RemoteMessage) => void>()
  const adapterOf = (name: string) =>
    ({
      start: async (onRemote: (message: RemoteMessage) => void) => void receivers.set(name, onRemote),
      directBroadcast: (to: string, message: RemoteMessage) => receivers.get(to)?.(structuredClone(message)),
      counters: {},
    }) as unknown as PubSubAdapter
  const published: (string | Buffer)[] = []
  let endPoll = () => {}
  const session = {
    poll: () =>
      isPollAnswered
        ? Promise.resolve({ status: 200, messages: ['hello'] })
        : new Promise((resolve) => {
            endPoll = () => resolve({ status: 204, messages: [] })
          }),
    endPoll: () => endPoll(),
    publish(frames: readonly (string | Buffer)[]) {
      published.push(...frames)
      return true
    },
  } as unknown as PollSession
  const relayOf = async (name: string, sessions: Record<string, PollSession>) => {
    const pubsub = createPubSub({ nodeName: name, adapter: adapterOf(name), log })
    await pubsub.start()
    return createPollRelay({ pubsub, clock, sessionOf: (id) => sessions[id] })
  }
  const [n1] = [await relayOf('n1', {}), await relayOf('n2', { s: session })]
  return { clock, n1, published }
}

it('answers a poll with what the node of the session has (CH-23)', async () => {
  const { clock, n1 } = await twoNodes()
  expect(await n1.remote('n2', 's').poll(withinMs)).toEqual({ status: 200, messages: ['hello'] })
  expect([n1.waitingCount(), clock.timerCount()]).toEqual([0, 0])
})

it('hands on texts and bytes as they are, in their order, and says that they were taken (CH-23)', async () => {
  const { n1, published } = await twoNodes()
  const frames = ['["1","1","room","phx_join",{}]', Buffer.from([0, 255, 10]), '']
  expect(await n1.remote('n2', 's').publish(frames, withinMs)).toBe(true)
  expect(published).toEqual(frames)
})

it('knows no session that its node does not have (CH-23)', async () => {
  const { n1, published } = await twoNodes()
  expect(await n1.remote('n2', 'other').poll(withinMs)).toBeUndefined()
  expect(await n1.remote('n2', 'other').publish(['lost'], withinMs)).toBeUndefined()
  expect(published).toEqual([])
})

it.each(['n2', 'n3'])('gives up in time when %s says nothing, and keeps nothing (CH-23)', async (node) => {
  const { clock, n1 } = await twoNodes({ isPollAnswered: false })
  const answers: unknown[] = []
  const poll = n1
    .remote(node, 's')
    .poll(withinMs)
    .then((answer) => answers.push(answer))
  await clock.advance(withinMs - 1)
  expect([answers.length, n1.waitingCount()]).toEqual([0, 1])
  await clock.advance(1)
  await poll
  expect(answers).toEqual([undefined])
  expect([n1.waitingCount(), clock.timerCount()]).toEqual([0, 0])
})

it.each(['before', 'after'])(
  'ends a poll that waits for another node when it came %s the drain (RT-13)',
  async (when) => {
    const { clock, n1 } = await twoNodes({ isPollAnswered: false })
    if (when === 'after') n1.drain()
    const poll = n1.remote('n2', 's').poll(withinMs)
    if (when === 'before') n1.drain()
    await clock.advance(0)
    expect([n1.waitingCount(), clock.timerCount()]).toEqual([0, 0])
    expect(await poll).toEqual({ status: 204, messages: [] })
  },
)

it('answers a poll that came after the drain with what its session has (RT-13)', async () => {
  const { n1 } = await twoNodes()
  n1.drain()
  expect(await n1.remote('n2', 's').poll(withinMs)).toEqual({ status: 200, messages: ['hello'] })
})
