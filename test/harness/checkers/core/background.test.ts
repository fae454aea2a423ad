import { describe, expect, it } from 'vitest'
import { backgroundAccepted } from '../../../../harness/checkers/core/background-accepted.ts'
import { backgroundAnswered } from '../../../../harness/checkers/core/background-answered.ts'
import { backgroundDelivered } from '../../../../harness/checkers/core/background-delivered.ts'
import { backgroundJoined } from '../../../../harness/checkers/core/background-joined.ts'
import { framesReadable } from '../../../../harness/checkers/core/frames-readable.ts'
import { crashingJoin } from '../../../../harness/history/background.ts'
import { fault, final, historyOf, stall, type TestEvent, theEnd } from '../../../support/histories.ts'

const who = 'background-v2'
const topic = 'ping:background'
const pong = 'ok 15:abc'

const push = (
  op: number,
  over: Partial<{ joinRef: string; answer: string; waitsForOthers: true }> = {},
): TestEvent => ({
  type: 'invoke',
  who,
  operation: 'push',
  op,
  value: { channel: 'PingChannel', connection: 1, ref: String(op), joinRef: '1', topic, answer: pong, ...over },
})
const stale = (ref: number): TestEvent => ({ ...push(ref), type: 'read', operation: 'stale-push' })
const reply = (ref: number, over: Partial<TestEvent> = {}, answer = pong): TestEvent => ({
  type: 'receive',
  who,
  topic,
  event: 'phx_reply',
  joinRef: '1',
  value: { connection: 1, ref: String(ref), answer },
  ...over,
})
const ended = (op: number, type: 'ok' | 'unsure' = 'ok'): TestEvent => ({ type, who, operation: 'push', op })
const answered = (...events: TestEvent[]) => {
  const { outcome, why } = backgroundAnswered.check(historyOf(...events))
  return outcome === 'violated' ? why : outcome
}

describe('background-answered', () => {
  it('passes when each push is answered once, and when its connection or channel ended before', () => {
    expect(answered(push(1), reply(1), ended(1), push(2), ended(2, 'unsure'))).toBe('passed')
    expect(answered(push(1), reply(1, { joinRef: null }), ended(1))).toBe('passed')
    expect(answered(push(1), reply(1), ended(1), stale(2))).toBe('passed')
  })

  it('lets a node say that it does not know the topic of a push whose channel has ended, and only then', () => {
    const before = [push(1), reply(1), ended(1)]
    const unmatched = reply(2, { value: { connection: 1, ref: '2', answer: 'error 28:abc', isUnmatched: true } })
    expect(answered(...before, push(2), ended(2, 'unsure'), unmatched)).toBe('passed')
    expect(answered(...before, push(2), unmatched, ended(2))).toMatch(/^wrong answer: push 2 of/)
    const wrong = reply(2, {}, 'ok 4:null')
    expect(answered(...before, push(2), ended(2, 'unsure'), wrong)).toMatch(/^wrong answer: push 2 of/)
  })

  it('wants an answer to a join that crashes too', () => {
    const crashing: TestEvent = { ...push(3, { joinRef: '3' }), operation: crashingJoin }
    const others = [push(1), reply(1), ended(1)]
    expect(answered(crashing, ...others, reply(3, { joinRef: '3' }), ended(3))).toBe('passed')
    const late = { ...reply(4), tMs: 20_000 }
    expect(answered(crashing, ...others, late)).toMatch(/^unanswered: crashing join 3 of/)
  })

  it.each<[string, TestEvent[]]>([
    ['answered twice: push 1 of', [push(1), reply(1), ended(1), reply(1)]],
    ['wrong answer: push 1 of', [push(1), reply(1, {}, 'ok 4:null'), ended(1)]],
    ['wrong address: push 1 of', [push(1), reply(1, { topic: 'ping' }), ended(1)]],
    ['wrong address: push 1 of', [push(1), reply(1, { joinRef: '9' }), ended(1)]],
    ['answered though stale: push 2', [push(1), reply(1), ended(1), stale(2), reply(2)]],
    ['out of order: the answer', [push(1), push(2), reply(2), ended(2), reply(1), ended(1)]],
    ['unanswered: push 1 of', [push(1), push(2), reply(2), ended(2), ended(1, 'unsure')]],
    ['unanswered: push 2 of', [push(1), reply(1), ended(1), push(2), reply(7, { tMs: 99_000 })]],
  ])('is violated: %s', (words, events) => expect(answered(...events)).toContain(words))

  it('knows nothing of an answer that was only late, or was lost between two nodes, while a process stood still', () => {
    const forgotten = [push(1), reply(1), ended(1), push(2), reply(7, { tMs: 99_000 })]
    expect(answered(...forgotten, stall(60_000, 4_000))).toBe('unknown')
    const over = { waitsForOthers: true } as const
    const relayed = [push(1, over), push(2, over), reply(2), ended(2), ended(1, 'unsure')]
    expect(answered(...relayed, stall(2_500, 1_000, 'n2'))).toBe('unknown')
    expect(answered(...relayed)).toContain('unanswered: push 1 of')
    expect(answered(push(1), push(2), reply(2), ended(2), ended(1, 'unsure'), stall(2_500, 1_000))).toContain(
      'unanswered: push 1 of',
    )
  })

  it('knows nothing when nobody pushed, or nothing was answered', () => {
    expect(answered()).toBe('unknown')
    expect(answered(push(1), ended(1, 'unsure'))).toBe('unknown')
  })
})

const publisher = 'background-n1'
const entry = (seq: number, digest: string) => ({ publisher, seq, origin: 'n1', digest })
const said = (seq: number, tMs: number): TestEvent => ({
  type: 'publish',
  who: publisher,
  topic,
  event: 'ledger',
  value: entry(seq, 'a'),
  tMs,
})
const heard = (seq: number, tMs: number, digest = 'a'): TestEvent => ({
  type: 'receive',
  who,
  topic,
  event: 'ledger',
  value: entry(seq, digest),
  tMs,
})
const joins = (tMs: number, askedMs: number): TestEvent => ({
  type: 'join',
  who,
  topic,
  node: 'n1',
  tMs,
  value: { askedMs },
})
const leaves = (tMs: number, value: object = {}): TestEvent => ({ type: 'leave', who, topic, tMs, value })
const delivered = (...events: TestEvent[]) => {
  const { outcome, why } = backgroundDelivered.check(historyOf(...events, theEnd(60_000)))
  return outcome === 'violated' ? why.split(':')[0] : outcome
}

describe('background-delivered', () => {
  it('passes when everything arrives, and what is sent while a stalled node joins', () => {
    expect(delivered(joins(0, 0), said(1, 5_000), heard(1, 5_010))).toBe('passed')
    expect(delivered(said(1, 3_000), joins(8_000, 2_000), heard(1, 8_001))).toBe('passed')
  })

  it.each<[string, TestEvent[]]>([
    ['altered', [joins(0, 0), said(1, 5_000), heard(1, 5_010, 'b')]],
    ['altered', [joins(0, 0), said(1, 5_000), heard(1, 5_010), heard(1, 5_020, 'b')]],
    ['duplicate', [joins(0, 0), said(1, 5_000), heard(1, 5_010), heard(1, 5_020)]],
    ['lost-unexplained', [joins(0, 0), said(1, 5_000), said(2, 6_000), heard(2, 6_001)]],
    ['reordered', [joins(0, 0), said(1, 5_000), said(2, 5_001), heard(2, 5_003), heard(1, 5_004)]],
  ])('is violated: %s', (fate, events) => expect(delivered(...events)).toBe(fate))

  it('knows exactly when a client joined and left that says when it was answered', () => {
    const left = [joins(0, 0), leaves(5_000), leaves(5_010, { acknowledged: true })]
    expect(delivered(...left, said(1, 5_100), heard(1, 5_101))).toBe('non-member')
    expect(delivered(...left, said(1, 5_005), heard(1, 5_011))).toBe('passed')
    const rejoined = [...left, joins(8_000, 7_990), said(1, 8_001)]
    expect(delivered(...rejoined, said(2, 9_500), heard(2, 9_501))).toBe('lost-unexplained')
  })

  it('knows nothing of the messages of others', () => {
    expect(delivered(joins(0, 0))).toBe('unknown')
    expect(backgroundDelivered.needs?.(historyOf())).toBe(false)
  })
})

describe('background-accepted', () => {
  const connects: TestEvent = { type: 'connect', who, node: 'n1' }
  const closes = (value: unknown, name = who): TestEvent => ({ type: 'disconnect', who: name, node: 'n1', value })
  const crashes: TestEvent = { ...leaves(0), node: 'n1', event: 'phx_error' }
  const outcomeOf = (...events: TestEvent[]) => backgroundAccepted.check(historyOf(...events)).outcome

  it('passes when connections end for reasons of the network or of the node', () => {
    expect(outcomeOf(connects, closes(1006), connects, closes(1012), connects, closes(undefined))).toBe('passed')
    expect(outcomeOf(connects, closes(1011, 'hostile'))).toBe('passed')
  })

  it('is violated when a node blames the client, or a channel crashes that nobody killed', () => {
    expect(outcomeOf(connects, closes(1011))).toBe('violated')
    expect(outcomeOf(connects, closes(1009))).toBe('violated')
    expect(outcomeOf(connects, crashes)).toBe('violated')
    expect(outcomeOf(connects, fault(0, { kind: 'actor.kill', target: 'n1/*' }), crashes)).toBe('passed')
  })

  it("leaves it to a node of somebody else's what it says while it goes down", () => {
    const settings = (value: object): TestEvent => ({
      type: 'read',
      who: 'scenario',
      operation: 'node-settings',
      value,
    })
    const [ours, foreign] = [settings({}), settings({ isSomebodyElses: true })]
    const [stop, other] = [fault(0, { kind: 'node.stop', target: 'n1' }), fault(0, { kind: 'node.stop', target: 'n2' })]
    for (const end of [closes(1011), crashes]) {
      expect(outcomeOf(foreign, connects, stop, end)).toBe('passed')
      expect(outcomeOf(foreign, connects, other, end)).toBe('violated')
      expect(outcomeOf(ours, connects, stop, end)).toBe('violated')
    }
  })

  it('knows nothing when nobody connected', () => expect(outcomeOf()).toBe('unknown'))
})

describe('background-joined', () => {
  const isJoined = (joined: string[], connected = true) =>
    backgroundJoined.check(historyOf(final('joined', { connected, expected: [topic], joined }, who))).outcome

  it('is about the clients of the background alone', () => {
    expect(isJoined([topic])).toBe('passed')
    expect(isJoined([])).toBe('violated')
    expect(isJoined([topic], false)).toBe('violated')
    const other = final('joined', { connected: false, expected: [], joined: [] }, 'alice')
    expect(backgroundJoined.check(historyOf(other)).outcome).toBe('unknown')
  })
})

describe('frames-readable', () => {
  const unreadable: TestEvent = {
    type: 'unreadable',
    who: 'stuck',
    node: 'n2',
    value: { why: 'it is not JSON', beginning: '"{" (1 characters)' },
  }

  it('is violated by one that nobody can read, whoever received it', () => {
    const { outcome, why } = framesReadable.check(historyOf(reply(1), unreadable, unreadable))
    expect(outcome).toBe('violated')
    expect(why).toBe('unreadable: stuck received "{" (1 characters) from n2: it is not JSON, and 1 more')
  })

  it('passes when all were read, and knows nothing when nothing came', () => {
    expect(framesReadable.check(historyOf(reply(1))).outcome).toBe('passed')
    expect(framesReadable.check(historyOf()).outcome).toBe('unknown')
  })
})
