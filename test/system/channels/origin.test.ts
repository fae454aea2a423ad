import { describe, expect, it } from 'vitest'
import { createEndpoint, socket } from '../../../system/channels/index.ts'
import { type OriginRule, originAllowed } from '../../../system/channels/origin.ts'
import { systemClock as clock } from '../../../system/platform/clock.ts'
import { silentLog as log } from '../../../system/platform/log.ts'
import { createPubSub } from '../../../system/pubsub/index.ts'
import { createRuntime } from '../../../system/runtime/index.ts'

const publicHost = 'shop.example'
const ownPages: OriginRule = ({ scheme, host, port }) =>
  scheme === 'https' && host.endsWith('.shop.example') && port === '443'

describe('an origin', () => {
  it.each<[rule: OriginRule, origin: string, isAllowed: boolean]>([
    [true, 'https://shop.example', true],
    [true, 'http://shop.example:4000', true],
    [true, 'https://evil.example', false],
    [true, 'https://shop.example.evil.example', false],
    [false, 'https://evil.example', true],
    [false, 'nonsense', true],
    [['//app.shop.example'], 'https://app.shop.example', true],
    [['//app.shop.example'], 'http://app.shop.example:81', true],
    [['//app.shop.example'], 'https://shop.example', false],
    [['https://shop.example'], 'https://shop.example', true],
    [['https://shop.example'], 'https://shop.example:443', true],
    [['https://shop.example'], 'https://shop.example:444', false],
    [['https://shop.example'], 'http://shop.example', false],
    [['chrome://extension-id'], 'chrome://extension-id', true],
    [['chrome://extension-id'], 'chrome://other-extension', false],
    [['chrome://extension-id'], 'https://extension-id', false],
    [['//one.example', 'https://two.example'], 'https://two.example', true],
    [[], 'https://shop.example', false],
    [ownPages, 'https://eu.shop.example', true],
    [ownPages, 'http://eu.shop.example', false],
    [ownPages, 'https://eu.shop.example:444', false],
    [ownPages, 'https://evil.example', false],
    [() => true, 'nonsense', false],
  ])('by the rule %s: %s is allowed: %s (CH-30, CH-31, CH-32)', (rule, origin, isAllowed) => {
    expect(originAllowed(origin, publicHost, rule)).toBe(isAllowed)
  })

  it('is checked as the endpoint says, unless a socket has a rule of its own (CH-32)', async () => {
    const own = (path: string, rule?: OriginRule) =>
      socket({ name: path, path, channels: {}, ...(rule !== undefined && { options: { checkOrigin: rule } }) })
    const mayConnect = async (path: string, checkOrigin?: OriginRule) => {
      const endpoint = createEndpoint({
        runtime: createRuntime({ clock, log }),
        pubsub: createPubSub({ nodeName: 'n1', log }),
        clock,
        log,
        publicHost,
        sockets: [own('/plain'), own('/strict', ['https://partner.example']), own('/open', false)],
        ...(checkOrigin !== undefined && { checkOrigin }),
      })
      const request = { url: `${path}/websocket?vsn=2.0.0`, headers: { origin: 'https://app.example' }, socket: {} }
      const outlet = { send() {}, deliver() {}, end() {}, drop() {}, pause() {}, resume() {} }
      return (await endpoint.open(request as never, outlet)) !== undefined
    }
    expect([await mayConnect('/plain'), await mayConnect('/strict'), await mayConnect('/open')]).toEqual([
      false,
      false,
      true,
    ])
    for (const rule of [
      false,
      ['//app.example'],
      ({ host }: { host: string }) => host === 'app.example',
    ] as OriginRule[])
      expect([await mayConnect('/plain', rule), await mayConnect('/strict', rule)]).toEqual([true, false])
  })
})
