import { describe, expect, it } from 'vitest'
import { type Parts, readMessage, readParts, writeParts } from '../../../harness/clients/frames.ts'
import { v1 } from '../../../system/channels/serializers/v1.ts'
import { v2 } from '../../../system/channels/serializers/v2.ts'

const message = (payload: unknown, event = 'news') => ({ joinRef: '7', ref: null, topic: 'ping:é', event, payload })
const whyOf = (version: '1.0.0' | '2.0.0', frame: string | Buffer) => {
  const read = readMessage(version, frame)
  return read.kind === 'unreadable' ? read.why : 'readable'
}

describe('a frame of the server', () => {
  it('is read in version 1, which has no join_ref', () => {
    const read = readMessage('1.0.0', String(v1.encode({ ...message({ n: 1 }), ref: '2' })))
    expect(read).toEqual({ kind: 'read', value: { ...message({ n: 1 }), joinRef: null, ref: '2' } })
  })

  it('is read in version 2, as text and as each kind of bytes', () => {
    const data = Buffer.from([0, 255, 128])
    expect(readMessage('2.0.0', v2.encode(message({ n: 1 })))).toMatchObject({ value: message({ n: 1 }) })
    expect(readMessage('2.0.0', v2.encode(message(data)))).toMatchObject({ value: message(data) })
    const reply = { ...message({ status: 'ok', response: data }, 'phx_reply'), ref: '9' }
    expect(readMessage('2.0.0', v2.encode(reply))).toMatchObject({ value: reply })
    const broadcast = v2.encodeBroadcast('ping', 'news', data) as Buffer
    expect(readMessage('2.0.0', broadcast)).toMatchObject({ value: { joinRef: null, topic: 'ping', payload: data } })
  })

  it.each<['1.0.0' | '2.0.0', string | Buffer, string]>([
    ['2.0.0', '{', 'it is not JSON'],
    ['2.0.0', '{"topic":"ping"}', 'a message of version 2 is a list of five'],
    ['2.0.0', '[null,null,"ping","news"]', 'a message of version 2 is a list of five'],
    ['2.0.0', '[null,null,"ping","news",null]', 'the payload is null, and must be an object'],
    ['2.0.0', '[1,null,"ping","news",{}]', 'the join_ref is 1, and must be text'],
    ['2.0.0', '[null,null,null,"news",{}]', 'the topic is null, and must be text'],
    ['1.0.0', '[null,null,"ping","news",{}]', 'a message of version 1 has the keys event,payload,ref,topic'],
    [
      '1.0.0',
      '{"topic":"ping","event":"news","payload":{}}',
      'a message of version 1 has the keys event,payload,ref,topic',
    ],
    ['1.0.0', Buffer.from([2, 0, 0]), 'version 1 has no binary frames'],
    ['2.0.0', Buffer.from([3, 0, 0]), 'a binary frame begins with 0, 1 or 2, and this one with 3'],
    ['2.0.0', Buffer.from([2, 200, 1, 65]), 'it is shorter than its sizes say'],
    ['2.0.0', Buffer.from([2, 1, 0, 0xff]), 'The encoded data was not valid for encoding utf-8'],
  ])('of version %s is unreadable: %j', (version, frame, why) => expect(whyOf(version, frame)).toBe(why))

  it('may return to a client whatever refs and topics the client made up', () => {
    expect(readParts('2.0.0', '[[1],{"a":1},7,"phx_reply",{}]').kind).toBe('read')
  })

  it('is shown by its beginning and its length', () => {
    expect(readParts('2.0.0', 'x'.repeat(100))).toMatchObject({ beginning: `"${'x'.repeat(60)}" (100 characters)` })
    expect(readParts('2.0.0', Buffer.from([9, 1]))).toMatchObject({ beginning: '0x0901 (2 bytes)' })
  })
})

describe('a frame of a client', () => {
  it.each<['1.0.0' | '2.0.0', Parts]>([
    ['1.0.0', ['1', '2', 'ping', 'ping', { text: 'ü' }]],
    ['2.0.0', ['1', '2', 'ping', 'ping', { text: 'ü' }]],
    ['2.0.0', [null, '2', 'ping', 'ping', {}]],
    ['2.0.0', ['1', '2', 'ping:長い', 'ping', Buffer.from([1, 2, 3])]],
  ])('of version %s is read by the server: %j', (version, parts) => {
    const { joinRef, ref, topic, event, payload } = (version === '1.0.0' ? v1 : v2).decode(writeParts(version, parts))
    expect([joinRef, ref, topic, event, payload]).toEqual(parts)
  })
})
