import { describe, expect, it } from 'vitest'
import { pipelineItemsAccounted } from '../../../../harness/apps/hello/checkers/pipeline-items-accounted.ts'
import { type PipelineState, pipelineFinal, pushOperation } from '../../../../harness/apps/hello/pipeline.ts'
import { disconnect, fault, final, historyOf, join, stall, type TestEvent } from '../../../support/histories.ts'

const topic = 'user:1'

interface Items {
  first?: number
  count?: number
  timed?: boolean
  end?: 'ok' | 'failed' | 'unsure'
}

const push = (
  op: number,
  tMs: number,
  { first = 1, count = 3, timed = false, end = 'ok' }: Items = {},
): TestEvent[] => [
  { type: 'invoke', who: 'n1', operation: pushOperation, op, tMs, value: { userId: 1, timed, first, count } },
  { type: end, who: 'n1', operation: pushOperation, op, tMs: tMs + 1 },
]
const got = (n: number, tMs: number, more: Partial<TestEvent> = {}): TestEvent => ({
  type: 'receive',
  who: 'ann',
  topic,
  event: 'push',
  joinRef: null,
  value: { n },
  tMs,
  ...more,
})
const state = (more: Partial<PipelineState> = {}): TestEvent =>
  final(
    pipelineFinal,
    {
      producer: 'memory',
      consumer: 'consumer_supervisor',
      dispatch: 'fifo',
      inOrder: true,
      demandMax: 10,
      pushed: 3,
      handled: 3,
      dropped: 0,
      discarded: 0,
      lost: 0,
      skipped: 0,
      running: 0,
      runningMax: 3,
      ...more,
    } satisfies PipelineState,
    'n1',
    'n1',
  )
const here = join('ann', 0, topic)
const killed = fault(1_050, { kind: 'actor.kill', target: 'n1/Pipeline.Producer' })
const all = [got(1, 2_000), got(2, 2_001), got(3, 2_002)]
const verdict = (...events: TestEvent[]) => pipelineItemsAccounted.check(historyOf(...events))

describe('pipeline-items-accounted passes', () => {
  it.each<[string, TestEvent[]]>([
    ['every item came once', [here, ...push(1, 1_000), ...all, state()]],
    ['workers ended in another order', [here, ...push(1, 1_000), ...all.toReversed(), state()]],
    ['a kill took what was in memory (NF-7, DF-43)', [here, ...push(1, 1_000), killed, got(1, 2_000), state()]],
    [
      'the full buffer was counted (DF-44)',
      [here, ...push(1, 1_000), got(3, 2_000), state({ handled: 1, discarded: 2 })],
    ],
    ['somebody was away meanwhile', [here, ...push(1, 1_000), disconnect('ann', 1_500), got(1, 2_000), state()]],
    ['a node with a fault counted wrongly', [here, ...push(1, 1_000), killed, ...all, state({ handled: 2 })]],
    ['a push was refused', [here, ...push(1, 1_000), ...all, ...push(2, 3_000, { first: 4, end: 'failed' }), state()]],
    [
      'a durable item was handled again after a kill (PM-58)',
      [here, ...push(1, 1_000), killed, ...all, got(2, 3_000), state({ producer: 'durable' })],
    ],
  ])('when %s', (_what, events) => expect(verdict(...events).outcome).toBe('passed'))
})

it('pipeline-items-accounted knows nothing of items that were lost while a process stood still', () => {
  const lost = [here, ...push(1, 1_000), got(1, 2_000), got(2, 2_001)]
  expect(verdict(...lost, stall(2_500, 1_200, 'n2'), state())).toMatchObject({
    outcome: 'unknown',
    why: expect.stringMatching(/^lost: 1 of 3 .* stood still for 1200 ms$/),
  })
})

describe('pipeline-items-accounted is violated', () => {
  it.each<[RegExp, TestEvent[]]>([
    [/^lost: 1 of 3 items for user 1, pushed on n1/, [here, ...push(1, 1_000), got(1, 2_000), got(2, 2_001), state()]],
    [/^lost: 2 of 3/, [here, ...push(1, 1_000), got(3, 2_000), state({ discarded: 1 })]],
    [/^lost: /, [here, killed, ...push(1, 9_000), got(1, 9_100), state()]],
    [/^lost: /, [here, ...push(1, 1_000), killed, got(1, 2_000), state({ producer: 'durable' })]],
    [
      /^lost: /,
      [
        here,
        ...push(1, 1_000),
        fault(1_050, { kind: 'actor.kill', target: 'n2/Pipeline.Producer' }),
        ...all.slice(1),
        state(),
      ],
    ],
    [/^doubled: item 2 was delivered to ann/, [here, ...push(1, 1_000), ...all, got(2, 3_000), state()]],
    [/^doubled: /, [here, ...push(1, 1_000), killed, ...all, got(2, 3_000), state()]],
    [/^doubled: /, [here, ...push(1, 1_000), ...all, got(2, 3_000), state({ producer: 'durable' })]],
    [
      /^out of order: ann was given item 1 after item 2/,
      [here, ...push(1, 1_000, { timed: true }), ...[got(2, 2_000), got(1, 2_001), got(3, 2_002)], state()],
    ],
    [/^out of order: /, [here, ...push(1, 1_000), ...all.toReversed(), state({ consumer: 'consumer' })]],
    [/^overrun: n1 worked on 11 items at once/, [here, ...push(1, 1_000), ...all, state({ runningMax: 11 })]],
    [
      /^miscounted: n1 took 3 items, and says that it handled 2, discarded 0 and lost 0/,
      [here, ...push(1, 1_000), ...all, state({ handled: 2 })],
    ],
    [/^miscounted: /, [here, ...push(1, 1_000), ...all, state({ lost: 1 })]],
    [/^misdelivered: item 1 is for user 1/, [here, ...push(1, 1_000), got(1, 2_000, { topic: 'user:2' }), state()]],
    [/^invented: /, [here, ...push(1, 1_000), got(9, 2_000), state()]],
    [
      /^altered: item 1 came to ann as .*"at"/,
      [here, ...push(1, 1_000), got(1, 2_000, { value: { n: 1, at: 5 } }), state()],
    ],
  ])('%s', (why, events) =>
    expect(verdict(...events)).toMatchObject({ outcome: 'violated', why: expect.stringMatching(why) }),
  )
})

describe('pipeline-items-accounted is unknown', () => {
  it.each<[string, TestEvent[]]>([
    ['nothing was recorded', []],
    ['nobody pushed anything', [here, state()]],
    ['no node was asked', [here, ...push(1, 1_000), ...all]],
    ['nobody got anything', [here, ...push(1, 1_000), state()]],
    ['a node still works', [here, ...push(1, 1_000), got(1, 2_000), state({ running: 2 })]],
  ])('when %s', (_what, events) => expect(verdict(...events).outcome).toBe('unknown'))
})
