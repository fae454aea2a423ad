import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { linesOf } from '../../../harness/observe/columns.ts'
import { type Content, pageOf, render, rowsFor, snapshotOf, sparkline } from '../../../harness/observe/screen.ts'
import { firstView, type View } from '../../../harness/observe/view.ts'
import { actor, actorPage, overview, tree } from './sample.ts'

const size = { columns: 80, rows: 24 }
const long = 'A'.repeat(300)
const monsters = Array.from({ length: 14 }, (_, index) =>
  actor(123_456_789 + index, { name: long, handling: long, workMs: 6e13, queue: 1e9, memoryBytes: 9e15, status: long }),
)
const contents: Content[] = [
  { screen: 'actors', page: actorPage(monsters, { pages: 99, total: 1e6 }) },
  {
    screen: 'actor',
    actor: { id: '1', name: long, fields: { state: { [long]: long } }, ticks: [actor(1), actor(2, { workMs: 6e13 })] },
  },
  { screen: 'actor', actor: undefined },
  {
    screen: 'tree',
    tree: { ...tree, children: [...tree.children, { id: long, name: long, kind: long, children: [tree] }] },
  },
  { screen: 'load' },
  {
    screen: 'network',
    network: {
      connections: Array.from({ length: 90 }, (_, index) => ({
        id: `${index}`,
        socket: long,
        channels: 1e9,
        messagesIn: 1e12,
      })),
      peers: { [long]: { connected: true } },
      sent: { [long]: { messages: 1e12, bytes: 1e15 } },
    },
  },
  { screen: 'tables', tables: [{ name: long, owner: long, kind: long, access: long, rows: 1e12, bytes: 1e15 }] },
  {
    screen: 'system',
    system: {
      ...{ node: 'n1', pid: 1, runtime: long, platform: long, cores: 2, model: long, loadAverage: [1, 2, 3] },
      ...{ heapLimit: 1e10, applications: [long] },
    },
  },
]

const viewOf = ({ screen }: Content, own: Partial<View> = {}): View => ({ ...firstView, screen, ...own })
const widest = (lines: readonly string[]) => Math.max(...lines.map((line) => stringWidth(line)))

describe('every screen fits the terminal, and what is too wide is cut (RT-72)', () => {
  const wideOverview = {
    ...overview,
    node: long,
    load: [...overview.load, { name: long, kind: 'thread' as const, shares: [1] }],
  }

  it.each(contents)('$screen in 80 columns and 24 rows', (content) => {
    const { lines } = render(wideOverview, content, viewOf(content, { notice: long, typed: long }), size)
    expect(lines).toHaveLength(24)
    expect(widest(lines)).toBeLessThanOrEqual(80)
  })

  it('in a terminal of any size', () => {
    const sizes = fc.record({ columns: fc.integer({ min: 1, max: 250 }), rows: fc.integer({ min: 14, max: 90 }) })
    fc.assert(
      fc.property(sizes, fc.constantFrom(...contents), (some, content) => {
        const { lines } = render(wideOverview, content, viewOf(content), some)
        return lines.length === some.rows && widest(lines) <= some.columns
      }),
    )
  })

  it('uses a wider terminal for the names', () => {
    const [first] = contents
    const { lines } = render(overview, first!, viewOf(first!), { columns: 200, rows: 24 })
    expect(widest(lines)).toBe(200)
  })
})

describe('the list of actors', () => {
  const rows = [
    actor(6, { name: 'Workloads.Loop.1', workMs: 60_362.032, handled: 6, queue: 0, status: 'running' }),
    actor(7, { name: 'Workloads.Loop.2', workMs: 60_323.98, handled: 6, queue: 0, status: 'running' }),
    actor(3, { name: 'Inventory', workMs: 0.4, memoryBytes: 940, queue: 12, handling: 'load' }),
  ]

  it('has its columns, its numbers and the keys below (RT-72)', () => {
    const content: Content = { screen: 'actors', page: actorPage(rows, { page: 2, pages: 3, firstNo: 15 }) }
    const { lines, rows: targets } = render(overview, content, viewOf(content, { page: 2, typed: '1' }), size)
    expect(lines.filter((line) => line !== '')).toEqual([
      'Squall inspector  n1  up 3 min 12 s  page 2 of 3',
      'memory      allocated 143.1 MiB process, 59.1 MiB heap   used 31.5 MiB heap',
      '            freed memory is kept for later use: believe used, not allocated',
      'counts      1,234 actors  500 connections  1,100 channels  77 waiting',
      'collections 12 in 8 ms   timers late by 0.4 ms, most 15 ms',
      'schedulers  main 12 %  Workloads.Loop.1 100 %',
      '  No     id     work ms▼ name or kind          queue    memory message   status',
      '  15      6     60,362.0 Workloads.Loop.1          0   6.8 MiB -         running',
      '  16      7     60,324.0 Workloads.Loop.2          0   6.8 MiB -         running',
      '  17      3          0.4 Inventory                12     940 B load      waiting',
      'PageUp  PageDown  r by work  m by memory  q by queue  NUMBER open  k NUMBER kill',
      'h home  t tree  c load  n network  d tables  s system  x quit',
      'a key and enter > 1',
    ])
    expect(targets.get(16)).toEqual({ id: '7', name: 'Workloads.Loop.2' })
  })

  it('is printed as it is where there is no terminal', () => {
    const lines = snapshotOf(overview, actorPage(rows), 80)
    expect(lines).toHaveLength(10)
    expect(widest(lines)).toBeLessThanOrEqual(80)
  })
})

describe('the supervision tree (RT-70)', () => {
  const content: Content = { screen: 'tree', tree }
  const bodyOf = (view: View, rows = 24) =>
    render(overview, content, view, { columns: 80, rows })
      .lines.slice(6, -4)
      .filter((line) => line !== '')

  it('grows to the right, with a number for each place', () => {
    expect(bodyOf(viewOf(content))).toEqual([
      '  No tree                                              id            kind',
      '   1 n1                                                s3            node',
      '   2 ├─ hello                                                        application',
      '   3 │  └─ Pipeline.Supervisor                         s1            supervisor',
      '   4 │     ├─ Pipeline.Producer                        1             actor',
      '   5 │     └─ Pipeline.ConsumerSupervisor              2             supervisor',
      '   6 └─ workshop                                                     application',
      '   7    └─ Workshop.MockResource                       not running   actor',
    ])
  })

  it('is cut into pages, whose numbers go on', () => {
    const page = bodyOf(viewOf(content, { page: 2 }), 14)
    expect(page.map((line) => line.trim().split(' ')[0])).toEqual(['No', '4', '5', '6'])
  })

  it('can open and kill what runs, and nothing else', () => {
    const { rows } = render(overview, content, viewOf(content), size)
    expect([...rows.keys()]).toEqual([1, 3, 4, 5])
  })
})

describe('pages', () => {
  it.each([
    [
      { total: 45, asked: 1, size: 20 },
      { page: 1, pages: 3, first: 0, last: 20 },
    ],
    [
      { total: 45, asked: 9, size: 20 },
      { page: 3, pages: 3, first: 40, last: 60 },
    ],
    [
      { total: 0, asked: 5, size: 20 },
      { page: 1, pages: 1, first: 0, last: 20 },
    ],
  ])('%j is %j', ({ total, asked, size: rows }, expected) => expect(pageOf(total, asked, rows)).toEqual(expected))

  it('have as many rows as there is room for', () => expect(rowsFor(size)).toBe(13))
})

describe('the load of the last minutes', () => {
  it('is a bar for each second, blank where there was nothing, the newest at the right', () => {
    expect(sparkline([null, 0, 0.5, 1, 1.2], 10)).toBe(' ▁▅██')
    expect(sparkline([0, 0.5, 1], 2)).toBe('▅█')
  })
})

describe('columns', () => {
  it('count characters as the terminal shows them', () => {
    const [, line] = linesOf(
      [
        { title: 'name', cell: () => '日本語の名前' },
        { title: 'n', width: 3, cell: () => '1' },
      ],
      [1],
      12,
    )
    expect(stringWidth(line!)).toBeLessThanOrEqual(12)
  })
})
