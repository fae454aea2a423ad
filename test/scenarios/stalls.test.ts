import { describe, expect, it } from 'vitest'
import { createRecorder } from '../../harness/history/recorder.ts'
import { systemClock } from '../../harness/platform/clock.ts'
import { NotReached } from '../../harness/runner/context.ts'
import {
  measuredMs,
  mustBeConnected,
  mustHaveHeard,
  mustLoseOnce,
  mustNotRepeat,
  mustTakeAtMost,
  receivedPerJoin,
  watchingStalls,
} from '../../scenarios/stalls.ts'

/** Slowness alone is never a violation (AT-3). */
function stage(answerMs: number, isStarved = false) {
  const recorder = createRecorder({ elapsedMs: () => 0, sink: () => {}, isDefinite: () => false })
  const ready = () => systemClock.sleep(answerMs).then(() => ({ ready: true }))
  return {
    cluster: { node: () => ({ control: { ready } }) } as never,
    clock: systemClock,
    scratch: new Map<string, unknown>(),
    recorder,
    wasStarved: () => isStarved,
    notReached(why: string): never {
      throw new NotReached(why)
    },
  }
}

const work = () => systemClock.sleep(300)
const lost = (context: ReturnType<typeof stage>) => context.recorder.record({ who: 'alice', type: 'disconnect' })
const everybody = [() => true, (who: string) => `${who} was disconnected`] as const

describe('what took too long', () => {
  it('is violated on a machine that answers at once', async () => {
    const context = stage(0)
    await watchingStalls(context, 'n2', work)
    expect(() => mustTakeAtMost(context, 5_000, 1_000, 'it took 5000 ms')).toThrow(new Error('it took 5000 ms'))
  })

  it('proves nothing when the machine stood still for the rest', async () => {
    const context = stage(400)
    await watchingStalls(context, 'n2', work)
    expect(() => mustTakeAtMost(context, 1_200, 1_000, 'it took 1200 ms')).toThrow(NotReached)
    expect(() => mustTakeAtMost(context, 5_000, 1_000, 'it took 5000 ms')).toThrow(new Error('it took 5000 ms'))
  })
})

describe('what took too long where the operating system says that a process had no processor', () => {
  it('proves nothing for as long as it was watched', async () => {
    const context = stage(0, true)
    await watchingStalls(context, 'n2', work)
    expect(() => mustTakeAtMost(context, 1_200, 1_000, 'it took 1200 ms')).toThrow(NotReached)
    expect(() => mustTakeAtMost(context, 5_000, 1_000, 'it took 5000 ms')).toThrow(new Error('it took 5000 ms'))
  })
})

describe('a lost connection', () => {
  it('is violated on a machine that answers at once, for those who are meant', async () => {
    const context = stage(0)
    await watchingStalls(context, 'n2', work)
    lost(context)
    expect(() => mustBeConnected(context, ...everybody)).toThrow(new Error('alice was disconnected'))
    expect(() => mustBeConnected(context, (who) => who === 'bob', everybody[1])).not.toThrow()
  })

  it('proves nothing when the machine was silent for as long as a client waits', async () => {
    const context = stage(600)
    await watchingStalls(context, 'n2', work)
    lost(context)
    expect(() => mustBeConnected(context, ...everybody)).toThrow(NotReached)
  })
})

describe('messages per join', () => {
  it('are counted apart for each join and each connection', () => {
    const { recorder } = stage(0)
    const cart = (joinRef: string) =>
      recorder.record({ who: 'bob', type: 'receive', topic: 'cart', event: 'cart', joinRef })
    recorder.record({ who: 'bob', type: 'connect' })
    cart('1')
    cart('7')
    recorder.record({ who: 'bob', type: 'connect' })
    cart('1')
    expect(receivedPerJoin({ recorder }, 'bob', 'cart')).toEqual([1, 1, 1])
    cart('1')
    expect(receivedPerJoin({ recorder }, 'bob', 'cart')).toEqual([1, 1, 2])
  })
})

describe('what somebody did not hear', () => {
  const stalled = (context: ReturnType<typeof stage>, who: string) =>
    context.recorder.record({ who, type: 'read', operation: 'stall', value: { forMs: 900 } })
  const judged = (context: ReturnType<typeof stage>) => () =>
    mustHaveHeard(context, false, (who) => who === 'alice', 'alice heard nothing')

  it('is violated where nothing stood still, and fine where it was heard', () => {
    const context = stage(0)
    context.recorder.record({ who: 'bob', type: 'disconnect' })
    expect(judged(context)).toThrow(new Error('alice heard nothing'))
    expect(() => mustHaveHeard(context, true, () => true, 'alice heard nothing')).not.toThrow()
  })

  it('proves nothing when she had lost her connection', () => {
    const context = stage(0)
    lost(context)
    expect(judged(context)).toThrow(NotReached)
  })

  it('proves nothing when a process stood still, but for one that a fault was aimed at', () => {
    const context = stage(0)
    context.recorder.record({ who: 'nemesis', type: 'fault', value: { target: 'n3', parts: ['n3'] } })
    stalled(context, 'n3')
    expect(judged(context)).toThrow(new Error('alice heard nothing'))
    stalled(context, 'n1')
    expect(judged(context)).toThrow('alice heard nothing, but the machine stood still for 900 ms at once')
  })
})

describe('who was to lose a connection', () => {
  it('lost it once, and nobody else did', async () => {
    const context = stage(0)
    await watchingStalls(context, 'n2', work)
    expect(() => mustLoseOnce(context, ['alice'])).toThrow(new Error('alice was not disconnected'))
    lost(context)
    expect(() => mustLoseOnce(context, ['alice'])).not.toThrow()
    expect(() => mustLoseOnce(context, [])).toThrow(new Error('alice was disconnected too'))
    lost(context)
    expect(() => mustLoseOnce(context, ['alice'])).toThrow(new Error('alice was disconnected more than once'))
  })

  it('and somebody else too proves nothing on a machine that stood still', async () => {
    const context = stage(600)
    await watchingStalls(context, 'n2', work)
    lost(context)
    expect(() => mustLoseOnce(context, [])).toThrow(NotReached)
  })
})

it('what is done too often is violated, however long something stood still, but for whoever had lost a connection', () => {
  const context = stage(0)
  const judged = (isRight: boolean) => () => mustNotRepeat(context, isRight, (who) => who === 'alice', 'twice')
  context.recorder.record({ who: 'n1', type: 'read', operation: 'stall', value: { forMs: 900 } })
  expect(judged(true)).not.toThrow()
  expect(judged(false)).toThrow(new Error('twice'))
  lost(context)
  expect(judged(false)).toThrow('twice, but alice had lost its connection')
})

describe('what is measured', () => {
  /** Takes `tookMs` each time, of which the machine stood still for `stalledMs` in the first `times`. */
  async function measured({ tookMs, stalledMs, times }: { tookMs: number; stalledMs: number; times: number }) {
    const context = stage(0)
    const rounds: number[] = []
    await measuredMs(context, undefined, 1_000, async (n) => {
      rounds.push(n)
      if (n <= times) context.scratch.set('stalls', { totalMs: stalledMs, longestMs: stalledMs })
      return n <= times ? tookMs : 10
    })
    return { rounds, context }
  }

  it('is measured once, when it was in time, or late without a stall', async () => {
    expect((await measured({ tookMs: 900, stalledMs: 800, times: 9 })).rounds).toEqual([1])
    expect((await measured({ tookMs: 1_100, stalledMs: 0, times: 9 })).rounds).toEqual([1])
  })

  it('is measured again while a stall was longer than what was too much, and not for ever', async () => {
    const { rounds, context } = await measured({ tookMs: 1_900, stalledMs: 1_000, times: 1 })
    expect(rounds).toEqual([1, 2])
    expect(() => mustTakeAtMost(context, 1_500, 1_000, 'late')).toThrow(new Error('late'))
    expect((await measured({ tookMs: 1_900, stalledMs: 1_000, times: 9 })).rounds).toEqual([1, 2, 3])
  })
})
