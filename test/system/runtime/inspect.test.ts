import { describe, expect, it } from 'vitest'
import { silentLog as log } from '../../../system/platform/log.ts'
import { createRuntime, createTables, dynamicSupervisor, estimateBytes } from '../../../system/runtime/index.ts'
import { messageKind } from '../../../system/runtime/message-kind.ts'
import { createFakeClock } from '../../support/channel-case.ts'

describe('what an actor does now (RT-71)', () => {
  it('is the kind of the message in hand, and the kinds of those that wait', () => {
    const runtime = createRuntime({ clock: createFakeClock(), log })
    const actor = runtime.spawn<object>({
      name: 'Tank',
      handle: () => new Promise(() => {}),
      inspect: () => ({ litres: 5 }),
    })
    for (const kind of ['fill', 'drain', 'drain', 'fill']) actor.send({ kind, key: 'the key of somebody' })
    expect(actor.inspect(2)).toEqual({
      handling: 'fill',
      waiting: ['drain', 'drain'],
      state: { litres: 5 },
    })
  })

  it.each([
    ['probe', 'probe'],
    [{ do: 'load' }, 'load'],
    [{ kind: 'in', message: 'secret' }, 'in'],
    ['SFMyNTY.g2gDbQ', 'text'],
    [{ kind: 'SFMyNTY.g2gDbQ' }, 'object'],
    [new Error('secret'), 'Error'],
    [() => 'work', 'function'],
    [undefined, 'undefined'],
  ])('says of %j no more than %s', (message, kind) => expect(messageKind(message)).toBe(kind))
})

describe('the memory that a value takes', () => {
  it('grows with what it holds, and counts what it holds twice once', () => {
    const part = 'x'.repeat(1_000)
    const shared = { part }
    expect(estimateBytes({ a: shared })).toBeGreaterThan(1_000)
    expect(estimateBytes({ a: shared, b: shared })).toBeLessThan(1_200)
    expect(estimateBytes(new Map([['key', Buffer.alloc(5_000)]]))).toBeGreaterThan(5_000)
  })

  it('ends with a value that holds itself, and with one that is huge', () => {
    const loop: Record<string, unknown> = {}
    loop.self = loop
    expect(estimateBytes(loop)).toBeGreaterThan(0)
    expect(estimateBytes(Array.from({ length: 1_000_000 }, () => ({})))).toBeGreaterThan(1_000_000)
  })
})

describe('what the runtime lists for an inspector', () => {
  it('has the tables that are not gone, with an estimate of their memory (RT-72)', () => {
    const runtime = createRuntime({ clock: createFakeClock(), log })
    const owner = runtime.spawn({ name: 'Owner', handle: () => {} })
    const tables = createTables()
    const lists = tables.create(owner, { name: 'lists' })
    tables.create(owner)
    lists.insert(
      owner,
      Array.from({ length: 500 }, (_, index) => [BigInt(index), 'x'.repeat(100)]),
    )
    expect(tables.all().map(({ name }) => name)).toEqual(['lists', undefined])
    expect(lists.estimatedBytes()).toBeGreaterThan(500 * 100)
    expect(lists.estimatedBytes()).toBeLessThan(500 * 400)
    owner.kill()
    expect(tables.all()).toEqual([])
  })

  it('has the children of a dynamic supervisor (RT-70)', async () => {
    const clock = createFakeClock()
    const runtime = createRuntime({ clock, log })
    const lists = dynamicSupervisor({ clock, log }, 'Lists', {
      child: (name: string) => ({ start: () => runtime.spawn({ name, handle: () => {} }) }),
    })
    await lists.startChild('List.a')
    await lists.startChild('List.b')
    expect(lists.children().map(({ name, child }) => [name, child?.alive])).toEqual([
      ['List.a', true],
      ['List.b', true],
    ])
  })
})
