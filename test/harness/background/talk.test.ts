import { expect, it } from 'vitest'
import type { BackgroundClient, Push } from '../../../harness/background/client.ts'
import { type Clients, commonTopic } from '../../../harness/background/clients.ts'
import type { Publisher } from '../../../harness/background/publisher.ts'
import { talk } from '../../../harness/background/talk.ts'
import type { ClusterNode } from '../../../harness/cluster/node.ts'
import { seededRandom } from '../../../harness/platform/random.ts'

/** A client that has joined one topic, and what it pushes. */
function clientOver(transport: 'websocket' | 'longpoll') {
  const pushes: Push[] = []
  const client = {
    role: { version: '2.0.0', transport, readsBytes: false },
    joins: () => ({ connected: true, expected: [commonTopic], joined: [commonTopic] }),
    push: (_topic: string, push: Push) => void pushes.push(push),
    hasReceived: () => false,
    unansweredCount: () => 0,
  } as unknown as BackgroundClient
  return { client, pushes }
}

it('has said something long, pushed one of each kind, and many over a long poll, before a short scenario is over', async () => {
  const [webSocket, longPoll] = [clientOver('websocket'), clientOver('longpoll')]
  const all = [webSocket.client, longPoll.client]
  const said: number[] = []
  let lastLong: { topic: string; seq: number } | undefined
  const publisher = {
    name: 'background-n1',
    lastLong: () => lastLong,
    async say(topic: string, bytes: number) {
      if (bytes > 4_096) lastLong = { topic, seq: said.length }
      return said.push(bytes)
    },
  } as unknown as Publisher
  let sleeps = 0
  // Four gaps between acts are a tenth of a second.
  const pause = {
    get isOver() {
      return sleeps >= 4
    },
    async sleep() {
      sleeps += 1
    },
    end() {},
  }
  const clients = { all, membersOf: () => all } as unknown as Clients
  const of = { node: {} as ClusterNode, own: [commonTopic], index: 0, random: seededRandom(1) }
  await talk({ clients, publisher, pause, ...of })
  expect(Math.max(...said)).toBeGreaterThan(65_535)
  expect(said).toContain(0)
  expect(webSocket.pushes.length).toBeGreaterThanOrEqual(8)
  expect(longPoll.pushes.length).toBeGreaterThan(100)
})
