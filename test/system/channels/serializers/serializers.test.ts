import { describe, expect, it } from 'vitest'
import { paramsOf } from '../../../../system/channels/params.ts'
import { negotiate } from '../../../../system/channels/serializers/index.ts'
import { v1 } from '../../../../system/channels/serializers/v1.ts'
import { v2 } from '../../../../system/channels/serializers/v2.ts'

const message = { joinRef: '1', ref: '2', topic: 'room', event: 'shout', payload: { n: 1 } }

describe('version negotiation', () => {
  it.each([
    ['', '1.0.0'],
    ['vsn=1.0.0', '1.0.0'],
    ['vsn=2.0.0', '2.0.0'],
    ['vsn=2.0.5', '2.0.0'],
  ])('"%s" speaks %s', (query, vsn) => {
    expect(negotiate(paramsOf(query))?.vsn).toBe(vsn)
  })

  it.each(['vsn=', 'vsn=2', 'vsn=9.0.0', 'vsn=2.1.0', 'vsn[]=2.0.0'])('"%s" is refused', (query) => {
    expect(negotiate(paramsOf(query))).toBeUndefined()
  })
})

describe('version 1', () => {
  it('has four keys and never a join_ref', () => {
    expect(JSON.parse(String(v1.encode(message)))).toEqual({
      topic: 'room',
      event: 'shout',
      payload: { n: 1 },
      ref: '2',
    })
  })

  it('reads a join_ref when there is one', () => {
    const { joinRef: _, ...four } = message
    expect(v1.decode(JSON.stringify(four))).toEqual({ ...message, joinRef: null })
    expect(v1.decode(JSON.stringify({ ...four, join_ref: '1' }))).toEqual(message)
  })

  it.each(['[]', 'null', '"text"'])('does not read %s', (text) => {
    expect(() => v1.decode(text)).toThrow('a message of version 1')
  })

  it.each(['topic', 'event', 'payload', 'ref'])('does not read a message without its %s, and names all four', (key) => {
    const { joinRef: _, ...four } = message
    const three = JSON.stringify({ ...four, [key]: undefined })
    expect(() => v1.decode(three)).toThrow('is an object with topic, event, payload, ref')
  })

  it('cannot carry bytes', () => {
    expect(() => v1.encodeBroadcast('room', 'shout', Buffer.from('x'))).toThrow('cannot carry bytes')
  })
})

describe('version 2', () => {
  it('refuses bytes that are hidden in an object, and takes what only looks like them', () => {
    const encode = (payload: object) => String(v2.encode({ ...message, payload }))
    expect(() => encode({ deep: { bytes: Buffer.from('x') } })).toThrow('bytes cannot be nested')
    expect(() => encode({ deep: [new Uint8Array([1])] })).toThrow('bytes cannot be nested')
    expect(JSON.parse(encode({ note: '{"0":', list: { 0: 'zero' } }))[4]).toEqual({
      note: '{"0":',
      list: { 0: 'zero' },
    })
  })
})
