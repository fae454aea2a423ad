import { describe, expect, it } from 'vitest'
import { metricsAsDeclared } from '../../../../harness/checkers/core/metrics-as-declared.ts'
import { historyOf, type TestEvent } from '../../../support/histories.ts'

const metric = (name: string, value: number, kind: string, tags: Record<string, string> = {}): TestEvent => ({
  who: 'n1',
  node: 'n1',
  type: 'metric',
  operation: name,
  value: { value, kind, tags },
})
const joined = metric('channel_join', 1, 'c', { status: 'success', channel: 'PingChannel' })
const joins = Array.from({ length: 5 }, (): TestEvent => ({ who: 'gus', type: 'join', topic: 'ping', node: 'n1' }))
const connects = metric('socket_connect', 1, 'c', { status: 'success', socket: 'StatsSocket' })
const failed = metric('socket_connect', 1, 'c', { status: 'fail', socket: 'StatsSocket' })
const refusals = Array.from(
  { length: 3 },
  (): TestEvent => ({ who: 'eve', node: 'n1', type: 'read', operation: 'refusal', value: 403 }),
)
const check = (...events: TestEvent[]) => metricsAsDeclared.check(historyOf(...events))

describe('metrics-as-declared (PM-1, PM-9, PM-10, PM-11, PM-16)', () => {
  it.each([
    ['no metric at all', joins],
    [
      'every declared kind',
      [joined, connects, metric('sockets_connected', 3, 'g'), metric('stats_channel.ping', 9, 'ms')],
    ],
    ['a delivery that clocks make negative (PM-48)', [metric('pipeline.push_delivered', -30_000, 'h')]],
    ['an item that was dropped (PM-42)', [metric('pipeline.item_dropped', 1, 'c')]],
    ['the tag of a tenant (PM-2)', [metric('channels_connected', 0, 'g', { tenant_id: 'acme' })]],
    ['joins that are counted', [...joins, joined]],
    ['refused connections that are counted', [...refusals, failed]],
    ['a few joins whose packets were lost (AM-9)', [...joins.slice(1), connects]],
  ])('passes with %s', (_, events) => {
    expect(check(...events).outcome).toBe('passed')
  })

  it.each([
    ['n1 sends a metric joins, which nothing declares', [metric('joins', 1, 'c')]],
    ['n1 sends sockets_connected as c (declared: g)', [metric('sockets_connected', 1, 'c')]],
    ['n1 sends channel_join with channel=nothing', [metric('channel_join', 1, 'c', { status: 'success' })]],
    [
      'n1 sends socket_connect with status=ok',
      [metric('socket_connect', 1, 'c', { status: 'ok', socket: 'AdminSocket' })],
    ],
    [
      'n1 sends socket_connect with socket=HelloSockets.AuthSocket',
      [metric('socket_connect', 1, 'c', { status: 'fail', socket: 'HelloSockets.AuthSocket' })],
    ],
    [
      'n1 sends pipeline.push_delivered with the value 1700000000000',
      [metric('pipeline.push_delivered', 1_700_000_000_000, 'h')],
    ],
    ['n1 sends stats_channel.ping with the value 0', [metric('stats_channel.ping', 0, 'ms')]],
    [
      'n1 sends channels_connected with a tag user, which nothing declares',
      [metric('channels_connected', 1, 'g', { user: '1' })],
    ],
    ['a packet is no metric: "boo"', [{ who: 'nobody', type: 'metric', error: 'boo' } as TestEvent]],
    ['n1 accepted 5 joins and counted none of them', [...joins, connects]],
    ['n1 refused 3 connections and counted none of them as failed', [...refusals, connects]],
  ])('violated: %s', (why, events) => {
    expect(check(...events)).toMatchObject({ outcome: 'violated', why })
  })
})
