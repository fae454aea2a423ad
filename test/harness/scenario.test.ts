import { describe, expect, it } from 'vitest'
import { toHistory } from '../../harness/history/history.ts'
import { neverOversold, scenariosFor } from '../../harness/index.ts'
import { BadScenario } from '../../harness/scenario.ts'

const { scenario, step, after } = scenariosFor()

const example = {
  id: 'store/example',
  title: 'an example',
  invariant: 'what was released stays released',
  covers: ['AT-1'],
  steps: [step('look', async () => {})],
  expectations: [after(1, 'it is there', async (context) => void context.cluster.node('n1'))],
}

describe('scenario (AT-1)', () => {
  it('accepts a scenario that can fail', () => {
    expect(scenario(example).id).toBe('store/example')
  })

  it('says which applications it needs, and takes their checkers', () => {
    const ofStore = scenariosFor('store').scenario({ ...example, checkers: [neverOversold] })
    expect([scenario(example).apps, ofStore.apps]).toEqual([[], ['store']])
  })

  it('is judged by what an application always asks, where there is evidence, and by its own checkers in any case', () => {
    const judges = scenariosFor('store').scenario({ ...example, checkers: [neverOversold] }).checkers ?? []
    expect(judges.filter(({ name }) => name === 'never-oversold')).toEqual([neverOversold])
    const others = judges.filter((one) => one !== neverOversold)
    expect(others.map(({ name }) => name)).toContain('pages-match-database')
    expect(others.filter(({ needs }) => needs?.(toHistory([])) !== false)).toEqual([])
    expect(scenario(example).checkers).toBeUndefined()
  })

  it('has the members of an application only where it names it', () => {
    // @ts-expect-error: nobody said that there is a store
    const without = step('look', async (context) => void context.shoppers())
    const withStore = scenariosFor('store').step('look', async (context) => void context.shoppers())
    expect([without.title, withStore.title]).toEqual(['look', 'look'])
  })

  it.each([
    ['without a group in its id', { id: 'example' }],
    ['without steps', { steps: [] }],
    ['that expects nothing', { expectations: [] }],
    ['that expects something after a step that it lacks', { expectations: [after(2, 'later', async () => {})] }],
    ['whose only check cannot fail', { expectations: [after(1, 'nothing', async () => {})] }],
    ['that outlasts what is no fault', { outlasts: { 'link.cutt': 100 } as never }],
    ['with a timer that any fault outlasts', { outlasts: { 'link.cut': 0 } }],
    ['with a checker of an application that it does not name', { checkers: [neverOversold] }],
  ])('refuses a scenario %s', (_, change) => {
    expect(() => scenario({ ...example, ...change })).toThrow(BadScenario)
  })
})
