import { describe, expect, it } from 'vitest'
import { mannersOf } from '../../../harness/history/manners.ts'
import type { HistoryEvent } from '../../../harness/history/operation.ts'
import { describeReconnects, reconnectsOf } from '../../../harness/history/reconnects.ts'

const did = (who: string, kind: string, atMs: number, more: object = {}, node = 'balancer') =>
  ({ who, node, type: 'read', operation: mannersOf.socket, value: { kind, atMs, ...more } }) as HistoryEvent
const lost = (who: string, atMs: number) => did(who, 'end', atMs, { wasOpen: true })
const open = (who: string, atMs: number) => did(who, 'open', atMs)

describe('what a deploy cost its clients (DP-27, DP-34, DP-35)', () => {
  it('counts those who connect again, and for how long each had no connection', () => {
    const events = [
      open('ann', 0),
      open('bob', 0),
      lost('ann', 100),
      lost('bob', 110),
      open('ann', 120),
      open('bob', 410),
    ]
    expect(reconnectsOf(events, 'balancer')).toEqual({
      count: 2,
      lossesMs: [100, 110],
      gapsMs: [20, 300],
      perSecondMax: 2,
      refusedCount: 0,
    })
  })

  it('measures a gap from the loss, however many attempts are in vain', () => {
    const events = [lost('ann', 100), did('ann', 'end', 110, { wasOpen: false }), open('ann', 300)]
    expect(reconnectsOf(events, 'balancer')).toMatchObject({ count: 1, gapsMs: [200], refusedCount: 1 })
  })

  it('does not count who leaves a page for another one (DF-111)', () => {
    const events = [did('ann', 'end', 100, { wasOpen: true, closedBy: 'client' }), open('ann', 120)]
    expect(reconnectsOf(events, 'balancer').count).toBe(0)
  })

  it('finds the second in which most connect', () => {
    const times = [0, 900, 1_000, 1_500, 2_600]
    const events = times.flatMap((atMs, n) => [lost(`c${n}`, atMs - 1), open(`c${n}`, atMs)])
    expect(reconnectsOf(events, 'balancer').perSecondMax).toBe(3)
  })

  it('looks at the clients of one address only', () => {
    const elsewhere = did('eve', 'open', 5, {}, 'n1')
    expect(reconnectsOf([did('eve', 'end', 1, { wasOpen: true }, 'n1'), elsewhere], 'balancer').count).toBe(0)
  })

  it('says it in a sentence', () => {
    expect(describeReconnects({ count: 0, lossesMs: [], gapsMs: [], perSecondMax: 0, refusedCount: 0 })).toBe(
      'nobody connected again',
    )
    expect(
      describeReconnects({ count: 3, lossesMs: [0, 0, 0], gapsMs: [30, 10, 90.4], perSecondMax: 2, refusedCount: 0 }),
    ).toBe('3 reconnects, at most 2 within a second; without a connection for 30 ms (median) to 90 ms')
  })
})
