import { afterAll, describe, expect, it } from 'vitest'
import { judgeLab } from '../../../harness/lab/lab.ts'
import { type Profile, profiler, type Round } from '../../../harness/lab/todo/profiler.ts'
import { openSharedTable } from '../../../harness/lab/todo/shared-table.ts'
import { startThreads } from '../../../harness/lab/todo/threads.ts'

const round: Round = {
  ...{ actorOne: 40_000, actorThread: 150_000, actorAll: 160_000 },
  ...{ tableThread: 2_000_000, tableAll: 3_800_000, tableThreadPerCpuMs: 2_000, tableAllPerCpuMs: 1_900 },
  ...{ nodeRegistry: 400_000, nodeRegistryOne: 380_000, nodeTable: 600_000 },
}
const profile = (...changes: Partial<Round>[]): Profile => ({
  ...{ threads: 2, wrong: 0, lookups: 1_000 },
  rounds: Array.from({ length: 5 }, (_, index) => ({ ...round, ...(changes[index] ?? changes[0]) })),
})
const outcomeOf = (measured: Profile, words: string) =>
  judgeLab(profiler, measured).findings.find(({ says }) => says.includes(words))?.outcome

describe('todo/profiler (RT-25, RT-27)', () => {
  it('is as predicted for such figures', () => {
    expect(judgeLab(profiler, profile({})).verdict).toBe('as predicted')
    expect(profiler.figures(profile({}))).toContainEqual({
      what: 'an actor in a thread, 1 client',
      value: '40000 reqs/sec',
    })
  })

  it.each<[string, Partial<Round>]>([
    ['more from one actor', { actorOne: 150_000 }],
    ['the one actor is the limit', { actorAll: 300_000 }],
    ['three times', { tableAll: 400_000 }],
    ['as fast as the first', { tableAllPerCpuMs: 900 }],
    ['share an event loop', { nodeRegistryOne: 100_000 }],
    ['the table gains less', { nodeTable: 12_000_000 }],
  ])('contradicts "%s"', (words, change) => {
    expect(outcomeOf(profile(change), words)).toBe('contradicted')
  })

  it('contradicts a wrong lookup, and knows nothing of threads with one processor or of rounds that disagree', () => {
    expect(outcomeOf({ ...profile({}), wrong: 1 }, 'find the server')).toBe('contradicted')
    expect(outcomeOf({ ...profile({}), threads: 1 }, 'as fast as the first')).toBe('unknown')
    expect(outcomeOf(profile({}, { actorAll: 300_000 }, { actorAll: 300_000 }), 'actor is the limit')).toBe('unknown')
  })
})

describe('a table in shared memory', () => {
  it('gives what was inserted last, to whoever has its buffer', () => {
    const table = openSharedTable()
    for (let index = 0; index < 300; index += 1) table.insert(`list ${index}`, index)
    table.insert('list 7', 70)
    const reader = openSharedTable(table.buffer)
    expect([reader.lookup('list 7'), reader.lookup('list 299'), reader.lookup('list 300')]).toEqual([
      70,
      299,
      undefined,
    ])
  })

  it('refuses more rows than it has slots, and keys that do not fit', () => {
    const table = openSharedTable()
    for (let index = 0; index < 512; index += 1) table.insert(`${index}`, index)
    expect(table.lookup('not there')).toBeUndefined()
    expect(() => table.insert('one more', 1)).toThrow('the table holds 512 rows, its most')
    for (const key of ['', 'x'.repeat(33)]) expect(() => openSharedTable().insert(key, 1)).toThrow(/1 to 32 letters/)
  })
})

describe('the threads of the profiler', () => {
  const threads = startThreads(2, () => performance.now())
  afterAll(() => threads.close())

  it.each([
    ['actor', 1],
    ['actor', 2],
    ['table', 1],
    ['table', 2],
  ] as const)('look everything up by the %s on %i', async (way, count) => {
    const { wrong, tookMs } = await threads.run({ way, clients: 5, operations: 120 }, count)
    expect([wrong, tookMs > 0]).toEqual([0, true])
  })
})
