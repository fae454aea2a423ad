import { describe, expect, it } from 'vitest'
import { digestOf } from '../../../harness/background/content.ts'
import { createFrameReader } from '../../../harness/background/read-frame.ts'

const said = (content: unknown) => ({ publisher: 'n1', seq: 1, origin: 'n1', content })
const frame = (content: unknown) => JSON.stringify([null, null, 'ping', 'ledger', said(content)])
const long = (letter: string, chars = 2_000) => letter.repeat(chars)

describe('what a background client reads', () => {
  it('is the same however often the same frame came', () => {
    const read = createFrameReader('2.0.0')
    const [first, second] = [read(frame(long('a'))), read(frame(long('a')))]
    expect(second.read).toBe(first.read)
    expect(second.entry()).toEqual({ publisher: 'n1', seq: 1, origin: 'n1', digest: digestOf(long('a')) })
  })

  it('tells a frame from nearly the same one', () => {
    const read = createFrameReader('2.0.0')
    const [first, second] = [`${long('a')}a`, `${long('a')}b`].map((text) => read(frame(text)).entry().digest)
    expect(first).not.toBe(second)
  })

  it('gives every reader an entry of its own', () => {
    const read = createFrameReader('2.0.0')
    const entry = read(frame(long('a'))).entry()
    entry.seq = 99
    expect(read(frame(long('a'))).entry().seq).toBe(1)
  })

  it('keeps what it cannot read a finding, each time', () => {
    const read = createFrameReader('1.0.0')
    for (const _ of [1, 2]) expect(read(frame(long('a'))).read).toMatchObject({ kind: 'unreadable' })
  })

  it('keeps no more than a million characters', () => {
    const read = createFrameReader('2.0.0')
    const first = read(frame(long('a', 400_000))).read
    read(frame(long('b', 400_000)))
    expect(read(frame(long('a', 400_000))).read).toBe(first)
    read(frame(long('c', 400_000)))
    expect(read(frame(long('a', 400_000))).read).not.toBe(first)
  })

  it('reads bytes by the line they begin with', () => {
    const head = Buffer.from([2, 4, 6, ...Buffer.from('pingledger')])
    const data = Buffer.from('n2 7 n2\nrest')
    const { read, entry } = createFrameReader('2.0.0')(Buffer.concat([head, data]))
    expect(read.kind).toBe('read')
    expect(entry()).toEqual({ publisher: 'n2', seq: 7, origin: 'n2', digest: digestOf(data) })
  })
})
