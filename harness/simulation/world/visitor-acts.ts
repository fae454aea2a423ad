import type { Random } from '../../../system/platform/random.ts'
import { type Conversation, channelsMax, type Frame } from './conversation.ts'
import { slowEvent } from './slow-handler.ts'

/** More than a session lets wait for a join. */
const burstCount = 130
const burstShare = 0.15
const crowdShare = 0.1
/** More than a channel lets wait before it stops reading from its client. */
const backlogCount = 1_050
const backlogShare = 0.1
const bigLetters = 100_000
const bigCount = 6
const nonsenseShare = 0.3
/** None of them is a message of any version (CH-14). */
const nonsense = ['no frame', '[]', '{}', '[null,"1","ping"]']

interface ActsOptions {
  who: string
  transport: 'websocket' | 'longpoll'
  random: Random
  /** Of the connection that is open. */
  conversation(): Conversation
  nextRef(): string
  /** A message with a reference of its own, of the channel that is joined unless another is named. */
  frame(topic: string, event: string, payload?: unknown, joinRef?: string): Frame
  ping(topic: string): Frame
  send(...frames: Frame[]): void
  /** Sends without telling the conversation. */
  sendFrames(frames: readonly Frame[]): void
  sendNonsense(text: string): void
  isResting(): boolean
}

/** What a visitor does on a topic, by name: what clients do, and what they rarely do. */
export function createActs(visitor: ActsOptions): Record<string, (topic: string) => unknown> {
  const { who, random, conversation, nextRef, frame, ping, send } = visitor

  function sendJoin(topic: string) {
    const join = frame(topic, 'phx_join')
    const own = join[1]!
    const count = random.next() < burstShare ? burstCount : random.integer(0, 3)
    send(join, ...Array.from({ length: count }, () => frame(topic, 'ping', { ack_phrase: nextRef() }, own)))
  }

  /** Twice of it is more than a node keeps for a client that does not read. */
  function pushBig(topic: string) {
    if (visitor.isResting()) return
    const big = () => frame(topic, 'ping', { ack_phrase: 'x'.repeat(bigLetters) })
    send(...Array.from({ length: bigCount }, big))
  }

  return {
    join: sendJoin,
    joinAnew: sendJoin,
    pushBig,
    pushBigAgain: pushBig,
    pushBigOnceMore: pushBig,
    push: (topic) => send(ping(topic), ping(topic), frame(topic, 'pong'), ping(topic)),
    pushStale: (topic) => send(frame(topic, 'ping', { ack_phrase: 'stale' }, '0'), ping(topic)),
    /** As clients do that join without a join_ref, or do not know of it. */
    pushWithoutJoinRef: (topic) => send([null, nextRef(), topic, 'ping', { ack_phrase: 'no join_ref' }]),
    pushBehindSlowOne(topic) {
      const count = random.next() < backlogShare ? backlogCount : 3
      send(frame(topic, slowEvent), ...Array.from({ length: count }, () => ping(topic)))
    },
    /** Up to the limit and beyond it; what is joined may be joined anew even then. */
    crowdIn(topic) {
      if (random.next() > crowdShare) return
      const many = Array.from({ length: channelsMax }, (_, n) => `ping:${who}-${n}`)
      send(frame(topic, 'phx_join'), ...many.map((one) => frame(one, 'phx_join')), frame(topic, 'phx_join'))
      send(
        ...conversation()
          .joinedTopics()
          .map((one) => frame(one, 'phx_leave')),
      )
    },
    /** What waited for the channel is lost with it, and its client can go on. */
    endBehindSlowOne(topic) {
      if (conversation().joinRefOf(topic) === undefined) return
      const behind = Array.from({ length: random.next() < backlogShare ? backlogCount : 3 }, () => ping(topic))
      send(frame(topic, slowEvent), frame(topic, random.pick(['ding', 'crash'])))
      for (const one of behind) conversation().sentBehindEnd(one)
      visitor.sendFrames(behind)
    },
    /** The connection of somebody who sends what is no message is closed, and that of nobody else. */
    sendNonsense() {
      if (visitor.transport !== 'websocket' || random.next() > nonsenseShare) return
      visitor.sendNonsense(random.pick(nonsense))
    },
    leaveStale: (topic) => send(frame(topic, 'phx_leave', {}, '0'), ping(topic)),
    leave: (topic) => send(frame(topic, 'phx_leave')),
    leaveAndPush: (topic) => send(frame(topic, 'phx_leave'), frame(topic, 'ping', { ack_phrase: 'late' })),
    leaveTwice(topic) {
      const own = conversation().joinRefOf(topic)
      send(frame(topic, 'phx_leave'), frame(topic, 'phx_leave', {}, own))
    },
    ding: (topic) => send(ping(topic), frame(topic, 'ding')),
    crash: (topic) => send(ping(topic), frame(topic, 'crash')),
    refused: () => send(frame('wild:1:3', 'phx_join'), frame('wild:x:2', 'phx_join'), frame('nobody:1', 'phx_join')),
  }
}
