import { describe, expect, it } from 'vitest'
import { gaugesCountClients } from '../../../../harness/checkers/core/gauges-count-clients.ts'
import { fault, historyOf, type TestEvent } from '../../../support/histories.ts'

const who = 'background-v2'
const connect: TestEvent = { type: 'connect', who, node: 'n1', tMs: 0 }
const join = (topic: string, tMs = 0): TestEvent => ({ type: 'join', who, node: 'n1', topic, tMs })
const leave = (topic: string, tMs: number): TestEvent => ({ type: 'leave', who, node: 'n1', topic, tMs })
const gauge = (operation: string, value: number, tMs = 5_000): TestEvent => ({
  ...({ type: 'metric', who: 'n1', node: 'n1', operation, tMs } as const),
  value: { value, kind: 'g', tags: {} },
})
const end: TestEvent = { type: 'read', who: 'harness', operation: 'end', tMs: 10_000 }
const check = (...events: TestEvent[]) => gaugesCountClients.check(historyOf(...events, end))

describe('gauges-count-clients (PM-1)', () => {
  it.each([
    ['as many as are there', [connect, join('a'), join('b'), gauge('channels_connected', 2)]],
    ['more than the background has', [connect, gauge('sockets_connected', 7)]],
    ['one fewer, while somebody leaves', [connect, join('a'), gauge('channels_connected', 0), leave('a', 5_500)]],
    ['one fewer, while somebody joins', [connect, gauge('channels_connected', 0), join('a', 5_500)]],
  ])('passes with %s', (_, events) => {
    expect(check(...events).outcome).toBe('passed')
  })

  it.each([
    ['n1 reported channels_connected 1 while the background alone had 2 joined topics', 'channels_connected', 1],
    ['n1 reported sockets_connected 0 while the background alone had 1 connections', 'sockets_connected', 0],
  ])('violated: %s', (why, operation, value) => {
    const events = [connect, join('a'), join('b'), gauge(operation, value)]
    expect(check(...events)).toMatchObject({ outcome: 'violated', why })
  })

  it('says nothing of samples near a fault, or without any', () => {
    const near = fault(4_000, { witnessedOffMs: 4_500 })
    const sample = gauge('sockets_connected', 0)
    expect(check(connect, near, sample).outcome).toBe('unknown')
    expect(gaugesCountClients.needs?.(historyOf(connect, near, sample, end))).toBe(false)
    expect(gaugesCountClients.needs?.(historyOf(connect, sample, end))).toBe(true)
    expect(check().outcome).toBe('unknown')
    expect(gaugesCountClients.needs?.(historyOf())).toBe(false)
  })
})
