import { describe, expect, it } from 'vitest'
import { noMetrics } from '../../../system/metrics/index.ts'
import { createControlActions } from '../../../system/node/control-actions.ts'
import { createDelays } from '../../../system/node/delays.ts'
import { joinApps } from '../../../system/node/join.ts'
import type { App, AppContext } from '../../../system/node/module.ts'
import { createShedding } from '../../../system/node/shedding/shedding.ts'
import { createCountedClock, createSkewableClock } from '../../../system/platform/clock.ts'
import { readConfig } from '../../../system/platform/config.ts'
import { silentLog as log } from '../../../system/platform/log.ts'
import { seededRandom } from '../../../system/platform/random.ts'
import { processUsage } from '../../../system/platform/usage.ts'
import { createPubSub } from '../../../system/pubsub/index.ts'
import { createRuntime, supervisor } from '../../../system/runtime/index.ts'
import { createFakeClock } from '../../support/channel-case.ts'

function setUp(apps: App[]) {
  const fake = createFakeClock()
  const timers = createCountedClock(fake)
  const clock = createSkewableClock(timers)
  const context: AppContext = {
    config: readConfig({ SQUALL_NODE: 'n1' }),
    pubsub: createPubSub({ nodeName: 'n1', log }),
    runtime: createRuntime({ clock, log }),
    clock,
    log,
    random: seededRandom(1),
    secret: 's'.repeat(32),
    beforeHandle: () => undefined,
    metrics: noMetrics,
  }
  const { endpoint } = joinApps(
    context,
    apps.map((app, index) => ({ ...app, name: `app${index}` })),
  )
  const delays = createDelays(clock)
  const rules = { everyMs: 1_000, countMax: 100, afterMs: 30_000 }
  const shedding = createShedding({ connections: endpoint.clients, rules, clock, log, usage: processUsage })
  const actions = createControlActions({ context, clock, timers, adapter: undefined, endpoint, delays, shedding, apps })
  return { actions, context, delays, fake, clock }
}

describe('what a node says of itself', () => {
  it('is ready when each condition of each application is true', () => {
    let isFull = false
    const { actions } = setUp([{ readiness: () => ({ full: isFull }) }, {}, { readiness: () => ({ warm: true }) }])
    expect(actions.ready()).toEqual({ ready: false, full: false, warm: true, peers: {} })
    isFull = true
    expect(actions.ready()).toEqual({ ready: true, full: true, warm: true, peers: {} })
  })

  it('is ready at once without any condition', () => {
    expect(setUp([]).actions.ready()).toEqual({ ready: true, peers: {} })
  })

  it('puts the state and the counters of its applications beside its own', () => {
    const tank: App = { state: () => ({ litres: 5 }), counters: () => ({ filled: 2 }) }
    const pump: App = { state: () => ({ strokes: 7 }), counters: () => ({ stalled: 1 }) }
    const state = setUp([tank, pump]).actions.state()
    expect(state).toMatchObject({ node: 'n1', litres: 5, strokes: 7, subscriptions: {}, connections: [], pushes: {} })
    expect(state.counters).toMatchObject({ filled: 2, stalled: 1, broadcasts: 0, pushes: 0 })
  })

  it('counts what it holds, and names no topic (RT-11, CT-18)', async () => {
    const ghost: App = { holds: () => ({ owners: ['1', '99'], pending: { transactions: 2 } }) }
    const { actions, context } = setUp([ghost, { holds: () => ({ pending: { transactions: 1 } }) }])
    const handle = () => new Promise(() => {})
    const actor = context.runtime.spawn({ name: 'PingChannel:cart:secret', role: 'channel', handle })
    void actor.call('never answered', 1_000).catch(() => {})
    context.pubsub.subscribe('news', { deliver: () => {} })
    const { holds } = actions.state() as { holds: Record<string, unknown> }
    const relayTopic = 1
    expect(holds).toMatchObject({
      ...{ connections: 0, polls: 0, relayed: 0, sessions: 0, joined: 0, clientSubscriptions: 0, unreadBytes: 0 },
      ...{ channels: { PingChannel: 1 }, actors: { channel: 1 }, callsInFlight: 1, timers: 1 },
      ...{ topics: 1 + relayTopic, subscriptions: 1 + relayTopic, tracked: 2, trackedOfNobody: 1, peerBytes: 0 },
      pending: { transactions: 3 },
    })
    expect(JSON.stringify(holds)).not.toContain('secret')
  })

  it('shows which actors hibernate (RT-66)', async () => {
    const { actions, context, fake } = setUp([])
    context.runtime.spawn({ name: 'Idle', hibernateAfterMs: 1_000, handle() {} })
    context.runtime.spawn({ name: 'Busy', handle() {} })
    await fake.advance(1_100)
    expect(actions.actors()).toMatchObject([
      { name: 'Idle', hibernated: true },
      { name: 'Busy', hibernated: false },
    ])
    expect(actions.state()).toMatchObject({ hibernated: 1 })
  })

  it('says what its process uses, and what is left when all garbage is collected (RT-67)', () => {
    const { actions } = setUp([])
    const { heapBytes, rssBytes } = actions.memory()
    expect(rssBytes).toBeGreaterThan(heapBytes)
    // Too large for the young generation, so that it stays until somebody collects everything.
    const litter = () => new Array<number>(4_000_000).fill(0).length
    expect(litter()).toBe(4_000_000)
    const collected = actions.collect()
    expect(collected.beforeBytes - collected.heapBytes).toBeGreaterThan(20_000_000)
  })

  it('lists and kills the supervisors of an application too (RT-10, RT-77)', async () => {
    const { clock } = createRuntime({ clock: createFakeClock(), log })
    const options = { strategy: 'one_for_one', id: 'tanks-2' } as const
    const top = await supervisor({ clock, log }, 'tanks', options, []).start()
    const { actions } = setUp([{ supervisors: () => [top.actor] }, {}])
    expect(actions.actors()).toMatchObject([{ id: 'tanks-2', name: 'tanks', role: 'supervisor', alive: true }])
    expect(actions.killActor({ name: 'tanks' })).toBe('tanks-2')
    expect(top.alive).toBe(false)
  })

  it('kills an actor by name or id, and says when there is none (FI-1)', async () => {
    const { actions, context } = setUp([])
    const actor = await context.runtime.start({ name: 'Tank', handle: () => undefined })
    expect(actions.actors().map(({ name }) => name)).toEqual(['Tank'])
    expect(actions.killActor({ name: 'Pump' })).toBeUndefined()
    expect(actor.alive).toBe(true)
    expect(actions.killActor({ name: 'Tank' })).toBe(actor.id)
    expect(actor.alive).toBe(false)
  })

  it('delays a handler until it is told not to (FI-11)', async () => {
    const { actions, delays, fake } = setUp([])
    expect(delays.beforeChannel('TankChannel', 'fill')).toBeUndefined()
    actions.delay('TankChannel.fill', 50)
    let isOver = false
    const waiting = delays.beforeChannel('TankChannel', 'fill')?.then(() => (isOver = true))
    expect(delays.beforeChannel('TankChannel', 'drain')).toBeUndefined()
    await fake.advance(49)
    expect(isOver).toBe(false)
    await fake.advance(1)
    await waiting
    actions.delay('TankChannel.fill', 0)
    expect(delays.beforeHandle('TankChannel.fill')).toBeUndefined()
  })
})
