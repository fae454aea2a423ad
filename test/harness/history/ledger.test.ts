import { describe, expect, it } from 'vitest'
import { ledger, membership, reordered, witnessedWindows } from '../../../harness/history/ledger.ts'
import { disconnect, fault, historyOf, join, leave, publish, receive, theEnd } from '../../support/histories.ts'

const fates = (...told: Parameters<typeof historyOf>) =>
  ledger(historyOf(...told)).map(({ subscriber, seq, fate }) => `${subscriber} ${seq} ${fate}`)

describe('the ledger (AM-1..6)', () => {
  it('has a line for each message and each subscriber of its topic', () => {
    const told = [join('alice', 0), join('bob', 0), join('carol', 0, 'ping:other'), publish('n1', 1, 9_000)]
    const lines = fates(...told, receive('alice', 'n1', 1, 9_010), theEnd(20_000))
    expect(lines).toEqual(['alice 1 once', 'bob 1 lost-unexplained'])
  })

  it('keeps the messages of two publishers apart', () => {
    const told = [join('alice', 0), publish('n1', 1, 9_000), publish('n2', 1, 9_000)]
    const lines = fates(...told, receive('alice', 'n1', 1, 9_010), receive('alice', 'n2', 1, 9_010), theEnd(20_000))
    expect(lines).toEqual(['alice 1 once', 'alice 1 once'])
  })

  it('expects nothing of who is away', () => {
    const away = [join('alice', 0), disconnect('alice', 5_000), publish('n1', 1, 15_000), join('alice', 30_000)]
    expect(fates(...away, theEnd(60_000))).toEqual(['alice 1 lost-while-disconnected'])
  })

  it('explains a loss at the edge of a disconnection, not one far from it', () => {
    const told = [join('alice', 0), publish('n1', 1, 9_000), publish('n1', 2, 19_000), disconnect('alice', 20_000)]
    expect(fates(...told, theEnd(60_000))).toEqual(['alice 1 lost-unexplained', 'alice 2 lost-while-disconnected'])
  })

  it('explains nothing by the first join alone', () => {
    expect(fates(join('alice', 8_900), publish('n1', 1, 9_000), theEnd(20_000))).toEqual(['alice 1 lost-unexplained'])
  })
})

describe('membership', () => {
  it('runs from a join to a leave or a disconnection, again and again', () => {
    const told = [join('alice', 0), leave('alice', 5_000), join('alice', 6_000), disconnect('alice', 9_000)]
    const windows = membership(historyOf(...told, theEnd(20_000)), 'alice', 'ping')
    expect(windows.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [0, 5_000],
      [6_000, 9_000],
    ])
  })

  it('is not ended by leaving another topic, nor by somebody else', () => {
    const told = [join('alice', 0), leave('alice', 5_000, 'ping:other'), disconnect('bob', 6_000)]
    expect(membership(historyOf(...told, theEnd(20_000)), 'alice', 'ping')).toMatchObject([{ fromMs: 0, toMs: 20_000 }])
  })
})

describe('witnessed windows', () => {
  it('leave out what was only asked for, and last to the end of what was not seen to end', () => {
    const lasting = fault(5_000, { witnessedOffMs: null })
    const asked = fault(7_000, { id: 2, witnessedOnMs: null })
    expect(witnessedWindows(historyOf(lasting, asked, theEnd(20_000)))).toMatchObject([{ toMs: 20_000 }])
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
