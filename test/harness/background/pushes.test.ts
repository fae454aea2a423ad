import { describe, expect, test } from 'vitest'
import type { Role } from '../../../harness/background/client.ts'
import { everyPush } from '../../../harness/background/pushes.ts'
import { seededRandom } from '../../../harness/platform/random.ts'

const webSocket: Role = { version: '2.0.0', transport: 'websocket', readsBytes: true }

const payloadsOf = (role: Role) => everyPush(seededRandom(7), role).map(({ payload }) => payload)
const bytesOf = (role: Role) => payloadsOf(role).filter((payload) => Buffer.isBuffer(payload))

describe('one push of each kind', () => {
  test('has every answer of the channel: pong, a phrase, an event, a refusal, an echo', () => {
    const events = everyPush(seededRandom(7), webSocket)
    expect(events.filter(({ event }) => event === 'ping').length).toBeGreaterThanOrEqual(2)
    expect(events.filter(({ event }) => event.startsWith('ping:')).length).toBeGreaterThanOrEqual(1)
    expect(events.filter(({ answer }) => answer.startsWith('error '))).toHaveLength(1)
  })

  test('has bytes, and no bytes at all, whatever the seed is', () => {
    const sizes = bytesOf(webSocket).map((bytes) => bytes.length)
    expect(sizes).toContain(0)
    expect(sizes.length).toBeGreaterThanOrEqual(3)
  })

  test('has no bytes for version 1, nor where the system does not promise to take them', () => {
    expect(bytesOf({ ...webSocket, version: '1.0.0' })).toEqual([])
    expect(bytesOf({ ...webSocket, isTextOnly: true })).toEqual([])
  })
})
