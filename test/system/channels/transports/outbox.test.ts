import { describe, expect, it } from 'vitest'
import { Outbox, Outboxes } from '../../../../system/channels/transports/outbox.ts'

function node({ sendBufferMaxBytes = 1_000 } = {}) {
  const turns: (() => void)[] = []
  const outboxes = new Outboxes({ sendBufferMaxBytes, later: (run) => void turns.push(run) })
  const turn = () => turns.splice(0).forEach((run) => void run())
  const client = () => {
    const writes: Buffer[] = []
    const sink = { writable: true, writableLength: 0, write: (bytes: Buffer) => writes.push(bytes) }
    const cut: true[] = []
    class ClientOutbox extends Outbox {
      override tooSlow() {
        cut.push(true)
      }
    }
    return { writes, sink, cut, outbox: new ClientOutbox(outboxes, sink) }
  }
  return { outboxes, turns, turn, client }
}

const frame = (text: string) => Buffer.from(text)

describe('the outboxes of a node', () => {
  it('write the frames of one turn at once and in order', () => {
    const { turn, client } = node()
    const alice = client()
    for (const text of ['a', 'b', 'c']) alice.outbox.push(frame(text))
    expect(alice.writes).toEqual([])
    turn()
    expect(alice.writes.map(String)).toEqual(['abc'])
  })

  it('share one piece of bytes between clients that get the same (CH-79)', () => {
    const { turn, client } = node()
    const everybody = [client(), client(), client()]
    const own = frame('only for the last')
    for (const shared of [frame('one'), frame('two')]) for (const { outbox } of everybody) outbox.push(shared)
    everybody[2]!.outbox.push(own)
    turn()
    expect(everybody.map(({ writes }) => writes.map(String).join())).toEqual([
      'onetwo',
      'onetwo',
      'onetwoonly for the last',
    ])
    expect(everybody[0]!.writes[0]).toBe(everybody[1]!.writes[0])
  })

  it('keep the frames of different clients apart, however they interleave', () => {
    const { turn, client } = node()
    const [alice, bob] = [client(), client()]
    alice.outbox.push(frame('a1'))
    bob.outbox.push(frame('b1'))
    alice.outbox.push(frame('a2'))
    bob.outbox.push(frame('b2'))
    turn()
    alice.outbox.push(frame('a3'))
    turn()
    expect([alice.writes.map(String), bob.writes.map(String)]).toEqual([['a1a2', 'a3'], ['b1b2']])
  })

  it('flush at once what must not be overtaken by a close frame', () => {
    const { turn, client } = node()
    const alice = client()
    alice.outbox.push(frame('last words'))
    alice.outbox.flush()
    turn()
    expect(alice.writes.map(String)).toEqual(['last words'])
  })

  it('do not copy a big frame, and keep its place', () => {
    const { turn, client } = node({ sendBufferMaxBytes: 1_000_000 })
    const alice = client()
    const big = Buffer.alloc(20_000)
    alice.outbox.push(frame('before'))
    alice.outbox.push(big)
    alice.outbox.push(frame('after'))
    turn()
    expect(alice.writes.map(({ length }) => length)).toEqual([6, 20_000, 5])
    expect(alice.writes[1]).toBe(big)
  })

  it('write a full batch without waiting for the end of the turn', () => {
    const { client } = node()
    const alice = client()
    for (let n = 0; n < 1_024; n += 1) alice.outbox.push(frame('x'))
    expect(alice.writes.map(({ length }) => length)).toEqual([1_024])
  })

  it('write nothing to a client that is gone, neither at once nor at the end of the turn', () => {
    const { turn, client, outboxes } = node()
    const [alice, bob] = [client(), client()]
    for (const { outbox } of [alice, bob]) outbox.push(frame('before'))
    alice.sink.writable = false
    alice.outbox.push(Buffer.alloc(20_000))
    turn()
    expect([alice.writes, bob.writes.map(String), outboxes.counters.outboxWrites]).toEqual([[], ['before'], 1])
  })

  it('do not take one big answer for a client that does not read', () => {
    const { turn, client } = node({ sendBufferMaxBytes: 1_000 })
    const { outbox, sink, writes, cut } = client()
    const big = Buffer.alloc(50_000)
    outbox.push(big)
    sink.writableLength = big.length
    outbox.push(frame('news'))
    turn()
    expect([writes.length, cut.length]).toEqual([2, 0])
    // A smaller one behind it, while the big one is still on its way.
    for (const one of [Buffer.alloc(20_000), frame('more')]) outbox.push(one)
    turn()
    expect([writes.length, cut.length]).toEqual([4, 0])
    sink.writableLength = big.length + 1_001
    outbox.push(frame('more'))
    turn()
    expect([writes.length, cut.length]).toEqual([4, 1])
  })

  it('cut off who does not read, once, and count it; the others do not notice', () => {
    const { outboxes, turn, client } = node({ sendBufferMaxBytes: 10 })
    const [slow, fine] = [client(), client()]
    slow.sink.writableLength = 11
    for (const { outbox } of [slow, fine]) outbox.push(frame('news'))
    turn()
    for (const { outbox } of [slow, fine]) outbox.push(frame('more'))
    turn()
    expect([slow.writes.length, slow.cut.length, fine.writes.map(String)]).toEqual([0, 1, ['news', 'more']])
    expect(outboxes.counters.tooSlow).toBe(1)
  })

  it('find who waits, also when the queue has forgotten what is done', () => {
    const { turn, client } = node()
    const waiter = client()
    for (const { outbox } of Array.from({ length: 5_000 }, client)) outbox.push(frame('news'))
    waiter.outbox.push(frame('one '))
    for (let n = 0; n < 17; n += 1) turn()
    waiter.outbox.push(frame('two'))
    waiter.outbox.flush()
    expect(waiter.writes.map(String)).toEqual(['one two'])
  })

  it('serve many clients in slices, so that other work of the node comes in between', () => {
    const { turns, turn, client } = node()
    const clients = Array.from({ length: 400 }, client)
    for (const { outbox } of clients) outbox.push(frame('news'))
    turn()
    expect(clients.filter(({ writes }) => writes.length === 1)).toHaveLength(256)
    expect(turns).toHaveLength(1)
    turn()
    expect(clients.every(({ writes }) => writes.length === 1)).toBe(true)
  })
})
