import { describe, expect, it } from 'vitest'
import { judgeLab, type Lab } from '../../../harness/lab/lab.ts'
import { type Collect, collect } from '../../../harness/lab/runtime/collect.ts'
import { type Hibernate, hibernate } from '../../../harness/lab/runtime/hibernate.ts'
import { type MemoryRun, memory } from '../../../harness/lab/runtime/memory.ts'
import { type SchedulersRun, schedulers } from '../../../harness/lab/runtime/schedulers.ts'
import { type ShardRuns, type Shards, shardsLab } from '../../../harness/lab/runtime/shards.ts'

/** The outcome of one prediction, found by its words. */
function outcomeOf<M>(lab: Lab<M>, measured: M, words: string) {
  const found = judgeLab(lab, measured).findings.filter(({ says }) => says.includes(words))
  expect(found.map(({ says }) => says)).toHaveLength(1)
  return found[0]!.outcome
}
const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one)

describe('runtime/schedulers (RT-55, RT-56, RT-74, NF-15, AT-50, DF-52)', () => {
  const served = { latenciesMs: times(100, 3), wrong: 0, heartbeats: { sent: 10, answered: 10 }, isConnected: true }
  const measured: SchedulersRun = {
    cores: 2,
    quiet: served,
    busy: { ...served, latenciesMs: times(100, 12) },
    leaders: [
      { name: 'Workloads.Loop.1', workMs: 60_362 },
      { name: 'Workloads.Loop.2', workMs: 60_323 },
      { name: 'PingChannel:ping', workMs: 12 },
    ],
    blocked: { forMs: 1_500, latencyMs: 1_502 },
    models: {
      'one scheduler': [
        [1, 100],
        [2, 100],
        [16, 100],
      ],
      'one queue': [
        [1, 90],
        [2, 175],
        [16, 660],
      ],
      stealing: [
        [1, 100],
        [2, 200],
        [16, 1_590],
      ],
    },
  }
  const busy = (change: Partial<SchedulersRun['busy']>) => ({ ...measured, busy: { ...measured.busy, ...change } })
  const model = (change: Partial<SchedulersRun['models']>) => ({
    ...measured,
    models: { ...measured.models, ...change },
  })

  it('is as predicted when the thread that serves goes on', () => {
    expect(judgeLab(schedulers, measured).verdict).toBe('as predicted')
  })

  it.each([
    ['is answered, and rightly', busy({ wrong: 1 })],
    ['is answered, and rightly', busy({ latenciesMs: times(99, 12) })],
    ['within 100 ms', busy({ latenciesMs: times(100, 400) })],
    ['every heartbeat', busy({ heartbeats: { sent: 10, answered: 9 } })],
    ['every heartbeat', busy({ isConnected: false })],
    ['lead the list', { ...measured, leaders: [measured.leaders[0]!, { name: 'Workloads.Loop.2', workMs: 20_000 }] }],
    ['lead the list', { ...measured, leaders: measured.leaders.slice(1) }],
    ['until it is over', { ...measured, blocked: { forMs: 1_500, latencyMs: 4 } }],
    ['uses one core', model({ 'one scheduler': measured.models.stealing })],
    ['wait for its lock', model({ 'one queue': measured.models.stealing })],
    ['grows with the cores', model({ stealing: measured.models['one queue'] })],
  ])('contradicts "%s"', (words, contrary) => {
    expect(outcomeOf(schedulers, contrary, words)).toBe('contradicted')
  })

  it('knows nothing of times where the quiet node was slow already', () => {
    const slow = { ...busy({ latenciesMs: times(100, 400) }), quiet: { ...served, latenciesMs: times(100, 90) } }
    expect(outcomeOf(schedulers, slow, 'within 100 ms')).toBe('unknown')
    const uneven = [measured.leaders[0]!, { name: 'Workloads.Loop.2', workMs: 20_000 }]
    expect(outcomeOf(schedulers, { ...slow, leaders: uneven }, 'lead the list')).toBe('unknown')
  })
})

describe('runtime/shards (RT-59)', () => {
  const run = (p50Ms: number, mailboxMax: number, tookMs = 600) => ({ p50Ms, p99Ms: p50Ms * 1.2, mailboxMax, tookMs })
  const waiting: ShardRuns = { one: run(140, 63), hash: run(36, 15), key: run(3, 1) }
  const computing: ShardRuns = { one: run(64, 63), hash: run(64, 15), key: run(64, 1) }
  const measured: Shards = { waiting: times(5, waiting), computing: times(5, computing) }
  const changed = (change: Partial<ShardRuns>) => ({ ...measured, waiting: times(5, { ...waiting, ...change }) })

  it('is as predicted when queues grow shorter with the actors', () => {
    expect(judgeLab(shardsLab, measured).verdict).toBe('as predicted')
  })

  it.each([
    ['one actor:', changed({ one: run(140, 3) })],
    ['4 hashed actors', changed({ hash: run(120, 50) })],
    ['next to nobody', changed({ key: run(70, 20) })],
    ['slowest calls', changed({ hash: { ...waiting.hash, p99Ms: 160 } })],
    ['done no sooner', { ...measured, computing: times(5, { ...computing, key: run(8, 1, 100) }) }],
  ])('contradicts "%s"', (words, contrary) => {
    expect(outcomeOf(shardsLab, contrary, words)).toBe('contradicted')
  })

  it('knows nothing where the rounds disagree', () => {
    const some = { ...measured, waiting: [waiting, ...times(2, { ...waiting, key: run(70, 20) }), waiting, waiting] }
    expect(outcomeOf(shardsLab, some, 'next to nobody')).toBe('unknown')
  })
})

describe('runtime/memory (RT-61, RT-62, RT-63, RT-64, RT-68)', () => {
  const curve = { start: 2_820, allocated: 142_804, cleared: 142_804, afterNoops: 142_804, collected: 2_820 }
  const heap = { start: 10e6, allocated: 26e6, cleared: 26e6, afterNoops: 26.1e6, collected: 10.1e6 }
  const measured: MemoryRun = {
    model: { ...curve, hibernated: 1_212, hibernatedByItself: 1_212 },
    busy: { bytes: 2_820, noops: 1_000 },
    binary: { heapBytes: 2_820, clearedBytes: 1_000_000, collectedBytes: 0 },
    sweeps: {
      default: { binaryBytesMax: 1_000_000, copiedWords: 300_000 },
      after20: { binaryBytesMax: 150_000, copiedWords: 1_000_000 },
    },
    isolate: { ...heap, hibernated: 17, hibernatedByItself: 17 },
    wokenMs: 50,
    kept: { given: 5, after: 5 },
  }
  const model = (change: object) => ({ ...measured, model: { ...measured.model, ...change } })
  const isolate = (change: object) => ({ ...measured, isolate: { ...measured.isolate, ...change } })

  it('is as predicted with the figures of the text, and a heap of their shape', () => {
    expect(judgeLab(memory, measured).verdict).toBe('as predicted')
  })

  it.each([
    ['bytes of the text', model({ cleared: 2_820 })],
    ['model: hibernation', model({ hibernatedByItself: 142_804 })],
    ['needs no help', { ...measured, busy: { bytes: 142_804, noops: 1_000 } }],
    ['not on the heap', { ...measured, binary: { ...measured.binary, clearedBytes: 0 } }],
    ['after 20 minor ones', { ...measured, sweeps: { ...measured.sweeps, after20: measured.sweeps.default } }],
    ['what was cleared stays', isolate({ cleared: 12e6 })],
    ['what was cleared stays', isolate({ afterNoops: 12e6 })],
    ['is asked for frees it', isolate({ collected: 24e6 })],
    ['worker: hibernation', isolate({ hibernatedByItself: 26e6 })],
    ['with the state', { ...measured, kept: { given: 5, after: 0 } }],
  ])('contradicts "%s"', (words, contrary) => {
    expect(outcomeOf(memory, contrary, words)).toBe('contradicted')
  })
})

describe('runtime/hibernate (RT-65, RT-66)', () => {
  const off = { emptyBytes: 20e6, awakeBytes: 32e6, laterBytes: 32e6, usedBytes: [48e6, 34e6], hibernated: 0 } as const
  const measured: Hibernate = {
    idle: {
      ...{ ...off, laterBytes: 31e6, hibernated: 10_000, hibernatedAfterPush: 9_999, isAnswered: true },
      ...{ firstHibernatedMs: 15_200, allHibernatedMs: 16_100 },
    },
    off,
    cpuUs: { everyMessage: times(5, 24), idleOnly: times(5, 21) },
    isolateMs: { everyMessage: 45, idleOnly: 0.1 },
  }
  const idle = (change: Partial<Hibernate['idle']>) => ({ ...measured, idle: { ...measured.idle, ...change } })

  it('is as predicted when all hibernate after 15 s, and a message wakes one', () => {
    expect(judgeLab(hibernate, measured).verdict).toBe('as predicted')
  })

  it.each([
    ['before it has been idle', idle({ firstHibernatedMs: 9_000 })],
    ['a second later', idle({ hibernated: 9_999 })],
    ['told not to', { ...measured, off: { ...off, hibernated: 10_000 } }],
    ['wakes the channel', idle({ hibernatedAfterPush: 10_000 })],
    ['wakes the channel', idle({ isAnswered: false })],
    ['what lives of idle channels', idle({ laterBytes: 36e6 })],
    ['what lives of idle channels', idle({ laterBytes: 22e6 })],
    ['nothing to collect', { ...measured, cpuUs: { ...measured.cpuUs, everyMessage: times(5, 60) } }],
    ['heap of its own', { ...measured, isolateMs: { everyMessage: 0.1, idleOnly: 0.1 } }],
  ])('contradicts "%s"', (words, contrary) => {
    expect(outcomeOf(hibernate, contrary, words)).toBe('contradicted')
  })

  it('knows nothing of the time when the last one was seen late', () => {
    expect(outcomeOf(hibernate, idle({ allHibernatedMs: 30_000 }), 'a second later')).toBe('unknown')
  })
})

describe('runtime/collect (RT-67)', () => {
  const heapOf = (...bytes: number[]) => bytes.map((heapBytes, index) => ({ atMs: 100 * index, heapBytes }))
  const collected = { beforeBytes: 40e6, heapBytes: 22e6, tookMs: 12 }
  const measured: Collect = {
    busy: { before: heapOf(30e6, 40e6), collected, after: heapOf(23e6, 35e6) },
    idle: { before: heapOf(23e6), collected: { ...collected, beforeBytes: 23e6 }, after: heapOf(22.1e6, 22.3e6) },
    p99Ms: { alone: times(5, 4), collecting: times(5, 16) },
  }

  it('is as predicted when messages leave garbage, and collecting it holds them up', () => {
    expect(judgeLab(collect, measured).verdict).toBe('as predicted')
  })

  it.each([
    ['frees memory', { ...measured, busy: { ...measured.busy, collected: { ...collected, heapBytes: 40e6 } } }],
    ['climbs back', { ...measured, busy: { ...measured.busy, after: heapOf(22e6, 22.5e6) } }],
    ['stays where', { ...measured, idle: { ...measured.idle, after: heapOf(22e6, 36e6) } }],
    ['slowest replies', { ...measured, p99Ms: { alone: times(5, 4), collecting: times(5, 4) } }],
  ])('contradicts "%s"', (words, contrary) => {
    expect(outcomeOf(collect, contrary, words)).toBe('contradicted')
  })
})
