import { Presence as ClientPresence } from 'phoenix'
import { describe, expect, it } from 'vitest'
import { silentLog as log } from '../../../system/platform/log.ts'
import { createPresence, createTracker } from '../../../system/presence/index.ts'
import type { PubSubAdapter, RemoteMessage } from '../../../system/pubsub/adapter.ts'
import { createPubSub } from '../../../system/pubsub/index.ts'
import { createFakeClock } from '../../support/channel-case.ts'

/** Nodes in one process: what one says reaches the others unless the two are cut apart. */
function cluster() {
  const clock = createFakeClock()
  const receivers = new Map<string, (message: RemoteMessage) => void>()
  const cuts = new Set<string>()
  const sent: RemoteMessage[] = []
  const reach = (from: string, to: string, message: RemoteMessage) => {
    sent.push(message)
    if (!cuts.has(`${from}-${to}`) && !cuts.has(`${to}-${from}`)) receivers.get(to)?.(structuredClone(message))
  }
  const adapterOf = (name: string) =>
    ({
      start: async (onRemote: (message: RemoteMessage) => void) => void receivers.set(name, onRemote),
      stop: async () => {},
      broadcast(message: RemoteMessage) {
        for (const other of receivers.keys()) if (other !== name) reach(name, other, message)
      },
      directBroadcast: (to: string, message: RemoteMessage) => reach(name, to, message),
      peers: () => ({}),
      onPeerUp: () => {},
      counters: {},
    }) as unknown as PubSubAdapter
  const node = (name: string) => {
    const pubsub = createPubSub({ nodeName: name, adapter: adapterOf(name), log })
    void pubsub.start()
    return pubsub
  }
  return { clock, cuts, sent, node, vanish: (name: string) => receivers.delete(name) }
}

function trackers(count: number, options: { shards?: number } = {}) {
  const all = cluster()
  let startedCount = 0
  const start = (name: string) => {
    startedCount += 1
    // As of processes that run for different times.
    const aheadMs = 1_000 * startedCount
    const clock = { ...all.clock, monotonicMs: () => all.clock.monotonicMs() + aheadMs }
    const tracker = createTracker({ name: 'test', pubsub: all.node(name), clock, log, ...options })
    tracker.start()
    return tracker
  }
  const list = Array.from({ length: count }, (_, index) => start(`n${index + 1}`))
  const keys = (tracker: (typeof list)[number], topic = 'lobby') => tracker.list(topic).map(({ key }) => key)
  return { ...all, start, list, keys }
}

describe('a tracker', () => {
  it('does not start without pub/sub (PA-8)', () => {
    const { clock } = cluster()
    expect(() => createTracker({ name: 'test', clock, log } as never)).toThrow('the tracker test needs pubsub')
  })

  it('gives each entry a reference of its own, two tabs of one user too (PA-11)', () => {
    const { list } = trackers(1)
    const refs = [list[0]!.track('tab 1', 'lobby', 'alice', {}), list[0]!.track('tab 2', 'lobby', 'alice', {})]
    expect(new Set(refs).size).toBe(2)
    expect(
      list[0]!
        .list('lobby')
        .map(({ ref }) => ref)
        .sort(),
    ).toEqual(refs.sort())
  })

  it('shows a change here at once and everywhere within two seconds (PA-1, PA-3)', async () => {
    const { list, keys, clock } = trackers(3)
    await clock.advance(100)
    list[0]!.track('o', 'lobby', 'alice', {})
    expect(keys(list[0]!)).toEqual(['alice'])
    await clock.advance(2_000)
    expect(list.map((one) => keys(one))).toEqual([['alice'], ['alice'], ['alice']])
    list[0]!.untrackAll('o')
    await clock.advance(2_000)
    expect(list.map((one) => keys(one))).toEqual([[], [], []])
  })

  it('lets changes that come close together travel together, at a price of the change and not of the set (PA-3)', async () => {
    const { list, clock, sent } = trackers(2)
    await clock.advance(100)
    for (let n = 0; n < 1_000; n += 1) list[0]!.track('o', 'lobby', `k${n}`, {})
    await clock.advance(3_000)
    sent.length = 0
    list[0]!.track('o', 'lobby', 'one more', {})
    list[0]!.track('o', 'lobby', 'and another', {})
    await clock.advance(100)
    expect(sent).toHaveLength(1)
    expect(JSON.stringify(sent).length).toBeLessThan(1_000)
    expect(list[1]!.list('lobby')).toHaveLength(1_002)
  })

  it('tells of a change in time while others go on (PA-3)', async () => {
    const { list, keys, clock } = trackers(2)
    await clock.advance(100)
    for (let n = 0; n < 20; n += 1) {
      list[0]!.track('o', 'lobby', `k${n}`, {})
      await clock.advance(30)
    }
    expect(keys(list[1]!).length).toBeGreaterThan(15)
  })

  it('has one heartbeat, however often it told of changes (PA-3)', async () => {
    const { list, clock } = trackers(2)
    await clock.advance(100)
    for (let n = 0; n < 20; n += 1) {
      list[0]!.track('o', 'lobby', `k${n}`, {})
      await clock.advance(100)
    }
    expect(clock.timerCount()).toBe(list.length)
    expect(list[0]!.held().changesTold).toBe(20)
  })

  it('lists entries in the order in which they were tracked, on whatever node (PA-13)', async () => {
    const { list, keys, clock } = trackers(3)
    for (const index of [1, 2, 0]) {
      list[index]!.track('o', 'lobby', `on n${index + 1}`, {})
      await clock.advance(100)
    }
    for (const one of list) expect(keys(one)).toEqual(['on n2', 'on n3', 'on n1'])
  })

  it('introduces itself to a node that starts later, before its next heartbeat (PA-4)', async () => {
    const { list, keys, clock, start } = trackers(1)
    list[0]!.track('o', 'lobby', 'alice', {})
    await clock.advance(100)
    const late = start('n2')
    await clock.advance(100)
    expect(keys(late)).toEqual(['alice'])
  })

  it('spreads topics over its shards, one topic in one shard (PA-5, PA-6)', async () => {
    const { list, clock, sent } = trackers(1, { shards: 4 })
    for (let n = 0; n < 100; n += 1) list[0]!.track('o', `topic:${n}`, 'k', {})
    await clock.advance(2_000)
    expect(list[0]!.list('topic:7')).toHaveLength(1)
    expect(sent).toEqual([])
  })

  it('rights itself after a split with changes on both sides (PA-4)', async () => {
    const { list, keys, clock, cuts } = trackers(3)
    await clock.advance(100)
    list[0]!.track('o', 'lobby', 'before', {})
    await clock.advance(2_000)
    for (const other of ['n2', 'n3']) cuts.add(`n1-${other}`)
    list[0]!.untrack('o', 'lobby', 'before')
    list[0]!.track('o', 'lobby', 'left', {})
    list[1]!.track('o', 'lobby', 'right', {})
    await clock.advance(40_000)
    expect([keys(list[0]!), keys(list[1]!), keys(list[2]!)]).toEqual([['left'], ['right'], ['right']])
    cuts.clear()
    await clock.advance(30_000)
    for (const one of list) expect(keys(one).sort()).toEqual(['left', 'right'])
  })

  it('drops a node that says nothing, and has it back when it does (PA-4)', async () => {
    const { list, keys, clock, vanish, cuts } = trackers(2)
    await clock.advance(100)
    list[1]!.track('o', 'lobby', 'there', {})
    await clock.advance(2_000)
    cuts.add('n1-n2')
    await clock.advance(29_000)
    expect(keys(list[0]!)).toEqual(['there'])
    await clock.advance(3_000)
    expect(keys(list[0]!)).toEqual([])
    cuts.clear()
    await clock.advance(2_000)
    expect(keys(list[0]!)).toEqual(['there'])
    vanish('n2')
  })

  it('drops what a node had when it goes in order, or comes back as another (PA-4)', async () => {
    const { list, keys, clock, start } = trackers(2)
    await clock.advance(100)
    list[1]!.track('o', 'lobby', 'old', {})
    await clock.advance(2_000)
    const again = start('n2')
    await clock.advance(2_000)
    expect(keys(list[0]!)).toEqual([])
    again.track('o', 'lobby', 'new', {})
    await clock.advance(2_000)
    expect(keys(list[0]!)).toEqual(['new'])
    again.stop()
    expect(keys(list[0]!)).toEqual([])
  })

  it('tells a node that comes late all that there is', async () => {
    const { list, keys, clock, start } = trackers(1)
    list[0]!.track('o', 'lobby', 'alice', {})
    await clock.advance(10_000)
    const late = start('n2')
    await clock.advance(2_000)
    expect(keys(late)).toEqual(['alice'])
  })
})

describe('presence (PA-15..PA-18)', () => {
  it('tells a newcomer of whoever goes, though nobody had been told of the coming yet (PA-16, PA-18)', async () => {
    const { clock, node } = cluster()
    const pubsub = node('n1')
    const presence = createPresence({ name: 'p', pubsub, clock, log })
    presence.start()
    await clock.advance(100)
    presence.track('c1', 'lobby', 'alice', { items: [] })
    let state = ClientPresence.syncState({}, JSON.parse(JSON.stringify(presence.state('lobby'))))
    pubsub.subscribe('lobby', {
      deliver({ payload }) {
        state = ClientPresence.syncDiff(state, payload as never)
      },
    })
    presence.update('c1', 'lobby', 'alice', () => ({ items: [3] }))
    await clock.advance(2_000)
    expect(JSON.parse(JSON.stringify(state))).toMatchObject({ alice: { metas: [{ items: [3] }] } })
    expect((state as { alice: { metas: unknown[] } }).alice.metas).toHaveLength(1)
  })

  it('leaves no timer behind when it is stopped, and tells nobody of a change that waited', async () => {
    const { clock, node } = cluster()
    const pubsub = node('n1')
    const presence = createPresence({ name: 'p', pubsub, clock, log })
    const told: unknown[] = []
    pubsub.subscribe('lobby', { deliver: (broadcast) => void told.push(broadcast) })
    presence.start()
    presence.track('c1', 'lobby', 'alice', {})
    presence.stop()
    expect(clock.timerCount()).toBe(0)
    await clock.advance(10_000)
    expect(told).toEqual([])
  })

  it('keeps the official client right on every node, through joins, updates and leaves', async () => {
    const { clock, node } = cluster()
    const nodes = ['n1', 'n2'].map((name) => {
      const pubsub = node(name)
      const presence = createPresence({ name: 'p', pubsub, clock, log })
      presence.start()
      const client = { state: {} as object, diffs: 0 }
      pubsub.subscribe('lobby', {
        deliver({ event, payload }) {
          expect(event).toBe('presence_diff')
          client.diffs += 1
          client.state = ClientPresence.syncDiff(client.state, payload as never)
        },
      })
      return { presence, client }
    })
    await clock.advance(100)
    const [one, two] = nodes as [(typeof nodes)[number], (typeof nodes)[number]]
    one.presence.track('c1', 'lobby', 'alice', { device: 'phone' })
    await clock.advance(10)
    two.presence.track('c2', 'lobby', 'alice', { device: 'desk' })
    two.presence.track('c3', 'lobby', 'bob', {})
    await clock.advance(2_000)
    one.presence.update('c1', 'lobby', 'alice', (meta) => ({ ...meta, away: true }))
    two.presence.untrackAll('c3')
    await clock.advance(2_000)
    for (const { presence, client } of nodes) {
      const state = JSON.parse(JSON.stringify(presence.state('lobby')))
      expect(Object.keys(state)).toEqual(['alice'])
      expect(state.alice.metas.map(({ device }: { device: string }) => device)).toEqual(['phone', 'desk'])
      expect(state.alice.metas[0]).toMatchObject({ away: true, phx_ref_prev: expect.any(String) })
      const shown = (client.state as { alice: { metas: { phx_ref: string }[] } }).alice.metas
      expect(shown.map(({ phx_ref }) => phx_ref).sort()).toEqual(
        state.alice.metas.map(({ phx_ref }: { phx_ref: string }) => phx_ref).sort(),
      )
    }
  })
})
