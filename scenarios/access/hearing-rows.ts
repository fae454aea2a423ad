import type { Conversation } from '../../harness/index.ts'
import type { Row, Sequence } from './row.ts'
import { once } from './topic-rows.ts'
import { itemId, joinCart, pollPath, type World } from './world.ts'

/** Carts whose ids differ in one letter, or in its case. */
const cartIds = { one: `${'k'.repeat(62)}Aa`, last: `${'k'.repeat(62)}Ab`, letterCase: `${'k'.repeat(62)}AA` }

/** Topics that are alike, each with the socket that routes it, and the user who may join it. */
const topics: Record<string, { path: string; userId?: string }> = {
  ping: { path: '/socket' },
  'ping:': { path: '/socket' },
  'ping:a': { path: '/socket' },
  'ping:ab': { path: '/socket' },
  'ping:A': { path: '/socket' },
  'user:1': { path: '/auth_socket', userId: '1' },
  'user:12': { path: '/auth_socket', userId: '12' },
  'user:01': { path: '/auth_socket', userId: '01' },
  'user:ann': { path: '/auth_socket', userId: 'ann' },
  'user:Ann': { path: '/auth_socket', userId: 'Ann' },
  'product:1': { path: '/product_socket' },
  'product:12': { path: '/product_socket' },
  [`cart:${cartIds.one}`]: { path: '/product_socket' },
  [`cart:${cartIds.last}`]: { path: '/product_socket' },
  [`cart:${cartIds.letterCase}`]: { path: '/product_socket' },
}

interface Listener {
  topic: string
  node: World['home']
  /** The texts that it heard. */
  heard: ReadonlySet<string>
}

/** What is said on a topic is heard on it, on every node and over every transport, and nowhere else (CH-45, CH-51, CH-71). */
export function hearingRows(world: World): Row[] {
  const listen = once(() => hear(world))
  return [world.home, world.away].flatMap((node) =>
    Object.keys(topics).flatMap((topic) =>
      Object.keys(topics).map(
        (said): Row => ({
          visitor: `a listener of ${topic}`,
          action: `hear what is said on ${said}`,
          node: node.name,
          expected: topic === said ? 'allowed' : 'refused',
          ids: ['CH-45', 'CH-51', 'CH-71', 'CH-126'],
          async attempt() {
            const { heard } = (await listen()).find((one) => one.topic === topic && one.node === node)!
            return heard.has(said) ? 'allowed' : 'refused'
          },
        }),
      ),
    ),
  )
}

const end = 'end'

/** Everybody listens, the first node says on each topic its name, and a last word, which comes after all the others. */
async function hear(world: World): Promise<Listener[]> {
  const places = [world.home, world.away].flatMap((node) => Object.keys(topics).map((topic) => ({ topic, node })))
  const lines = await Promise.all(places.map(async ({ topic, node }) => lineOf(world, topic, node)))
  for (const event of ['note', end])
    for (const topic of Object.keys(topics)) await world.home.control.broadcast(topic, event, { topic })
  return Promise.all(
    places.map(async ({ topic, node }, index) => {
      const line = lines[index]!
      await line.receive(`the last word on ${topic}`, ([, , on, event]) => on === topic && event === end)
      const said = line.frames().filter(([, , , event]) => event === 'note')
      const heard = new Set(
        said.flatMap(([, , on, , payload]) => [String(on), String((payload as { topic: unknown }).topic)]),
      )
      return { topic, node, heard }
    }),
  )
}

async function lineOf({ visitorOf, users }: World, topic: string, node: World['home']): Promise<Conversation> {
  const { path, userId } = topics[topic]!
  const query = new URLSearchParams({ vsn: '2.0.0', ...(userId && { token: users[userId]! }) })
  const line = await visitorOf(`listener of ${topic}`).connect(`${node.directUrl}${path}/websocket?${query}`)
  const { status } = await line.ask(topic, 'phx_join')
  if (status !== 'ok') throw new Error(`${topic} cannot be joined`)
  return line
}

/** Closing the connections of one user closes those of no other (CH-90). */
export function disconnectSequence(world: World): Sequence {
  const users = ['1', '12', '01', '2', 'ann'] as const
  const lines = new Map<string, Conversation>()
  const open = once(async () => {
    for (const id of users) lines.set(id, await lineOfUser(world, id))
    await world.home.control.broadcast('auth_socket:1', 'disconnect', {})
  })
  const row = (userId: string, expected: string, attempt: () => Promise<string>): Row => ({
    visitor: `the user ${userId}`,
    action: 'stay when the user 1 is disconnected',
    node: world.away.name,
    expected,
    ids: ['CH-90', 'CH-124'],
    attempt,
  })
  return [
    row('1', 'refused', async () => {
      await open()
      const [last] = await lines.get('1')!.receive('the end of the connection', () => false)
      return last === undefined ? 'refused' : 'allowed'
    }),
    ...users.slice(1).map((id) =>
      row(id, 'allowed', async () => {
        await lines.get(id)!.ask('phoenix', 'heartbeat')
        return 'allowed'
      }),
    ),
  ]
}

function lineOfUser({ visitorOf, users, away }: World, userId: string) {
  const query = new URLSearchParams({ vsn: '2.0.0', token: users[userId]! })
  return visitorOf(`user ${userId}`).connect(`${away.directUrl}/auth_socket/websocket?${query}`)
}

/** What is put into one cart is in no cart with a similar id (CT-18, CT-38). */
export function cartSequence(world: World): Sequence {
  const { home, away, visitorOf } = world
  const visitor = visitorOf('a shopper with a similar cart')
  const open = once(async () => {
    const joined = await Promise.all([
      joinCart(home.directUrl, { visitor, cartId: cartIds.one }),
      joinCart(away.directUrl, { visitor, cartId: cartIds.one }),
      ...[home, away].flatMap((node) =>
        [cartIds.last, cartIds.letterCase].map((cartId) => joinCart(node.directUrl, { visitor, cartId })),
      ),
    ])
    const [own, otherTab, ...others] = joined
    await own!.line.ask(own!.topic, 'add_item', { item_id: String(itemId) })
    await otherTab!.line.receive('the item in the other tab', hasItem)
    return { otherTab: otherTab!, others }
  })
  const row = (what: string, expected: string, attempt: () => Promise<string>): Row => ({
    visitor: what,
    action: 'take out what was put into a cart',
    node: away.name,
    expected,
    ids: ['CT-18', 'CT-38'],
    attempt,
  })
  const take = async ({ line, topic }: { line: Conversation; topic: string }) => {
    const { status, response } = await line.ask(topic, 'remove_item', { item_id: String(itemId) })
    return status === 'ok' ? 'allowed' : `refused: ${(response as { error: string }).error}`
  }
  const others = ['whose id ends otherwise', 'whose id has another case'].flatMap((what, index) =>
    [0, 2].map((node) =>
      row(`a shopper with a cart ${what}`, 'refused: not_found', async () =>
        take((await open()).others[index + node]!),
      ),
    ),
  )
  return [...others, row('the shopper in another tab', 'allowed', async () => take((await open()).otherTab))]
}

const hasItem = ([, , , event, payload]: unknown[]) =>
  event === 'cart' && (payload as { items: { id: number }[] }).items.some(({ id }) => id === itemId)

/** Every session over long polls gets its own messages, through whichever node it asks (CH-20, CH-23). */
export function pollSequence(world: World): Sequence {
  const { home, away, visitorOf, pollAt } = world
  const sessions = ['poll', 'polls'].map((name) => ({ name, visitor: visitorOf(`poller ${name}`) }))
  const speak = once(async () => {
    const tokens = new Map<string, string>()
    for (const { name, visitor } of sessions) {
      const token = await pollAt(home.directUrl, visitor)
      tokens.set(name, token)
      const body = JSON.stringify(['1', '1', `ping:${name}`, 'phx_join', {}])
      await visitor.request(`${away.directUrl}${pollPath}&token=${token}`, { method: 'POST', body })
    }
    await Promise.all(sessions.map(({ name, visitor }) => messagesOf(visitor, away.directUrl, tokens.get(name)!)))
    for (const { name } of sessions) await away.control.broadcast(`ping:${name}`, 'note', { name })
    return tokens
  })
  return sessions.map(
    ({ name, visitor }): Row => ({
      visitor: `a client with a session over long polls on ping:${name}`,
      action: 'get its own messages through another node, and no others',
      node: away.name,
      expected: 'allowed',
      ids: ['CH-19', 'CH-20', 'CH-23'],
      async attempt() {
        const messages = await messagesOf(visitor, away.directUrl, (await speak()).get(name)!)
        const heard = messages.map((text) => (JSON.parse(text) as { 4: { name?: string } })[4].name)
        return heard.join() === name ? 'allowed' : `refused: it got ${heard.join() || 'nothing'}`
      },
    }),
  )
}

async function messagesOf(visitor: World['nobody'], url: string, token: string): Promise<string[]> {
  const { body } = await visitor.request(`${url}${pollPath}&token=${token}`)
  return (JSON.parse(body) as { messages: string[] }).messages
}

/** References of another join, of another connection and of another type belong to no joined channel (CH-37, CH-50). */
export function refSequence(world: World): Sequence {
  const { home, visitorOf } = world
  const visitor = visitorOf('a client with references')
  const url = `${home.directUrl}/socket/websocket?vsn=2.0.0`
  const line = once(() => visitor.connect(url))
  const ids = ['CH-37', 'CH-38', 'CH-50']
  const row = (who: string, action: string, expected: string, attempt: () => Promise<string>): Row => ({
    visitor: who,
    action,
    node: home.name,
    expected,
    ids,
    attempt,
  })
  const client = 'a client'
  let tries = 0
  const join = (joinRef: unknown) => async () => {
    const { status } = await (await line()).ask('ping', 'phx_join', {}, { joinRef })
    return status === 'ok' ? 'allowed' : 'refused'
  }
  const push = async () => replied(await (await line()).ask('ping', 'ping'))
  /** The channel handles in order, so that a reply that is not there before the next one never comes. */
  const isHeard = (joinRef: unknown, event: string, current: unknown) => async () => {
    const own = await line()
    tries += 1
    const tried = `try ${tries}`
    own.send('ping', event, {}, { joinRef, ref: tried })
    const next = replied(await own.ask('ping', 'ping', {}, { joinRef: current }))
    if (next !== 'allowed') return `allowed: the channel ended, and ${next}`
    return own.frames().some(([, ref]) => ref === tried) ? 'allowed' : 'refused'
  }
  const stale = ['a1', 'a', 'a123', 'A12', 12, '', 0, ['a12'], {}, false]
  return [
    row(client, 'push before it joins', 'refused: unmatched topic', push),
    row(client, 'join', 'allowed', join('a1')),
    row(client, 'push with the reference of its join', 'allowed', isHeard('a1', 'ping', 'a1')),
    row(client, 'join again', 'allowed', join('a12')),
    row(client, 'push with the reference of its join', 'allowed', isHeard('a12', 'ping', 'a12')),
    row(client, 'push without a reference', 'allowed', isHeard(null, 'ping', 'a12')),
    ...stale.flatMap((ref) =>
      (['ping', 'phx_leave'] as const).map((event) =>
        row(
          `a client with the reference ${JSON.stringify(ref)} instead of "a12"`,
          event === 'ping' ? 'push' : 'leave',
          'refused',
          isHeard(ref, event, 'a12'),
        ),
      ),
    ),
    row(client, 'join with a number as its reference', 'allowed', join(7)),
    row('a client with the text of its reference', 'push', 'refused', isHeard('7', 'ping', 7)),
    row('another connection of the same client', 'push', 'refused: unmatched topic', async () => {
      return replied(await (await visitor.connect(url)).ask('ping', 'ping', {}, { joinRef: 7 }))
    }),
    row(client, 'leave', 'allowed', async () =>
      replied(await (await line()).ask('ping', 'phx_leave', {}, { joinRef: 7 })),
    ),
    row(client, 'push after it has left', 'refused: unmatched topic', push),
  ]
}

function replied({ status, response }: { status: string; response: unknown }): string {
  if (status === 'ok') return 'allowed'
  return `refused: ${(response as { reason?: string }).reason}`
}
