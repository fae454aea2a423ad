import { describe, expect, it } from 'vitest'
import { checkerCases } from '../../../harness/bench/judging/checker-cases.ts'
import { deliveriesHistory } from '../../../harness/bench/judging/deliveries.ts'
import { forPorcupine, withPorcupine } from '../../../harness/bench/judging/porcupine.ts'
import { purchasesHistory } from '../../../harness/bench/judging/purchases.ts'
import { checkers } from '../../../harness/checkers/index.ts'
import { toHistory } from '../../../harness/history/history.ts'
import { judge } from '../../../harness/verdict/checker.ts'
import { final, historyOf } from '../../support/histories.ts'

const deliveries = { messages: 2_000, subscribers: 20, faults: 6, seed: 1 }
const purchases = {
  operations: 40,
  concurrent: 10,
  initialCount: 15,
  oversoldUnits: 0,
  unsurePercent: 10,
  wrongPercent: 0,
  seed: 1,
}

describe('the synthetic histories of deliveries', () => {
  const history = toHistory(deliveriesHistory(deliveries))

  it('have faults, reconnections and losses in them, and nothing is wrong', () => {
    const { outcome, why, evidence } = judge(checkers['at-most-once']!, history)
    expect([outcome, why]).toMatchObject(['passed', /^\d+ deliveries, no duplicate, every loss explained$/])
    expect(Object.keys(evidence).toSorted()).toEqual(['lost-in-witnessed-window', 'lost-while-disconnected', 'once'])
    expect(history.faults).toHaveLength(6)
    expect(history.of('disconnect').length).toBeGreaterThan(100)
  })

  it('are judged by the other checkers of deliveries, too', () => {
    for (const name of ['recovery-time', 'faults-witnessed', 'joined-topics'])
      expect(judge(checkers[name]!, history), name).toMatchObject({ outcome: 'passed' })
  })

  it('are the same for the same seed only', () => {
    const stringOf = (seed: number) => JSON.stringify(deliveriesHistory({ ...deliveries, messages: 200, seed }))
    expect(stringOf(1)).toBe(stringOf(1))
    expect(stringOf(1)).not.toBe(stringOf(2))
  })
})

describe('the synthetic histories of each checker', () => {
  it('are there for every checker but at-most-once', () => {
    const names = [...checkerCases.map(({ checker }) => checker.name), 'at-most-once']
    expect(names.toSorted()).toEqual(Object.keys(checkers))
  })

  it.each(checkerCases.map((one) => [one.checker.name, one] as const))('%s passes', (_name, { checker, historyOf }) => {
    const events = historyOf(1_000)
    expect(events.length).toBeGreaterThanOrEqual(1_000)
    expect(judge(checker, toHistory(events))).toMatchObject({ outcome: 'passed' })
  })
})

describe('the synthetic histories of purchases', () => {
  const outcomeOf = (spec: Partial<typeof purchases>) =>
    judge(checkers['purchases-linearizable']!, toHistory(purchasesHistory({ ...purchases, ...spec }))).outcome

  it('have an order when every end is true, and mostly none when some are not', () => {
    const seeds = Array.from({ length: 100 }, (_, seed) => seed)
    expect(seeds.filter((seed) => outcomeOf({ seed }) !== 'passed')).toEqual([])
    expect(seeds.filter((seed) => outcomeOf({ seed, oversoldUnits: 15 }) !== 'violated')).toEqual([])
    expect(seeds.filter((seed) => outcomeOf({ seed, wrongPercent: 20 }) === 'violated').length).toBeGreaterThan(50)
  })
})

describe('what Porcupine is given', () => {
  it('is each purchase by its places in the history, without an end where nobody knows it', () => {
    const sale = (type: 'invoke' | 'ok' | 'failed' | 'unsure', op: number) =>
      ({ type, who: 'buyer', operation: 'sell', op, value: { itemId: 7 } }) as const
    const stock = { products: [{ items: [{ initialCount: 1 }] }] }
    const events = [sale('invoke', 1), sale('invoke', 2), sale('invoke', 3), sale('failed', 2), sale('ok', 1)]
    const { events: history } = historyOf(...events, sale('unsure', 3), final('database', stock))
    expect(forPorcupine(history)).toEqual({
      initialCount: 1,
      operations: [
        { from: 0, to: 4, end: 'ok' },
        { from: 1, to: 3, end: 'failed' },
        { from: 2, end: 'unsure' },
      ],
    })
  })

  it('cannot be judged where there is no go', async () => {
    await expect(withPorcupine({ PATH: '' }, () => {})).rejects.toThrow('there is no go on the PATH')
  })
})
