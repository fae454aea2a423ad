import { describe, expect, it } from 'vitest'
import { ledger, reordered } from '../../../harness/history/ledger.ts'
import { subscriptionsOf } from '../../../harness/history/subscriptions.ts'
import {
  disconnect,
  fault,
  historyOf,
  join,
  leave,
  publish,
  receive,
  type TestEvent,
  theEnd,
} from '../../support/histories.ts'

const fates = (...events: Parameters<typeof historyOf>) =>
  ledger(historyOf(...events)).map(({ subscriber, seq, fate }) => `${subscriber} ${seq} ${fate}`)

describe('the ledger (AM-1..6)', () => {
  it('has a line for each message and each subscriber of its topic', () => {
    const events = [join('alice', 0), join('bob', 0), join('carol', 0, 'ping:other'), publish('n1', 1, 9_000)]
    const lines = fates(...events, receive('alice', 'n1', 1, 9_010), theEnd(20_000))
    expect(lines).toEqual(['alice 1 once', 'bob 1 lost-unexplained'])
  })

  it('keeps the messages of two publishers apart', () => {
    const events = [join('alice', 0), publish('n1', 1, 9_000), publish('n2', 1, 9_000)]
    const lines = fates(...events, receive('alice', 'n1', 1, 9_010), receive('alice', 'n2', 1, 9_010), theEnd(20_000))
    expect(lines).toEqual(['alice 1 once', 'alice 1 once'])
  })

  it('expects nothing of who is away', () => {
    const away = [join('alice', 0), disconnect('alice', 5_000), publish('n1', 1, 15_000), join('alice', 30_000)]
    expect(fates(...away, theEnd(60_000))).toEqual(['alice 1 lost-while-disconnected'])
  })

  it('explains a loss at the edge of a disconnection, not one far from it', () => {
    const events = [join('alice', 0), publish('n1', 1, 9_000), publish('n1', 2, 19_000), disconnect('alice', 20_000)]
    expect(fates(...events, theEnd(60_000))).toEqual(['alice 1 lost-unexplained', 'alice 2 lost-while-disconnected'])
  })

  it('expects nothing of a message that its node refused to send, unless it arrives', () => {
    const refused: TestEvent = {
      type: 'failed',
      who: 'n1',
      operation: 'publish',
      value: { publisher: 'n1', seq: 1, origin: 'n1' },
      tMs: 9_010,
    }
    const events = [join('alice', 0), join('bob', 0), publish('n1', 1, 9_000), refused]
    expect(fates(...events, theEnd(20_000))).toEqual([])
    expect(fates(...events, receive('alice', 'n1', 1, 9_010), theEnd(20_000))).toEqual([
      'alice 1 once',
      'bob 1 lost-unexplained',
    ])
  })

  it('does not call lost what was sent when the record ended', () => {
    const events = [join('alice', 0), publish('n1', 1, 9_000), publish('n1', 2, 19_800)]
    expect(fates(...events, receive('alice', 'n1', 1, 9_010), theEnd(20_000))).toEqual([
      'alice 1 once',
      'alice 2 on-its-way',
    ])
  })

  it('explains nothing by the first join alone', () => {
    expect(fates(join('alice', 8_900), publish('n1', 1, 9_000), theEnd(20_000))).toEqual(['alice 1 lost-unexplained'])
  })
})

describe('a message that a node sends late, because it stood still', () => {
  const request = (type: 'invoke' | 'ok' | 'unsure', tMs: number): TestEvent => ({
    type,
    who: 'n1',
    operation: 'publish',
    op: 1,
    value: { publisher: 'n1', seq: 1, origin: 'n1' },
    tMs,
  })
  const asked = [join('alice', 0), disconnect('alice', 2_000), request('invoke', 5_000), publish('n1', 1, 5_000)]

  it('may reach whoever has come back by then', () => {
    const answered = [join('alice', 8_000), receive('alice', 'n1', 1, 8_100), request('ok', 8_200), theEnd(20_000)]
    expect(fates(...asked, ...answered)).toEqual(['alice 1 once'])
    const unanswered = [join('alice', 9_000), receive('alice', 'n1', 1, 9_100), request('unsure', 11_000)]
    expect(fates(...asked, ...unanswered, theEnd(20_000))).toEqual(['alice 1 once'])
  })

  it('must not reach somebody who comes after it was sent', () => {
    const late = [request('ok', 5_100), join('alice', 8_000), receive('alice', 'n1', 1, 8_100), theEnd(20_000)]
    expect(fates(...asked, ...late)).toEqual(['alice 1 non-member'])
  })
})

describe('membership', () => {
  it('runs from a join to a leave or a disconnection, again and again', () => {
    const events = [join('alice', 0), leave('alice', 5_000), join('alice', 6_000), disconnect('alice', 9_000)]
    const [alice] = subscriptionsOf(historyOf(...events, theEnd(20_000)))
    expect(alice!.windows.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [0, 5_000],
      [6_000, 9_000],
    ])
  })

  it('is not ended by leaving another topic, nor by somebody else', () => {
    const events = [join('alice', 0), leave('alice', 5_000, 'ping:other'), disconnect('bob', 6_000)]
    expect(subscriptionsOf(historyOf(...events, theEnd(20_000)))).toMatchObject([
      { who: 'alice', topic: 'ping', windows: [{ fromMs: 0, toMs: 20_000 }] },
    ])
  })
})

describe('a fault among nodes that find each other again in their own way', () => {
  const explains = { at: 'link', untilHeard: true } as const
  const cut = fault(20_000, { kind: 'link.cut', target: 'n1->n3', explains })
  const heard = (seq: number, tMs: number): TestEvent => ({ ...receive('alice', 'n1', seq, tMs), node: 'n2' })
  /** alice is joined on n2, and the fault holds from 20 s to 26 s. */
  const fateOfFirst = (sentMs: number, ...more: TestEvent[]) =>
    fates(join('alice', 0), cut, publish('n1', 1, sentMs), ...more, theEnd(90_000))[0]

  it('explains what is lost between any two of them, for as long as one does not hear the other', () => {
    expect(fateOfFirst(22_000)).toBe('alice 1 lost-in-witnessed-window')
    expect(fateOfFirst(60_000)).toBe('alice 1 lost-in-witnessed-window')
    expect(fateOfFirst(40_000, publish('n1', 2, 45_000), heard(2, 45_010))).toBe('alice 1 lost-in-witnessed-window')
  })

  it('explains nothing before it, nothing after they heard each other, and nothing that stays on a node', () => {
    expect(fateOfFirst(15_000)).toBe('alice 1 lost-unexplained')
    expect(fateOfFirst(50_000, publish('n1', 2, 45_000), heard(2, 45_010))).toBe('alice 1 lost-unexplained')
    const own = [join('bob', 0, 'ping', 'n1'), cut, publish('n1', 1, 22_000), theEnd(90_000)]
    expect(fates(...own)).toEqual(['bob 1 lost-unexplained'])
  })

  it('does not take for heard what was on its way when the fault was over', () => {
    expect(fateOfFirst(40_000, publish('n1', 2, 26_100), heard(2, 26_110))).toBe('alice 1 lost-in-witnessed-window')
  })
})

describe('what explains a loss', () => {
  /** alice is joined on n2; n1 sends while the fault holds, from 20 s to 26 s. */
  const fateWith = (kind: string, target: string, sentMs = 22_000) =>
    fates(join('alice', 0), fault(20_000, { kind, target }), publish('n1', 1, sentMs), theEnd(60_000))[0]?.split(' ')[2]

  it.each([
    ['node.kill', 'n2'],
    ['node.pause', 'n1'],
    ['link.cut', 'n1->n2'],
    ['link.reset', 'alice->n2'],
    ['redis.kill', 'redis'],
    ['redis.pause', 'redis'],
    ['link.cut', 'n1->redis'],
    ['link.cut-one-way', 'n2->redis'],
  ])('%s %s: it lies on the way', (kind, target) => {
    expect(fateWith(kind, target)).toBe('lost-in-witnessed-window')
  })

  it.each([
    ['node.kill', 'n3'],
    ['link.cut', 'n2->n1'],
    ['link.cut', 'bob->n2'],
    ['link.latency', 'n1->n2'],
    ['db.kill', 'db'],
    ['actor.kill', 'n2/Sneakers23.Inventory'],
    ['handler.slow', 'n2'],
    ['link.cut', 'n3->redis'],
    ['link.latency', 'n1->redis'],
  ])('not %s %s: it lies elsewhere, or loses nothing', (kind, target) => {
    expect(fateWith(kind, target)).toBe('lost-unexplained')
  })

  it.each([
    ['redis.kill', 'redis'],
    ['link.cut', 'n2->redis'],
  ])('not %s %s on one node: what stays there does not pass Redis (NF-18)', (kind, target) => {
    const events = [join('alice', 0), fault(20_000, { kind, target }), publish('n2', 1, 22_000), theEnd(60_000)]
    expect(fates(...events)).toEqual(['alice 1 lost-unexplained'])
  })

  it.each([
    ['n1|n2,n3', ['n1->n2', 'n1->n3', 'n2->n1', 'n3->n1'], 'lost-in-witnessed-window'],
    ['n3|n1,n2', ['n3->n1', 'n3->n2', 'n1->n3', 'n2->n3'], 'lost-unexplained'],
  ])('a partition %s by the links that it is made of (NF-8)', (target, parts, fate) => {
    const events = [
      join('alice', 0),
      fault(20_000, { kind: 'link.partition', target, parts }),
      publish('n1', 1, 22_000),
      theEnd(60_000),
    ]
    expect(fates(...events)).toEqual([`alice 1 ${fate}`])
  })

  it.each([
    ['n2', ['tracker:', 'ping'], 'lost-in-witnessed-window'],
    ['n2', ['tracker:'], 'lost-unexplained'],
    ['n1', ['ping'], 'lost-unexplained'],
  ])('messages that %s throws away, if %j are meant: %s (FI-8)', (target, topics, fate) => {
    const dropping = fault(20_000, { kind: 'messages.drop', target, options: { topics } })
    expect(fates(join('alice', 0), dropping, publish('n1', 1, 22_000), theEnd(60_000))).toEqual([`alice 1 ${fate}`])
    const staying = [join('alice', 0), dropping, publish('n2', 1, 22_000), theEnd(60_000)]
    expect(fates(...staying)).toEqual(['alice 1 lost-unexplained'])
  })

  it('nothing long before it and nothing long after it', () => {
    expect(fateWith('link.cut', 'n1->n2', 19_000)).toBe('lost-unexplained')
    expect(fateWith('link.cut', 'n1->n2', 29_000)).toBe('lost-unexplained')
    expect(fateWith('link.cut', 'n1->n2', 28_000)).toBe('lost-in-witnessed-window')
  })

  it('nothing that was only asked for, and anything until the end when it was not seen to end', () => {
    const events = (record: object) => [
      join('alice', 0),
      fault(20_000, record),
      publish('n1', 1, 50_000),
      theEnd(60_000),
    ]
    expect(fates(...events({ witnessedOnMs: null }))).toEqual(['alice 1 lost-unexplained'])
    expect(fates(...events({ witnessedOffMs: null }))).toEqual(['alice 1 lost-in-witnessed-window'])
  })
})

describe.each([
  ['link.cut', 'n1->n2'],
  ['link.cut', 'n1->redis'],
  ['redis.kill', 'redis'],
])('a message that was sent into %s %s (AM-4)', (kind, target) => {
  const cut = fault(20_000, { kind, target })
  const gotAt = (tMs: number) =>
    fates(join('alice', 0), cut, publish('n1', 1, 22_000), receive('alice', 'n1', 1, tMs), theEnd(60_000))

  it('is late when it comes out after the healing', () => {
    expect(gotAt(25_500)).toEqual(['alice 1 late'])
  })

  it('is fine when its node may have sent it after the healing only', () => {
    const value = { publisher: 'n1', seq: 1, origin: 'n1' }
    const request = { who: 'n1', operation: 'publish', op: 1, value }
    const sentUntil = (tMs: number) =>
      fates(
        join('alice', 0),
        cut,
        { ...request, type: 'invoke', tMs: 22_000 },
        publish('n1', 1, 22_000),
        receive('alice', 'n1', 1, 25_500),
        { ...request, type: 'ok', tMs },
        theEnd(60_000),
      )
    expect(sentUntil(25_510)).toEqual(['alice 1 once'])
    expect(sentUntil(22_010)).toEqual(['alice 1 late'])
  })

  it('is fine when it had another way at once', () => {
    expect(gotAt(22_010)).toEqual(['alice 1 once'])
  })
})

describe('order (AM-6)', () => {
  it('is kept per publisher and subscriber, and a gap is no disorder', () => {
    const fine = [receive('alice', 'n1', 1, 0), receive('alice', 'n1', 4, 1), receive('alice', 'n2', 2, 2)]
    expect(reordered(historyOf(...fine, receive('bob', 'n1', 3, 3)))).toEqual([])
    expect(reordered(historyOf(...fine, receive('alice', 'n1', 3, 3)))).toEqual([
      { subscriber: 'alice', publisher: 'n1', seq: 3, after: 4 },
    ])
  })
})
