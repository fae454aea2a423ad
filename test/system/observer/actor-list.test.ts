import { describe, expect, it } from 'vitest'
import { detailOf } from '../../../system/observer/actor-detail.ts'
import { listActors, type SortKey } from '../../../system/observer/actor-list.ts'
import { silentLog as log } from '../../../system/platform/log.ts'
import { createRuntime } from '../../../system/runtime/index.ts'
import { createFakeClock } from '../../support/channel-case.ts'

interface Wanted {
  name: string
  workMs?: number
  queue?: number
  state?: unknown
}

function setUp(wanted: Wanted[]) {
  const runtime = createRuntime({ clock: createFakeClock(), log })
  const work = new Map<object, number>()
  for (const { name, workMs = 0, queue = -1, state } of wanted) {
    const actor = runtime.spawn<{ kind: string }>(
      { name, handle: () => new Promise(() => {}), inspect: () => state },
      { unique: false },
    )
    for (let sent = 0; sent <= queue; sent += 1) actor.send({ kind: 'buy' })
    work.set(actor, workMs)
  }
  const meter = { workMs: (actor: object) => work.get(actor) ?? 0 }
  const list = (sort: SortKey, page = 1, rows = 20) => listActors(runtime.actors(), { sort, page, rows }, meter)
  return { runtime, meter, list, names: (sort: SortKey) => list(sort).rows.map(({ name }) => name) }
}

const some: Wanted[] = [
  { name: 'idle' },
  { name: 'hot', workMs: 90 },
  { name: 'behind', workMs: 1, queue: 7 },
  { name: 'fat', queue: 0, state: { page: 'x'.repeat(50_000) } },
]

describe('the list of actors (RT-60, RT-72)', () => {
  it.each([
    ['work', ['hot', 'behind', 'idle', 'fat']],
    ['queue', ['behind', 'idle', 'hot', 'fat']],
    ['memory', ['fat', 'behind', 'idle', 'hot']],
  ] as const)('sorted by %s has the most first, and the older first among equals', (sort, expected) =>
    expect(setUp(some).names(sort)).toEqual(expected),
  )

  it('is cut into pages, and a page behind the last is the last', () => {
    const { list } = setUp(Array.from({ length: 45 }, (_, index) => ({ name: `a${index}`, workMs: 100 - index })))
    expect(list('work', 2, 20)).toMatchObject({ page: 2, pages: 3, total: 45, firstNo: 21 })
    expect(list('work', 3, 20).rows.map(({ name }) => name)).toEqual(['a40', 'a41', 'a42', 'a43', 'a44'])
    expect(list('work', 99, 20)).toMatchObject({ page: 3, firstNo: 41 })
    expect(list('work', 1, 100)).toMatchObject({ page: 1, pages: 1 })
  })

  it('has one empty page where there is nobody', () =>
    expect(setUp([]).list('work')).toMatchObject({ page: 1, pages: 1, total: 0, rows: [] }))

  it('shows what an actor handles, and of its name no topic that may be a secret (CT-18)', () => {
    const { list } = setUp([{ name: 'CartChannel:cart:bUVsb24vK2tleQ', queue: 2 }])
    expect(list('work').rows).toEqual([
      expect.objectContaining({ name: 'CartChannel:cart:*', queue: 2, handling: 'buy', status: 'running' }),
    ])
  })

  it.each([
    [0.6, 'running'],
    [0.4, 'waiting'],
  ])('calls an actor whose thread was busy for a share of %s of the time %s', (utilization, status) => {
    const { runtime, list } = setUp([])
    runtime.spawn({ name: 'Loop', handle: () => {}, threadUsage: () => ({ workMs: 1, heapBytes: 1, utilization }) })
    expect(list('work').rows.map((row) => row.status)).toEqual([status])
  })

  it('takes the work and the memory of an actor with a thread from the thread (RT-74)', () => {
    const { runtime, list } = setUp(some)
    const usage = { workMs: 500, heapBytes: 7_000_000, utilization: 0.99 }
    runtime.spawn({ name: 'Loop', handle: () => {}, threadUsage: () => usage })
    expect(list('work').rows[0]).toMatchObject({ name: 'Loop', workMs: 500, memoryBytes: 7_000_000, status: 'running' })
  })
})

describe('one actor (RT-71)', () => {
  const { runtime, meter } = setUp([{ name: 'Tank', workMs: 1.5, queue: 2, state: { litres: 5, token: 'abc' } }])
  const [tank] = runtime.actors()

  it('shows what is cheap unless a field is asked for by name', () => {
    const { fields } = detailOf(tank!, [], meter)
    expect(fields).toEqual({
      initial_call: 'actor',
      current_function: 'handle(buy)',
      status: 'running',
      message_queue_len: 2,
      reductions: 1_500,
      messages_handled: 0,
      calls_in_flight: 0,
    })
  })

  it('says that an actor without work waits for a message', () => {
    const idle = createRuntime({ clock: createFakeClock(), log }).spawn({ handle: () => {} })
    expect(detailOf(idle, ['current_function'], meter).fields).toEqual({ current_function: 'receive' })
  })

  it('shows the mailbox, the state and the memory to whoever names them', () => {
    const { fields } = detailOf(tank!, ['messages', 'state', 'total_heap_size', 'nonsense'], meter)
    expect(Object.keys(fields)).toEqual(['messages', 'state', 'total_heap_size'])
    expect(fields.messages).toEqual(['buy', 'buy'])
    expect(fields.state).toEqual({ litres: 5, token: 'not shown' })
    expect(fields.total_heap_size).toBeGreaterThan(500)
  })

  it('shows everything to whoever debugs', () =>
    expect(Object.keys(detailOf(tank!, ['all'], meter).fields)).toHaveLength(10))
})
