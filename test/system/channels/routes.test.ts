import { describe, expect, it } from 'vitest'
import { channel, ok } from '../../../system/channels/index.ts'
import { checkRoutes, routeTo } from '../../../system/channels/routes.ts'

const named = (name: string) => channel({ name, join: () => ok() })
const routes = { ping: named('exact'), 'ping:*': named('prefix'), 'wild:*': named('wild') }
const found = (topic: unknown) => routeTo(routes, topic)?.name

describe('the channel of a topic (CH-6, CH-45, CH-46, CH-48)', () => {
  it.each([
    ['ping', 'exact'],
    ['ping:', 'prefix'],
    ['ping:a:b', 'prefix'],
    ['wild:1:2', 'wild'],
    ['pingx', undefined],
    ['', undefined],
    ['wild:*', 'wild'],
    ['toString', undefined],
    [7, undefined],
    [null, undefined],
  ])('%j leads to %s', (topic, name) => {
    expect(found(topic)).toBe(name)
  })

  it('is everything with a bare star', () => {
    expect(routeTo({ '*': named('all') }, 'anything:at:all')?.name).toBe('all')
  })

  it('cannot be named with a star in the middle (CH-47)', () => {
    expect(() => checkRoutes({ 'ping:*a': named('bad') })).toThrow('channels using splat patterns must end with *')
  })
})
