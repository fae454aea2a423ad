import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AnyActorRef,
  createRuntime,
  createTables,
  type Row,
  TableRefused,
  type Term,
} from '../../../system/runtime/index.ts'
import { createFakeClock, keptLog } from '../../support/channel-case.ts'

const key = Symbol.for('k')

function world() {
  const runtime = createRuntime({ clock: createFakeClock(), log: keptLog().log })
  const actor = (name: string): AnyActorRef => runtime.spawn({ name, handle: () => {} })
  return { tables: createTables(), owner: actor('owner'), other: actor('other'), actor }
}

function tableOf(options: Parameters<ReturnType<typeof createTables>['create']>[1] = {}) {
  const { tables, owner, ...rest } = world()
  return { tables, owner, table: tables.create(owner, options), ...rest }
}

describe('a shared table (RT-28)', () => {
  it('is read by others without its owner doing anything', () => {
    const { owner, other, table } = tableOf()
    table.insert(owner, [[key, 1n]])
    expect([table.lookup(other, key), owner.handled]).toEqual([[[key, 1n]], 0])
  })

  it('keeps the last of two writes', () => {
    const { owner, other, table } = tableOf({ access: 'public' })
    table.insert(owner, [[key, 1n]])
    table.insert(other, [[key, 2n]])
    expect(table.lookup(owner, key)).toEqual([[key, 2n]])
  })

  it('shares nothing with what goes in and comes out', () => {
    const { owner, table } = tableOf()
    const colours = ['red']
    table.insert(owner, [[key, colours]])
    colours.push('green')
    const [[, got]] = table.lookup(owner, key) as [[Term, string[]]]
    got.push('blue')
    expect(table.lookup(owner, key)).toEqual([[key, ['red']]])
  })

  it('vanishes with its owner, and frees its name', () => {
    const { tables, owner, other, table } = tableOf({ name: 'cache' })
    table.insert(owner, [[key, 1n]])
    expect(tables.named('cache')).toBe(table)
    owner.kill()
    expect([tables.named('cache'), table.info()]).toEqual([undefined, undefined])
    expect(() => table.lookup(other, key)).toThrow('cache is gone; create it again')
    tables.create(other, { name: 'cache' })
  })

  it('does not vanish with a former owner', () => {
    const { owner, other, table } = tableOf()
    table.insert(owner, [[key, 1n]])
    table.giveAway(owner, other)
    owner.kill()
    expect([table.lookup(other, key), table.info()!.owner]).toEqual([[[key, 1n]], other])
  })

  it('is given away by its owner alone, and to somebody who lives', () => {
    const { owner, other, actor, table } = tableOf({ access: 'public' })
    const dead = actor('dead')
    dead.kill()
    for (const [by, to] of [
      [other, other],
      [owner, dead],
      [owner, owner],
    ] as const)
      expect(() => table.giveAway(by, to)).toThrow(TableRefused)
  })

  it('goes to its heir, who is told, and with a dead heir it vanishes', () => {
    const { tables, owner, other, actor } = world()
    const told: AnyActorRef[] = []
    const table = tables.create(owner, { heir: { actor: other, inherited: (from) => void told.push(from) } })
    const lost = tables.create(owner, { heir: { actor: actor('late') } })
    lost.info()!.heir!.kill()
    owner.kill()
    expect([told, table.info()!.owner, lost.info()]).toEqual([[owner], other, undefined])
    table.insert(other, [[key, 1n]])
    other.kill()
    expect(table.info()).toBe(undefined)
  })

  it('needs a living owner', () => {
    const { tables, owner } = world()
    owner.kill()
    expect(() => tables.create(owner)).toThrow('owner has ended; a table needs a living owner')
  })

  it('has a name of its own', () => {
    const { tables, other } = tableOf({ name: 'cache' })
    expect(() => tables.create(other, { name: 'cache' })).toThrow('there is a table cache')
  })
})

describe('kinds of tables (RT-29)', () => {
  const rows: Row[] = [
    [1n, 'a'],
    [2n, 'b'],
    [1n, 'c'],
    [1n, 'a'],
  ]

  it.each([
    ['set', [[1n, 'a']], 2],
    ['ordered_set', [[1n, 'a']], 2],
    [
      'bag',
      [
        [1n, 'a'],
        [1n, 'c'],
      ],
      3,
    ],
    [
      'duplicate_bag',
      [
        [1n, 'a'],
        [1n, 'c'],
        [1n, 'a'],
      ],
      4,
    ],
  ] as const)('%s: the same key three times, one of them twice', (kind, found, size) => {
    const { owner, table } = tableOf({ kind })
    for (const row of rows) table.insert(owner, [row])
    expect([table.lookup(owner, 1n), table.info()!.size]).toEqual([found, size])
  })

  it.each(['set', 'bag', 'duplicate_bag'] as const)('%s: an integer and its float are two keys', (kind) => {
    const { owner, table } = tableOf({ kind })
    table.insert(owner, [
      [1n, 'integer'],
      [1, 'float'],
    ])
    table.delete(owner, 1)
    expect([table.has(owner, 1), table.lookup(owner, 1n)]).toEqual([false, [[1n, 'integer']]])
  })

  it('keys of different kinds are never the same, whatever they look like', () => {
    const { owner, other, table } = tableOf()
    const keys: Term[] = [
      '1',
      1n,
      1,
      [1n],
      [1],
      ['1'],
      { list: [1n] },
      true,
      'true',
      [Number.NaN],
      [null],
      [Symbol.for("a','b")],
      [Symbol.for('a'), Symbol.for('b')],
      Symbol.for('true'),
      null,
      owner,
      other,
    ]
    const texts = ['\0[1n]', '\0{"list":[1n]}', `\0<${owner.id}>`, '\0']
    table.insert(
      owner,
      [...keys, ...texts].map((one, index) => [one, BigInt(index)]),
    )
    expect([...keys, ...texts].map((one) => table.lookup(owner, one).length)).toEqual(
      Array.from({ length: keys.length + texts.length }, () => 1),
    )
    expect(table.info()!.size).toBe(keys.length + texts.length)
  })

  it('ordered_set: an integer and its float are one key', () => {
    const { owner, table } = tableOf({ kind: 'ordered_set' })
    table.insert(owner, [
      [1n, 'integer'],
      [1, 'float'],
    ])
    expect([table.lookup(owner, 1n), table.info()!.size]).toEqual([[[1, 'float']], 1])
  })

  it('ordered_set: keys stand by value, and a missing key has neighbours too', () => {
    const { owner, table } = tableOf({ kind: 'ordered_set' })
    table.insert(owner, [['text'], [3n], [key], [1.5], [[1n, 2n]], [2n]])
    expect(table.rows(owner).map(([first]) => first)).toEqual([1.5, 2n, 3n, key, [1n, 2n], 'text'])
    expect([table.nextKey(owner, 2.5), table.previousKey(owner, 2.5), table.nextKey(owner, 'text')]).toEqual([
      3n,
      2n,
      undefined,
    ])
    expect([table.firstKey(owner), table.lastKey(owner)]).toEqual([1.5, 'text'])
  })

  it('ordered_set: keys of different kinds stand as in Erlang', () => {
    const { owner, other, table } = tableOf({ kind: 'ordered_set' })
    const kinds: Row[] = [
      ['text', 'string'],
      [{ a: 1n }, 'object'],
      [[1n], 'tuple'],
      [other, 'actor'],
      [key, 'symbol'],
      [1n, 'number'],
    ]
    table.insert(owner, kinds)
    expect(table.rows(owner).map(([, kind]) => kind)).toEqual(kinds.map(([, kind]) => kind).reverse())
  })

  it('ordered_set: whatever comes and goes, the keys stay in order', () => {
    const actions = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: -20, max: 20 })))
    fc.assert(
      fc.property(actions, (steps) => {
        const { owner, table } = tableOf({ kind: 'ordered_set' })
        const model = new Set<number>()
        for (const [isInsert, n] of steps) {
          if (isInsert) table.insert(owner, [[n]])
          else table.delete(owner, n)
          if (isInsert) model.add(n)
          else model.delete(n)
        }
        const keys: Term[] = []
        for (let at = table.firstKey(owner); at !== undefined; at = table.nextKey(owner, at)) keys.push(at)
        expect(keys).toEqual([...model].sort((a, b) => a - b).map((n) => n + 0))
      }),
    )
  })

  it('a set has no order: only keys that are there have a next one, and all are met once', () => {
    const { owner, table } = tableOf()
    table.insert(owner, [[1n], [2n], [3n]])
    table.delete(owner, 2n)
    const first = table.firstKey(owner)!
    expect([first, table.nextKey(owner, first), table.nextKey(owner, 3n)]).toEqual([1n, 3n, undefined])
    expect(() => table.nextKey(owner, 2n)).toThrow('begin at its first key')
    table.insert(owner, [[4n]])
    expect(table.nextKey(owner, 3n)).toBe(4n)
    table.clear(owner)
    expect(table.firstKey(owner)).toBe(undefined)
  })
})

describe('access to a table (RT-30, RT-31)', () => {
  it.each([
    ['protected', true, false],
    ['public', true, true],
    ['private', false, false],
  ] as const)('%s: others read: %s, others write: %s', (access, reads, writes) => {
    const { owner, other, table } = tableOf({ access })
    const allowed = (work: () => unknown) => {
      try {
        work()
        return true
      } catch (error) {
        expect(error).toBeInstanceOf(TableRefused)
        return false
      }
    }
    table.insert(owner, [[key, 1n]])
    const write = [
      () => table.insert(other, [[key, 2n]]),
      () => table.insertNew(other, [['new']]),
      () => table.updateElements(other, key, [{ index: 1, value: 3n }]),
      () => table.updateCounter(other, key, [{ index: 1, by: 1n }]),
      () => table.matchDelete(other, ['nobody']),
      () => table.deleteRow(other, ['nobody']),
      () => table.take(other, 'nobody'),
      () => table.delete(other, key),
      () => table.clear(other),
      () => table.drop(other),
    ]
    const read = [
      () => table.lookup(other, key),
      () => table.has(other, key),
      () => table.lookupElement(other, key, 0),
      () => table.match(other, Symbol.for('_')),
      () => table.matchRows(other, Symbol.for('_')),
      () => table.rows(other),
      () => table.firstKey(other),
      () => table.lastKey(other),
      () => table.nextKey(other, key),
      () => table.previousKey(other, key),
    ]
    expect(read.map(allowed)).toEqual(read.map(() => reads))
    expect(write.map(allowed)).toEqual(write.map(() => writes))
  })

  it('is protected where nothing else was said, and the private cache of the talk is its owner’s', () => {
    expect(tableOf().table.info()!.access).toBe('protected')
    const { owner, other, table } = tableOf({ name: 'fancy_erlang_cache', access: 'private' })
    table.insert(owner, [['cache key', 'some value']])
    expect(table.lookup(owner, 'cache key')).toEqual([['cache key', 'some value']])
    expect(() => table.lookup(other, 'cache key')).toThrow(
      'other may not read fancy_erlang_cache, which is private; ask its owner',
    )
  })
})

describe('rows of a table', () => {
  it('go in together or not at all', () => {
    const { owner, table } = tableOf({ keyIndex: 1 })
    expect(() => table.insert(owner, [['value', key], ['short']])).toThrow(
      'expected a row with a key at 1; got 1 elements',
    )
    expect(table.insertNew(owner, [['value', key]])).toBe(true)
    expect(
      table.insertNew(owner, [
        ['value', 'new'],
        ['value', key],
      ]),
    ).toBe(false)
    expect(table.info()!.size).toBe(1)
  })

  it('are changed element by element, but not their key', () => {
    const { owner, table } = tableOf()
    table.insert(owner, [[key, 1n, 2n]])
    expect(table.updateElements(owner, key, [{ index: 2, value: 'new' }])).toBe(true)
    expect(table.updateElements(owner, 'nobody', [{ index: 1, value: 'new' }])).toBe(false)
    for (const index of [0, 9, -1])
      expect(() =>
        table.updateElements(owner, key, [
          { index: 1, value: 0n },
          { index, value: 0n },
        ]),
      ).toThrow(TableRefused)
    expect(table.lookup(owner, key)).toEqual([[key, 1n, 'new']])
  })

  it('count, within limits, from a beginning where there is none', () => {
    const { owner, table } = tableOf()
    expect(() => table.updateCounter(owner, key, [{ index: 1, by: 1n }])).toThrow('does not have this key')
    expect(table.updateCounter(owner, key, [{ index: 1, by: 3n }], ['ignored', 0n, 'x'])).toEqual([3n])
    const wrap = { limit: 4n, reset: 0n }
    expect(
      table.updateCounter(owner, key, [
        { index: 1, by: 1n, wrap },
        { index: 1, by: 1n, wrap },
      ]),
    ).toEqual([4n, 0n])
    expect(() =>
      table.updateCounter(owner, key, [
        { index: 1, by: 1n },
        { index: 2, by: 1n },
      ]),
    ).toThrow('expected an integer at 2')
    expect(table.lookup(owner, key)).toEqual([[key, 0n, 'x']])
  })

  it('of a bag are neither counted nor changed', () => {
    const { owner, table } = tableOf({ kind: 'bag' })
    table.insert(owner, [[key, 1n]])
    expect(() => table.updateCounter(owner, key, [{ index: 1, by: 1n }])).toThrow('only rows of a set can be changed')
  })

  it('of a key give one element each, the newest first, and are taken out', () => {
    const { owner, table } = tableOf({ kind: 'bag' })
    table.insert(owner, [
      [key, 1n],
      [key, 2n],
    ])
    expect(table.lookupElement(owner, key, 1)).toEqual([2n, 1n])
    expect(() => table.lookupElement(owner, key, 2)).toThrow('no element 2')
    expect(() => table.lookupElement(owner, 'nobody', 1)).toThrow(TableRefused)
    table.deleteRow(owner, [key, 1n])
    expect([table.take(owner, key), table.take(owner, key)]).toEqual([[[key, 2n]], []])
  })

  it('match a pattern: anything, the same thing twice, or a term', () => {
    const [anything, one, two] = ['_', '$1', '$2'].map((name) => Symbol.for(name)) as [symbol, symbol, symbol]
    const { owner, table } = tableOf({ kind: 'ordered_set' })
    table.insert(owner, [
      [1n, 'a', 'a'],
      [2n, 'a', 'b'],
      [3n, 'b', 'b'],
      [4n, 'b'],
    ])
    expect(table.match(owner, [one, two, two])).toEqual([
      [1n, 'a'],
      [3n, 'b'],
    ])
    expect(table.match(owner, [anything, two, one])).toEqual([
      ['a', 'a'],
      ['b', 'a'],
      ['b', 'b'],
    ])
    expect(table.matchRows(owner, [anything, 'b', anything])).toEqual([[3n, 'b', 'b']])
    table.matchDelete(owner, [anything, anything, 'b'])
    expect(table.rows(owner)).toEqual([
      [1n, 'a', 'a'],
      [4n, 'b'],
    ])
  })
})
