import { describe, expect, it } from 'vitest'
import { html } from '../../../harness/mutate/html.ts'
import { lineOf } from '../../../harness/mutate/mutate.ts'
import {
  documentOf,
  exitCodeFor,
  folderOf,
  inLines,
  type MutantOutcome,
  type MutantResult,
  type MutateResult,
  outcomeOf,
  scoreOf,
} from '../../../harness/mutate/result.ts'
import { conversationsOf } from '../../../harness/mutate/tiers/tests.ts'
import type { TierResult } from '../../../harness/mutate/tiers/tier.ts'

const tier = (outcome: TierResult['outcome'], own: Partial<MutantResult['tiers'][number]> = {}) => ({
  tier: 'scenarios' as const,
  outcome,
  why: 'it said so',
  seconds: 1,
  ...own,
})

const mutant = (outcome: MutantOutcome, own: Partial<MutantResult> = {}): MutantResult => ({
  mutant: {
    id: 'M-00000001',
    operator: 'border-moved',
    path: 'system/channels/socket.ts',
    line: 3,
    edit: { start: 0, end: 1, text: '' },
    diff: 'id: M-00000001\n\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a < b\n+a <= b\n',
  },
  outcome,
  tiers: [],
  ...own,
})
const result = (...mutants: MutantResult[]): MutateResult => ({
  seed: '0x5eed',
  candidates: 100,
  thrownAway: { doesNotTypeCheck: 3, sameProgram: 2, notCovered: 1 },
  remarks: ['skipped something'],
  mutants,
})
const caught = mutant('caught', {
  tiers: [tier('missed'), tier('caught', { by: 'cart-never-lost', where: 'cart/two-tabs' })],
})
const survivor = mutant('survived', {
  tiers: [tier('missed', { sawNothing: ['cart/two-tabs'], notAsked: ['store/sell-out'] })],
})

describe('what became of a mutant', () => {
  it.each<[MutantOutcome, TierResult['outcome'][], boolean]>([
    ['caught', ['missed', 'caught'], false],
    ['not-run', ['missed'], false],
    ['not-run', [], false],
    ['survived', ['skipped', 'missed'], true],
    ['unknown', ['missed', 'unknown'], true],
    ['unseen', ['skipped', 'skipped'], true],
  ])('%s: %j', (outcome, tiers, isComplete) => {
    expect(
      outcomeOf(
        tiers.map((one) => ({ outcome: one })),
        isComplete,
      ),
    ).toBe(outcome)
  })
})

describe('the score', () => {
  it('counts against it whatever was not caught, and leaves out what was not run', () => {
    const all = (['caught', 'caught', 'survived', 'unknown', 'unseen', 'not-run'] as const).map((one) => mutant(one))
    expect(scoreOf(all)).toEqual({ caught: 2, of: 5, percent: 40 })
    expect(scoreOf([mutant('not-run')])).toEqual({ caught: 0, of: 0, percent: undefined })
  })

  it('decides the exit code by the threshold', () => {
    const code = (mutants: MutantResult[], threshold: number, interruptedCode?: number, isOverBudget = false) =>
      exitCodeFor({ mutants }, { threshold, interruptedCode, isOverBudget })
    expect(code([caught, survivor], 50)).toBe(0)
    expect(code([caught, survivor], 51)).toBe(1)
    expect(code([caught, survivor], 51, 130)).toBe(130)
    expect(code([caught, mutant('not-run')], 90, undefined, true)).toBe(124)
    expect(code([survivor, mutant('not-run')], 90, undefined, true)).toBe(1)
    expect(code([], 0)).toBe(2)
  })

  it('is told by folder: those of applications are three deep', () => {
    expect(folderOf('system/apps/store/cart/cart.ts')).toBe('system/apps/store')
    expect(folderOf('system/channels/transports/outbox.ts')).toBe('system/channels')
    expect(folderOf('system/main.ts')).toBe('system')
  })
})

describe('the recorded conversations of a file', () => {
  it('are those that its folder takes part in', () => {
    expect(conversationsOf('system/pipeline/stage.ts')).toEqual(['test/oracle/recordings.test.ts'])
    expect(conversationsOf('system/live/diff.ts')).toEqual(['test/compat/live/recordings.int.test.ts'])
    expect(conversationsOf('system/channels/socket.ts')).toEqual(['test/compat/transcripts.int.test.ts'])
    expect(conversationsOf('system/apps/store/shop.ts')).toEqual([])
  })
})

describe('the reports', () => {
  const document = documentOf(result(caught, survivor, mutant('not-run')))

  it('say for each folder, tier and checker how many were caught', () => {
    expect(document.score).toEqual({ caught: 1, of: 2, percent: 50 })
    expect(document.folders).toEqual([{ name: 'system/channels', caught: 1, of: 2, percent: 50 }])
    expect(document.tiers).toEqual([{ name: 'scenarios', count: 1 }])
    expect(document.checkers).toEqual([{ name: 'cart-never-lost', count: 1 }])
  })

  it('show each survivor with its diff and the scenarios that saw nothing', () => {
    const lines = inLines(document, 'reports/mutate/x')
    expect(lines).toContain(
      [
        '✗ survived  M-00000001 border-moved in system/channels/socket.ts:3',
        '    -a < b',
        '    +a <= b',
        '    scenarios: it said so',
        '    ran it and saw nothing: cart/two-tabs',
      ].join('\n'),
    )
    expect(lines).toContain('caught 1 of 2 mutants: 50 %; 1 survived, 0 executed by nothing, 0 unknown, 1 not run\n')
    expect(lines).toContain('skipped something\n')
    const page = html(document)
    expect(page).toContain('<h1>1 of 2 mutants were caught: 50 %.</h1>')
    expect(page).toContain('<span class="plus">+a &lt;= b</span>')
    expect(page).toMatch(/prefers-color-scheme:dark/)
    expect(page).toMatch(/<meta name="viewport" content="width=device-width/)
  })

  it('say while it goes on who caught a mutant', () => {
    expect(lineOf(caught)).toBe(
      '✓ caught    M-00000001 border-moved in system/channels/socket.ts:3 by cart-never-lost in cart/two-tabs: it said so',
    )
  })
})
