import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fingerprintOf, normalised } from '../../../harness/nightly/fingerprint.ts'
import { nightLines } from '../../../harness/nightly/night.ts'
import { readRun } from '../../../harness/reporters/record.ts'

const run = readRun(join(import.meta.dirname, '../reporters/fixture'))
const facts = { night: '2026-03-01T02:00:00.000Z', commit: 'abc' }

describe('the fingerprint of a failure', () => {
  it.each([
    ['n1 lost 3 messages after 12.5 s', 'n2 lost 14 messages after 900 ms'],
    ['alice sees "coming soon" for product 1', 'bob sees "sold out" for product 12'],
    ['expected n1, n2 and n3 at 2026-03-01T02:00:00.000Z', 'expected n2 at 2026-04-01T03:10:00.000Z'],
    ['run 0x5eed has 1,000 rows', 'run 0xbeef has 7 rows'],
  ])('is the same for "%s" and "%s"', (one, other) => {
    expect(normalised(one)).toBe(normalised(other))
  })

  it('is another for another sentence or checker', () => {
    expect(normalised('n1 lost 3 messages')).not.toBe(normalised('n1 repeated 3 messages'))
    const of = (name: string) =>
      fingerprintOf({ outcome: 'violated', checks: [{ name, outcome: 'violated', why: 'lost 1', evidence: {} }] })
    expect(of('delivered-once')).toBe('delivered-once: lost N')
    expect(of('in-order')).not.toBe(of('delivered-once'))
  })

  it('is that of the violated checker, whatever else is unknown', () => {
    const checks = (['unknown', 'violated'] as const).map((outcome) => ({
      name: outcome,
      outcome,
      why: 'w',
      evidence: {},
    }))
    expect(fingerprintOf({ outcome: 'violated', checks })).toBe('violated: w')
  })
})

describe('the lines of a night', () => {
  it('say of each scenario what a night keeps', () => {
    const clean = { ...run, defects: [], interrupted: false }
    const lines = nightLines(clean, facts)
    expect(lines.map(({ scenario, outcome }) => [scenario, outcome])).toEqual(
      run.scenarios.map(({ id, outcome }) => [id, outcome]),
    )
    expect(lines[0]).toEqual({
      ...{ version: 1, ...facts, scenario: run.scenarios[0]!.id, outcome: run.scenarios[0]!.outcome, seed: run.seed },
      ...{ durationMs: run.scenarios[0]!.durationMs, replay: run.scenarios[0]!.replay },
      recoveryMs: lines[0]!.recoveryMs,
      faults: lines[0]!.faults,
      fingerprint: lines[0]!.fingerprint,
      why: lines[0]!.why,
    })
  })

  it('of a shard are repeated without its folder, which is on another machine', () => {
    const clean = { ...run, defects: [], interrupted: false }
    const [{ id } = { id: '' }] = run.scenarios
    expect(nightLines(clean, { ...facts, isShard: true })[0]!.replay).toBe(`./squall run ${id} --seed ${run.seed}`)
  })

  it('say nothing of a scenario that the end of its run broke off, unless it had failed', () => {
    const [one] = run.scenarios
    const cut = (outcome: 'unknown' | 'violated') => ({ ...one!, outcome, cutShort: true as const })
    const linesOf = (...scenarios: (typeof one)[]) =>
      nightLines({ ...run, defects: [], interrupted: false, scenarios: scenarios as never }, facts)
    expect(linesOf(cut('unknown'))).toEqual([])
    expect(linesOf(cut('violated'))).toHaveLength(1)
  })

  it.each([
    ['with a defect', { defects: ['DF-1'] }],
    ['that was interrupted', { defects: [], interrupted: true }],
    ['that was killed', { defects: [], ended: false as const }],
    ['that replays another', { defects: [], suite: 'replay' }],
  ])('a run %s has none', (_what, own) => {
    expect(nightLines({ ...run, ...own }, facts)).toEqual([])
  })
})
