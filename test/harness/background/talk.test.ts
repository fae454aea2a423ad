import { expect, it } from 'vitest'
import type { BackgroundClient, Push } from '../../../harness/background/client.ts'
import { type Clients, commonTopic } from '../../../harness/background/clients.ts'
import type { OddRequests } from '../../../harness/background/odd-requests.ts'
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

/** What is done in a tenth of a second, with a gap after each act. */
async function talkShortly(own: { withTooLongRequest?: boolean } = {}) {
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
  const gaps = own.withTooLongRequest ? 5 : 4
  let sleeps = 0
  const pause = {
    get isOver() {
      return sleeps >= gaps
    },
    async sleep() {
      sleeps += 1
    },
    end() {},
  }
  const clients = { all, membersOf: () => all } as unknown as Clients
  const asked: boolean[] = []
  const oddRequests = { send: async (_node: string, withLong: boolean) => void asked.push(withLong) } as OddRequests
  const node = { name: 'n1', hasWeb: true } as ClusterNode
  const of = { node, own: [commonTopic], index: 0, random: seededRandom(1), oddRequests }
  await talk({ clients, publisher, pause, ...of, ...own })
  return { said, asked, webSocket, longPoll }
}

it('has said something long, pushed one of each kind, and many over a long poll, before a short scenario is over', async () => {
  const { said, webSocket, longPoll } = await talkShortly()
  expect(Math.max(...said)).toBeGreaterThan(65_535)
  expect(said).toContain(0)
  expect(webSocket.pushes.length).toBeGreaterThanOrEqual(8)
  expect(longPoll.pushes.length).toBeGreaterThan(100)
})

it('sends a body over the limit before a short scenario is over where the scenario wants it', async () => {
  expect((await talkShortly({ withTooLongRequest: true })).asked).toEqual([true])
})
