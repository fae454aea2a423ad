import { describe, expect, it } from 'vitest'
import type { Mutant } from '../../../harness/mutate/mutant.ts'
import { judgeAll } from '../../../harness/mutate/mutate.ts'
import type { Tier, TierName, TierResult } from '../../../harness/mutate/tiers/tier.ts'

const mutant: Mutant = {
  id: 'M-1',
  operator: 'border-moved',
  path: 'system/a.ts',
  line: 1,
  edit: { start: 0, end: 1, text: '' },
  diff: '',
}
const says = (outcome: TierResult['outcome']): TierResult => ({ outcome, by: 'b', where: 'w', why: 'w', seconds: 1 })

/** Tiers that say what they are told, what was asked, and what is remembered. */
function setup(answers: Partial<Record<TierName, TierResult['outcome']>>, falseAlarm?: string) {
  const asked: string[] = []
  const remembered = new Map<string, TierResult>()
  const tiers = Object.entries(answers).map(
    ([name, outcome]): Tier => ({
      name: name as TierName,
      async judge() {
        asked.push(name)
        return says(outcome)
      },
      falseAlarm: async () => falseAlarm,
      close: async () => {},
    }),
  )
  const memory = {
    findTier: (_mutant: Mutant, tier: TierName) => remembered.get(tier),
    keepTier: (_mutant: Mutant, tier: TierName, result: TierResult) => void remembered.set(tier, result),
    scenarios: { find: () => undefined, keep: () => {} },
  }
  const said: string[] = []
  const judge = async (goesOn = () => true) => {
    const onProgress = (line: string) => void said.push(line)
    const [result] = await judgeAll([mutant], tiers, memory, { jobs: 1, goesOn, onProgress })
    return result!.outcome
  }
  return { asked, said, judge }
}

describe('the tiers', () => {
  it('are asked in their order, until one catches the mutant', async () => {
    const { asked, said, judge } = setup({ conversations: 'missed', simulation: 'caught', scenarios: 'missed' })
    expect(await judge()).toBe('caught')
    expect(asked).toEqual(['conversations', 'simulation'])
    expect(said).toEqual(['✓ caught    M-1 border-moved in system/a.ts:1 by b in w: w'])
  })

  it('are all asked about a survivor', async () => {
    const { asked, judge } = setup({ conversations: 'skipped', simulation: 'missed', scenarios: 'missed' })
    expect(await judge()).toBe('survived')
    expect(asked).toEqual(['conversations', 'simulation', 'scenarios'])
  })

  it('are not asked again about what they have said', async () => {
    const { asked, judge } = setup({ simulation: 'missed', scenarios: 'caught' })
    await judge()
    expect(await judge()).toBe('caught')
    expect(asked).toEqual(['simulation', 'scenarios'])
  })

  it('leave a mutant that is not done when the time is up as it is', async () => {
    const { asked, judge } = setup({ simulation: 'missed', scenarios: 'missed' })
    let left = 1
    const isLeft = () => left-- > 0
    expect(await judge(isLeft)).toBe('not-run')
    expect(asked).toEqual(['simulation'])
  })

  it('catch nothing with an alarm that is raised without the mutant too', async () => {
    expect(await setup({ scenarios: 'caught' }, 'it is raised without it too').judge()).toBe('unknown')
  })
})
