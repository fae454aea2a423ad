import { describe, expect, it } from 'vitest'
import type { SimulationRequest } from '../../../../harness/simulation/world/plan.ts'
import { simulate } from '../../../../harness/simulation/world/simulate.ts'

const request = (own: Partial<SimulationRequest['plan']> = {}): SimulationRequest => ({
  plan: {
    seed: 7,
    rounds: [
      [
        { do: 'publish', node: 'n2' },
        { do: 'add', who: 'ann', itemId: 3 },
        { do: 'buy', who: 'ann' },
      ],
      [{ do: 'click', tab: 0, itemId: 3 }],
    ],
    faults: [{ kind: 'node.kill', target: 'n2', options: {}, fromRound: 1, toRound: 1 }],
    ...own,
  },
  stock: { 3: 50 },
})

describe('a simulated scenario', () => {
  it('is the same for the same request, event by event, and another for another seed (FI-18)', async () => {
    const [one, again, other] = [
      await simulate(request()),
      await simulate(request()),
      await simulate(request({ seed: 8 })),
    ]
    expect(again).toEqual(one)
    expect(other.events).not.toEqual(one.events)
  })

  it('is told by the real parts: a purchase that the database has, a message that everybody got, a tab that shows the cart', async () => {
    const { events, obstacle } = await simulate(request({ faults: [] }))
    expect(obstacle).toBeUndefined()
    expect(events.filter(({ type, operation }) => type === 'ok' && operation === 'purchase')).toHaveLength(1)
    const heard = events.filter(({ type, event }) => type === 'receive' && event === 'ledger').map(({ who }) => who)
    expect(heard.sort()).toEqual(['listener-n1', 'listener-n2', 'listener-n3'])
    const finals = events.filter(({ type }) => type === 'final')
    expect(finals.find(({ operation }) => operation === 'orders')?.value).toMatchObject([
      { itemIds: [3], soldItemIds: [3] },
    ])
    const carts = finals.filter(({ operation, who }) => operation === 'cart' && who.startsWith('alice'))
    expect(carts.map(({ value }) => value)).toMatchObject([1, 2, 3].map(() => ({ items: [{ id: 3 }] })))
  })

  it('shows its faults as seen to hold and seen to end, and who felt them', async () => {
    const { events } = await simulate(request())
    const last = events.filter(({ type }) => type === 'fault').at(-1)
    expect(last?.value).toMatchObject({
      kind: 'node.kill',
      witnessedOnMs: expect.any(Number),
      witnessedOffMs: expect.any(Number),
    })
    const lost = events.filter(({ type, node }) => type === 'disconnect' && node === 'n2').map(({ who }) => who)
    expect(lost.sort()).toEqual(['alice#2', 'ben', 'listener-n2'])
  })

  it('records all entries that a dashboard is sent when it joins again, not only those that are new to it (PA-16)', async () => {
    const { events } = await simulate(
      request({
        seed: 1904875770,
        rounds: [
          [
            { do: 'reload', tab: 2 },
            { do: 'sell', node: 'n1', itemId: 8 },
          ],
          [{ do: 'click', tab: 1, itemId: 3 }],
        ],
        faults: [{ kind: 'node.block', target: 'n3', options: { forMs: 2_000 }, fromRound: 0, toRound: 0 }],
      }),
    )
    const sent = events.filter(({ who, event }) => who === 'boss' && event === 'presence_state')
    expect(sent).toHaveLength(2)
    const keys = Object.values(sent[1]!.value as Record<string, { metas: { page: string | null }[] }>)
    const entries = keys.flatMap(({ metas }) => metas)
    // Four shoppers in six tabs; who only passes by has no page.
    expect(entries.filter(({ page }) => page !== null)).toHaveLength(6)
  })

  it('counts what it cannot do, and does the rest', async () => {
    const faults = [{ kind: 'handler.slow', target: 'n1', options: {}, fromRound: 0, toRound: 0 }]
    const { skipped, events } = await simulate(
      request({ faults, rounds: [[{ do: 'dance' }, { do: 'publish', node: 'n1' }]] }),
    )
    expect(skipped).toEqual(['handler.slow', 'dance'])
    expect(events.some(({ type }) => type === 'publish')).toBe(true)
  })
})
