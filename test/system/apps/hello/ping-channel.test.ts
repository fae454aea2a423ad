import { describe, expect, it } from 'vitest'
import { authSocket } from '../../../../system/apps/hello/auth-socket.ts'
import { trackedChannel } from '../../../../system/apps/hello/tracked-channel.ts'
import { userSocket } from '../../../../system/apps/hello/user-socket.ts'
import { createUserTokens } from '../../../../system/apps/hello/user-token.ts'
import { noMetrics } from '../../../../system/metrics/index.ts'
import { silentLog as log } from '../../../../system/platform/log.ts'
import { createTracker } from '../../../../system/presence/index.ts'
import { createPubSub } from '../../../../system/pubsub/index.ts'
import { createFakeClock, openCase } from '../../../support/channel-case.ts'

const ok = (response: unknown) => ({ status: 'ok', response })

describe('PingChannel (CH-135)', () => {
  it.each([
    ['ping', {}, ok({ ping: 'pong' })],
    ['ping', { ack_phrase: 'hooray' }, ok({ ping: 'hooray' })],
    ['ping:hooray!', {}, ok({ ping: 'hooray!' })],
    ['param_ping', { error: true }, { status: 'error', response: { reason: 'You asked for this!' } }],
    ['param_ping', { error: false, arr: [1, 2] }, ok({ error: false, arr: [1, 2] })],
  ])('answers %s %j (CH-116, CH-117, CH-120, CH-136)', async (event, payload, answer) => {
    const client = await openCase(userSocket)
    expect(await client.join('ping')).toEqual(ok({}))
    expect(await client.ask('ping', event, payload)).toEqual(answer)
  })

  it('says nothing to pong (CH-118)', async () => {
    const client = await openCase(userSocket)
    await client.join('ping')
    client.push('ping', 'pong')
    await client.ask('ping', 'ping')
    expect(client.received('phx_reply')).toHaveLength(2)
  })

  it('answers ding and closes (CH-119)', async () => {
    const client = await openCase(userSocket)
    await client.join('ping')
    expect(await client.ask('ping', 'ding')).toEqual(ok({ msg: 'shutting down' }))
    await expect.poll(() => client.received('phx_close')).toHaveLength(1)
    expect(client.session.topics()).toEqual([])
  })

  it('crashes on any other event, alone (CH-2, CH-122)', async () => {
    const client = await openCase(userSocket)
    await client.join('ping')
    await client.join('ping:other')
    client.push('ping', 'ping2')
    await expect.poll(() => client.received('phx_error')).toEqual([{ reason: 'channel_crash' }])
    expect(client.session.topics()).toEqual(['ping:other'])
    expect(await client.ask('ping:other', 'ping')).toEqual(ok({ ping: 'pong' }))
  })

  it('has one actor for each joined topic and none for the connection (CH-1)', async () => {
    const client = await openCase(userSocket)
    for (const topic of ['ping', 'ping:a', 'dupe']) await client.join(topic)
    expect(client.runtime.actors().map(({ name }) => name)).toEqual([
      'PingChannel:ping',
      'PingChannel:ping:a',
      'DedupeChannel:dupe',
    ])
    client.session.gone()
    expect(client.runtime.actors()).toEqual([])
  })
})

describe('TrackedChannel (CH-56, CH-132, PA-13, PA-14)', () => {
  it('lists who has joined, after the join was answered, and forgets who has gone', async () => {
    const clock = createFakeClock()
    const tokens = createUserTokens({ secret: 'a secret of more than thirty-two characters', clock })
    const tracker = createTracker({ name: 't', pubsub: createPubSub({ nodeName: 'n', log }), clock, log })
    const definition = authSocket({
      tokens,
      log,
      clock,
      metrics: noMetrics,
      channels: { tracked: trackedChannel(tracker, clock.now) },
    })
    const open = async (id: string) => {
      const client = await openCase(definition, { params: { token: await tokens.sign(id) }, clock })
      expect(await client.join('tracked')).toEqual(ok({}))
      return client
    }
    const [one, other] = [await open('1'), await open('other')]
    expect(await one.ask('tracked', 'list')).toEqual(ok({ users: ['1', 'other'] }))
    expect(tracker.list('tracked').map(({ key, meta }) => [key, meta.user_id, typeof meta.online_at])).toEqual([
      ['1', '1', 'string'],
      ['other', 'other', 'string'],
    ])
    one.session.gone()
    other.session.gone()
    expect(tracker.list('tracked')).toEqual([])
  })
})
