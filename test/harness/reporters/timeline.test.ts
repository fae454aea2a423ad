import { join } from 'node:path'
import { buildModel } from '@tracerbench/trace-model'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import type { FaultRecord } from '../../../harness/history/operation.ts'
import { perfetto } from '../../../harness/reporters/perfetto.ts'
import { readRecord } from '../../../harness/reporters/record.ts'
import { type Lane, timelineOf } from '../../../harness/reporters/timeline.ts'
import type { ScenarioResult } from '../../../harness/verdict/result.ts'
import { historyOf, join as joined, publish, receive, type TestEvent } from '../../support/histories.ts'

const record = readRecord(join(import.meta.dirname, 'fixture'))
const fault: FaultRecord = {
  ...{ id: 1, kind: 'link.cut', target: 'n1->n2', options: {}, requestedMs: 3_000, witnessedOnMs: 3_500 },
  ...{ healRequestedMs: 5_000, witnessedOffMs: 5_200, witness: { on: '', off: '' } },
}
const scenario: ScenarioResult = {
  ...record.run.scenarios[1]!,
  phases: [
    { name: 'provision', startMs: 0, endMs: 1_000 },
    { name: 'steps', startMs: 1_000, endMs: 8_000 },
    { name: 'final-reads', startMs: 8_000, endMs: 9_000 },
  ],
  durationMs: 12_000,
  faults: [fault, { ...fault, id: 2, kind: 'node.kill', target: 'n2', witnessedOnMs: null, healRequestedMs: null }],
}
const client = (who: string, kind: string): TestEvent => ({ type: 'read', who, operation: 'client', value: { kind } })
const events = historyOf(
  client('alice', 'tab'),
  client('background-v2', 'V2'),
  { type: 'connect', who: 'alice', tMs: 1_100 },
  joined('alice', 1_200, 'ping', 'n1'),
  joined('background-v2', 1_200, 'ping', 'n1'),
  publish('n1', 1, 2_500),
  receive('alice', 'n1', 1, 2_510),
  receive('background-v2', 'n1', 1, 2_520),
  publish('n1', 2, 2_600),
  receive('alice', 'n1', 2, 2_610),
  receive('alice', 'n1', 2, 2_620),
  { type: 'invoke', who: 'alice', operation: 'add_item', op: 1, value: { itemId: 4 }, tMs: 3_000 },
  { type: 'invoke', who: 'alice', operation: 'add_item', op: 2, value: { itemId: 5 }, tMs: 3_100 },
  { type: 'failed', who: 'alice', operation: 'add_item', op: 1, error: 'sold out', tMs: 3_200 },
  { type: 'metric', who: 'n1', node: 'n1', operation: 'joins', value: { value: 2, kind: 'c' }, tMs: 4_000 },
  { type: 'metric', who: 'n1', node: 'n1', operation: 'joins', value: { value: 3, kind: 'c' }, tMs: 4_500 },
  { type: 'disconnect', who: 'alice', tMs: 6_000 },
).events
const data = timelineOf(scenario, events)
const groupOf = (name: string) => data.groups.find((group) => group.name === name)!
const lane = (group: string, name: string): Lane => groupOf(group).lanes.find((one) => one.name === name)!

describe('the lanes of a timeline', () => {
  it('begin with the steps, and shade what was witnessed', () => {
    expect([data.fromMs, data.toMs, data.endMs]).toEqual([1_000, 9_180, 12_000])
    expect(data.bands).toEqual([{ fromMs: 3_500, toMs: 5_200 }])
    expect(data.violations.map(({ tMs }) => tMs)).toEqual([expect.any(Number), expect.any(Number)])
  })

  it('are those of faults, nodes, links, tabs, operations, messages, latency and metrics; the background is folded', () => {
    expect(data.groups.map(({ name, isFolded }) => `${name}${isFolded ? ' folded' : ''}`)).toEqual([
      ...['scenario', 'faults', 'nodes', 'links', 'tabs', 'background folded', 'operations', 'messages'],
      ...['background messages folded', 'latency', 'metrics'],
    ])
  })

  it('show what was asked for and what was witnessed', () => {
    expect(Object.keys(lane('faults', 'link.cut n1->n2').spans)).toEqual(['requested', 'witnessed'])
    expect(lane('links', 'n1->n2').spans.witnessed).toEqual([3_500, 1_700, expect.any(Number)])
    expect(Object.keys(lane('faults', 'node.kill n2').spans)).toEqual(['requested'])
  })

  it('show how operations ended, and one that never did until the end', () => {
    const { spans } = lane('operations', 'alice')
    expect(spans.failed!.slice(0, 2)).toEqual([3_000, 200])
    expect(spans.open!.slice(0, 2)).toEqual([3_100, 8_900])
    expect(data.texts[spans.failed![2]!]).toBe('alice: add_item itemId 4, failed: sold out')
  })

  it('show what was delivered, twice or lost without a reason', () => {
    const alice = lane('messages', 'alice').marks
    expect(alice.delivered).toEqual([2_510, 0, 100, 1, 10, 1].map((n, i) => (i % 2 === 0 ? n : expect.any(Number))))
    expect(alice.duplicated![0]).toBe(2_600)
    expect(lane('background messages', 'background-v2').marks.lost![0]).toBe(2_600)
  })

  it('have latency and summed counters on the same axis', () => {
    expect(lane('latency', 'operations').chart!.series.failed).toEqual([3_200, 200])
    expect(lane('latency', 'messages').chart!.series.delivered!.slice(0, 2)).toEqual([2_510, 10])
    expect(lane('metrics', 'joins').chart!.series.n1).toEqual([4_000, 2, 500, 5])
    expect(lane('tabs', 'alice').spans.connected!.slice(0, 2)).toEqual([1_100, 4_900])
  })
})

interface TraceEvent {
  ph: string
  pid: number
  tid: number
  ts: number
  dur: number
  name: string
}

/** The parts of the Trace Event Format that a viewer needs. */
const traceFormat = {
  type: 'array',
  minItems: 1,
  items: {
    type: 'object',
    required: ['ph', 'pid', 'tid', 'ts', 'name', 'cat', 'args'],
    properties: {
      ph: { enum: ['M', 'X', 'i', 'C'] },
      ...{ pid: { type: 'integer' }, tid: { type: 'integer' }, ts: { type: 'integer', minimum: 0 } },
      ...{ name: { type: 'string', minLength: 1 }, cat: { type: 'string' }, args: { type: 'object' } },
    },
    allOf: [
      { anyOf: [{ properties: { ph: { not: { const: 'X' } } } }, { required: ['dur'] }] },
      { anyOf: [{ properties: { ph: { not: { const: 'i' } } } }, { required: ['s'] }] },
    ],
  },
}

describe('the Perfetto trace', () => {
  const run = { ...record.run, scenarios: [scenario] }
  const { traceEvents } = JSON.parse(perfetto({ ...record, run, eventsOf: () => events })) as {
    traceEvents: TraceEvent[]
  }

  it('is what a parser of Chrome traces reads, one process for each group and one thread for each lane', () => {
    const { processes } = buildModel(traceEvents as never)
    expect(processes.map(({ name }) => name)).toContain(`${scenario.id}: operations`)
    const operations = processes.find(({ name }) => name === `${scenario.id}: operations`)!
    expect(operations.threads.map(({ name }) => name)).toEqual(['alice', 'alice (2)'])
    expect(operations.threads.flatMap((thread) => thread.events.map(({ name }) => name))).toContain(
      'alice: add_item itemId 4, failed: sold out',
    )
  })

  it.each([
    ['every event', traceEvents, true],
    ['none of another kind', [{ ...traceEvents[0], ph: '?' }], false],
    ['none without a time', [{ ...traceEvents[0], ts: undefined }], false],
    ['no span without a length', [{ ...traceEvents.find(({ ph }) => ph === 'X'), dur: undefined }], false],
  ])('has, as its format asks, %s', (_what, list, isGood) => {
    expect(new Ajv().validate(traceFormat, JSON.parse(JSON.stringify(list)))).toBe(isGood)
  })

  it('marks the violation, and its threads show one thing at a time', () => {
    expect(traceEvents.filter(({ name }) => name.startsWith('violated: '))).toHaveLength(2)
    for (const own of Map.groupBy(
      traceEvents.filter(({ ph }) => ph === 'X'),
      ({ pid, tid }) => `${pid} ${tid}`,
    ).values())
      for (const [index, { ts }] of own.entries())
        if (index > 0) expect(ts).toBeGreaterThanOrEqual(own[index - 1]!.ts + own[index - 1]!.dur)
  })
})
