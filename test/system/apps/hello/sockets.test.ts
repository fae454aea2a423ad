import { describe, expect, it } from 'vitest'
import { authSocket } from '../../../../system/apps/hello/auth-socket.ts'
import { userSocket } from '../../../../system/apps/hello/user-socket.ts'
import { createUserTokens, userTokenAgeMaxS } from '../../../../system/apps/hello/user-token.ts'
import { signToken } from '../../../../system/channels/index.ts'
import { type Metrics, noMetrics } from '../../../../system/metrics/index.ts'
import { silentLog } from '../../../../system/platform/log.ts'
import { createPubSub, type PubSub } from '../../../../system/pubsub/index.ts'
import { connectTo, createFakeClock, keptLog, openCase } from '../../../support/channel-case.ts'

const secret = 'a secret of more than thirty-two characters'
const clock = createFakeClock()
const tokens = createUserTokens({ secret, clock })
const auth = authSocket({ tokens, log: silentLog, clock, metrics: noMetrics })

describe('UserSocket (CH-115, AT-33)', () => {
  it('accepts everybody', async () => {
    expect(await connectTo(userSocket)).toMatchObject({ kind: 'connected' })
  })

  it('has no id', async () => {
    expect(await connectTo(userSocket)).toMatchObject({ id: null })
  })
})

describe('AuthSocket (CH-124, CH-125, CH-138, AT-34)', () => {
  it('accepts two tokens of one user, and the tokens differ (CH-88)', async () => {
    const [one, two] = [await tokens.sign(1), await tokens.sign(1)]
    expect(one).not.toBe(two)
    for (const token of [one, two]) expect(await connectTo(auth, { token })).toMatchObject({ kind: 'connected' })
  })

  it('gives out standard tokens, which others can read but not make (CH-85, CH-89)', async () => {
    const [head = '', body = ''] = (await tokens.sign(7)).split('.')
    const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
    expect([read(head), read(body).data]).toEqual([{ alg: 'HS256' }, 7])
    const foreign = createUserTokens({ secret: 'another secret of more than thirty-two characters', clock })
    expect(await connectTo(auth, { token: await foreign.sign(7) })).toMatchObject({ kind: 'refused' })
  })

  it('names the user in its id', async () => {
    const ids = await Promise.all([1, 2].map(async (id) => connectTo(auth, { token: await tokens.sign(id) })))
    expect(ids.map((result) => result.kind === 'connected' && result.id)).toEqual(['auth_socket:1', 'auth_socket:2'])
  })

  it('refuses a token of another purpose (CH-84)', async () => {
    const token = await signToken({ secret, salt: 'another', data: 1, nowMs: clock.now() })
    expect(await connectTo(auth, { token })).toEqual({ kind: 'refused', reason: ':invalid' })
  })

  it('refuses to connect without a token', async () => {
    expect(await connectTo(auth)).toEqual({ kind: 'refused', reason: 'missing params' })
  })

  it('refuses nonsense', async () => {
    expect(await connectTo(auth, { token: 'nonsense' })).toEqual({ kind: 'refused', reason: ':invalid' })
  })

  it('takes a token for a day, to the second (CH-87)', async () => {
    const token = await tokens.sign(1)
    await clock.advance((userTokenAgeMaxS - 1) * 1_000)
    expect(await connectTo(auth, { token })).toMatchObject({ kind: 'connected' })
    await clock.advance(2_000)
    expect(await connectTo(auth, { token })).toEqual({ kind: 'refused', reason: ':expired' })
  })
})

describe('AuthChannel (CH-8, CH-92, CH-126)', () => {
  it('is for the user who connected, and says in the log who tried otherwise', async () => {
    const { lines, log } = keptLog()
    const client = await openCase(authSocket({ tokens, log, clock, metrics: noMetrics }), {
      params: { token: await tokens.sign(1) },
    })
    expect(await client.join('user:1')).toEqual({ status: 'ok', response: {} })
    expect(await client.join('user:2')).toEqual({ status: 'error', response: { reason: 'unauthorized' } })
    expect(lines).toContain('AuthChannel: 1 may not join user:2')
  })
})

describe('a timed push on its way to the client (PM-50, DF-41)', () => {
  async function listening(user: string, pubsub?: PubSub) {
    const own = createFakeClock()
    const measured: [name: string, value: number][] = []
    const metrics: Metrics = { ...noMetrics, histogram: (name, value) => void measured.push([name, value]) }
    const client = await openCase(authSocket({ tokens, log: silentLog, clock: own, metrics }), {
      params: { token: await tokens.sign(user) },
      ...(pubsub && { pubsub }),
    })
    await client.join(`user:${user}`)
    return { client, own, measured }
  }

  it('is pushed without its time, and measured by the wall clock', async () => {
    const { client, own, measured } = await listening('1')
    const at = own.now()
    await own.advance(25)
    client.pubsub.broadcast('user:1', 'push_timed', { data: { n: 1 }, at })
    await expect.poll(() => client.received('push_timed')).toEqual([{ n: 1 }])
    expect(measured).toEqual([['pipeline.push_delivered', 25]])
  })

  it('is measured for each client that gets it, and not for a plain push (PM-14)', async () => {
    const pubsub = createPubSub({ nodeName: 'n1', log: silentLog })
    const clients = [await listening('1', pubsub), await listening('1', pubsub)]
    for (const n of [1, 2, 3]) pubsub.broadcast('user:1', 'push_timed', { data: { n }, at: 0 })
    pubsub.broadcast('user:1', 'push', { n: 4 })
    for (const { client, measured } of clients) {
      await expect.poll(() => client.received('push')).toHaveLength(1)
      await expect.poll(() => client.received('push_timed')).toHaveLength(3)
      expect(measured).toHaveLength(3)
    }
  })

  it('for another user is neither pushed nor measured (PM-54, PM-57)', async () => {
    const { client, measured } = await listening('2')
    client.pubsub.broadcast('user:1', 'push_timed', { data: { n: 1 }, at: 0 })
    client.pubsub.broadcast('user:2', 'push', { n: 2 })
    await expect.poll(() => client.received('push')).toEqual([{ n: 2 }])
    expect([client.received('push_timed'), measured]).toEqual([[], []])
  })
})

describe('RecurringChannel (CH-127)', () => {
  it('sends a fresh and valid token every five seconds until it ends', async () => {
    const ticking = createFakeClock()
    const own = createUserTokens({ secret, clock: ticking })
    const client = await openCase(authSocket({ tokens: own, log: silentLog, clock: ticking, metrics: noMetrics }), {
      params: { token: await own.sign(1) },
      clock: ticking,
    })
    await client.join('recurring')
    for (const expected of [1, 2, 3]) {
      await ticking.advance(5_000)
      await expect.poll(() => client.received('new_token')).toHaveLength(expected)
    }
    const sent = client.received('new_token') as { token: string; user: { id: number } }[]
    expect(new Set(sent.map(({ token }) => token)).size).toBe(3)
    for (const { token, user } of sent)
      expect([user.id, await own.verify(token)]).toEqual([1, { kind: 'valid', data: 1 }])
    client.session.gone()
    await ticking.advance(20_000)
    expect(client.received('new_token')).toHaveLength(3)
  })
})
