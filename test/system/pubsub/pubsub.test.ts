import { describe, expect, it } from 'vitest'
import { silentLog as log } from '../../../system/platform/log.ts'
import { type BroadcastEncoder, createPubSub, type Subscriber } from '../../../system/pubsub/index.ts'

const opened = () => {
  const pubsub = createPubSub({ nodeName: 'n1', log })
  const heard: string[] = []
  const subscriber = (name: string): Subscriber => ({
    deliver: ({ event }) => void heard.push(`${name} ${event}`),
  })
  return { pubsub, heard, subscriber }
}

describe('local fan-out (DP-8, CH-71, CH-80)', () => {
  it('reaches every subscriber of the topic and nobody else, and is fine when there is none', () => {
    const { pubsub, heard, subscriber } = opened()
    pubsub.subscribe('a', subscriber('alice'))
    pubsub.subscribe('a', subscriber('bob'))
    pubsub.subscribe('b', subscriber('carol'))
    pubsub.broadcast('a', 'news', {})
    pubsub.broadcast('nobody', 'news', {})
    expect(heard).toEqual(['alice news', 'bob news'])
  })

  it('leaves out who says so (CH-72)', () => {
    const { pubsub, heard, subscriber } = opened()
    const alice = subscriber('alice')
    pubsub.subscribe('a', alice)
    pubsub.subscribe('a', subscriber('bob'))
    pubsub.broadcast('a', 'news', {}, { from: alice })
    expect(heard).toEqual(['bob news'])
  })

  it('reaches who subscribed twice twice, through both fastlanes, unless it spoke itself', () => {
    const { pubsub, heard, subscriber } = opened()
    const alice = subscriber('alice')
    pubsub.subscribe('a', alice)
    pubsub.subscribe('a', alice, { fastlane: subscriber("alice's fastlane") })
    pubsub.broadcast('a', 'first', {})
    pubsub.broadcast('a', 'second', {}, { from: alice })
    expect([heard, pubsub.subscriptions()]).toEqual([['alice first', "alice's fastlane first"], { a: 2 }])
  })

  it('takes away all subscriptions of one subscriber to a topic at once (CH-80)', () => {
    const { pubsub, heard, subscriber } = opened()
    const alice = subscriber('alice')
    pubsub.subscribe('a', alice)
    pubsub.subscribe('a', alice)
    pubsub.unsubscribe('a', alice)
    pubsub.broadcast('a', 'news', {})
    expect([heard, pubsub.subscriptions()]).toEqual([[], {}])
  })

  it("delivers a subscriber's broadcasts to its fastlane, and to neither after it unsubscribed or for its own (CH-72, CH-76)", () => {
    const { pubsub, heard, subscriber } = opened()
    const [alice, bob] = [subscriber('alice'), subscriber('bob')]
    pubsub.subscribe('a', alice, { fastlane: subscriber("alice's fastlane") })
    pubsub.subscribe('a', bob, { fastlane: subscriber("bob's fastlane") })
    pubsub.broadcast('a', 'first', {}, { from: alice })
    pubsub.unsubscribe('a', bob)
    pubsub.broadcast('a', 'second', {})
    expect(heard).toEqual(["bob's fastlane first", "alice's fastlane second"])
  })

  it('is not disturbed by a subscriber that throws, leaves or comes while it runs', () => {
    const { pubsub, heard, subscriber } = opened()
    const bob = subscriber('bob')
    pubsub.subscribe('a', {
      deliver() {
        pubsub.unsubscribe('a', bob)
        pubsub.subscribe('a', subscriber('late'))
        throw new Error('boom')
      },
    })
    pubsub.subscribe('a', bob)
    pubsub.subscribe('a', subscriber('carol'))
    pubsub.broadcast('a', 'first', {})
    expect(heard).toEqual(['bob first', 'carol first'])
    heard.length = 0
    pubsub.localBroadcast('a', 'second', {})
    expect(heard).not.toContain('bob second')
    expect(heard).toContain('late second')
  })

  it('encodes once for each version, however many ask (CH-79)', () => {
    const { pubsub } = opened()
    let encodes = 0
    const encoder = (vsn: string): BroadcastEncoder => ({
      vsn,
      encodeBroadcast(topic, event) {
        encodes += 1
        return `${vsn} ${topic} ${event}`
      },
    })
    const [one, two] = [encoder('1'), encoder('2')]
    const frames: unknown[] = []
    for (const wanted of [one, two, one, two, one])
      pubsub.subscribe('a', { deliver: (broadcast) => void frames.push(broadcast.encoded(wanted)) })
    pubsub.broadcast('a', 'news', {})
    expect(frames).toEqual(['1 a news', '2 a news', '1 a news', '2 a news', '1 a news'])
    expect([encodes, pubsub.counters.encodes]).toEqual([2, 2])
  })

  it('keeps two apps in one process apart (CH-73)', () => {
    const [one, two] = [opened(), opened()]
    one.pubsub.subscribe('a', one.subscriber('alice'))
    two.pubsub.broadcast('a', 'news', {})
    expect(one.heard).toEqual([])
  })

  it('can be directed to one node, itself included (CH-75)', () => {
    const { pubsub, heard, subscriber } = opened()
    pubsub.subscribe('a', subscriber('alice'))
    pubsub.directBroadcast('n1', 'a', 'here', {})
    pubsub.directBroadcast('n2', 'a', 'there', {})
    expect(heard).toEqual(['alice here'])
  })
})
