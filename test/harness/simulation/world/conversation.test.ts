import { describe, expect, it } from 'vitest'
import { channelsMax, createConversation, type Frame } from '../../../../harness/simulation/world/conversation.ts'

const topic = 'ping:a'
const join = (ref: string): Frame => [ref, ref, topic, 'phx_join', {}]
const ok = (joinRef: string | null, ref: string, response: object = {}): Frame => [
  ...([joinRef, ref, topic, 'phx_reply'] as const),
  { status: 'ok', response },
]
const close = (joinRef: string): Frame => [joinRef, joinRef, topic, 'phx_close', {}]

/** Returns the first thing that is wrong with what came, or what is missing. */
function judge(sent: readonly Frame[], received: readonly Frame[]): string | undefined {
  const conversation = createConversation({ hasJoinRefs: true })
  for (const frame of sent) conversation.sent(frame)
  return received.map(conversation.received).find((wrong) => wrong) ?? conversation.missing()
}

describe('a conversation as the protocol has it', () => {
  it('has a reply to each join and push, and the end of a channel that is joined anew (CH-56, CH-61)', () => {
    const push: Frame = ['2', '3', topic, 'ping', { ack_phrase: 'hi' }]
    const right = [ok('1', '1'), ok('2', '2'), close('1'), ok('2', '3', { ping: 'hi' })]
    expect(judge([join('1'), join('2'), push], right)).toBeUndefined()
    expect(judge([join('1'), join('2'), push], right.slice(0, -1))).toMatch(/^the node never sent \["2","3"/)
    expect(judge([join('1'), join('2'), push], [ok('1', '1'), close('1')])).toMatch(/phx_close.*expected.*phx_reply/)
  })

  it('has the reply to a leave, then the end, and nothing for a stale join_ref (CH-41, CH-57)', () => {
    const stale: Frame = ['0', '2', topic, 'ping', { ack_phrase: 'stale' }]
    const leave: Frame = ['1', '3', topic, 'phx_leave', {}]
    const right = [ok('1', '1'), ok('1', '3'), close('1')]
    expect(judge([join('1'), stale, leave], right)).toBeUndefined()
    expect(judge([join('1'), stale, leave], [ok('1', '1'), ok('1', '2', { ping: 'stale' })])).toMatch(/expected/)
    expect(judge([join('1'), leave], [...right, close('1')])).toMatch(/expected nothing more/)
  })

  it('has a reply to what is sent to a topic that is not joined (CH-50)', () => {
    const unmatched = { status: 'error', response: { reason: 'unmatched topic' } }
    expect(judge([['1', '2', topic, 'ping', {}]], [[null, '2', topic, 'phx_reply', unmatched]])).toBeUndefined()
    expect(judge([['1', '2', topic, 'phx_leave', {}]], [ok('1', '2')])).toBeUndefined()
  })

  it('may lose what is sent right behind the end of a channel, and nothing else (CH-59, CH-67)', () => {
    const behind: Frame = ['1', '3', topic, 'ping', { ack_phrase: 'behind' }]
    const unmatched: Frame = [
      ...([null, '3', topic, 'phx_reply'] as const),
      { status: 'error', response: { reason: 'unmatched topic' } },
    ]
    const ended = [ok('1', '1'), ok('1', '2', { msg: 'shutting down' }), close('1')]
    const judgeEnd = (...received: Frame[]) => {
      const conversation = createConversation({ hasJoinRefs: true })
      for (const frame of [join('1'), ['1', '2', topic, 'ding', {}] as const]) conversation.sent(frame)
      conversation.sentBehindEnd(behind)
      conversation.sent(join('4'))
      return received.map(conversation.received).find((wrong) => wrong) ?? conversation.missing()
    }
    expect(judgeEnd(...ended, ok('4', '4'))).toBeUndefined()
    expect(judgeEnd(...ended, unmatched, ok('4', '4'))).toBeUndefined()
    expect(judgeEnd(...ended, unmatched, unmatched, ok('4', '4'))).toMatch(/expected \["4","4"/)
    expect(judgeEnd(...ended, ok('4', '4'), unmatched)).toMatch(/expected nothing more/)
    expect(judgeEnd(...ended)).toMatch(/^the node never sent \["4","4"/)
  })

  it('has no more channels than a connection may join, but any of them anew', () => {
    const conversation = createConversation({ hasJoinRefs: false })
    for (let n = 0; n <= channelsMax; n += 1) conversation.sent([`${n}`, `${n}`, `ping:${n}`, 'phx_join', {}])
    expect(conversation.joinedTopics()).toHaveLength(channelsMax)
    const tooMany = { status: 'error', response: { reason: 'too many channels joined' } }
    const topicTooMany = `ping:${channelsMax}`
    expect(conversation.received([null, `${channelsMax}`, topicTooMany, 'phx_reply', tooMany])).toBeUndefined()
    conversation.sent(['again', 'again', 'ping:0', 'phx_join', {}])
    expect(conversation.joinRefOf('ping:0')).toBe('again')
  })
})
