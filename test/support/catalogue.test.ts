import { describe, expect, it } from 'vitest'
import { coverage, definedIds, excusedIds, filesBelow, idsIn, readAll } from './catalogue.ts'

describe('catalogue coverage (AT-53)', () => {
  it('finds single ids and ranges in a text', () => {
    expect(idsIn('joins (ST-40..42, RT-1) and XX-9')).toEqual(['ST-40', 'ST-41', 'ST-42', 'RT-1'])
  })

  it('finds what an entry defines, in lists and in tables', () => {
    expect(definedIds('- **CH-1 Layering.** see CH-2\n| NF-1 | x |\ntext DF-9')).toEqual(['CH-1', 'NF-1'])
  })

  it('counts an id that nobody names as uncovered', () => {
    const [first] = coverage(['CH-1', 'CH-2'], new Set(['CH-2']))
    expect(first).toEqual({ prefix: 'CH', covered: ['CH-2'], excused: [], uncovered: ['CH-1'] })
  })

  it('keeps apart what is left out for a reason that stands in the catalogue', () => {
    const reasons = excusedIds('- **CH-1 Layering.** *Not tested:* because.\n- **CH-2 Topics.** tested')
    const [first] = coverage(['CH-1', 'CH-2', 'CH-3'], new Set(['CH-2']), reasons)
    expect(first).toMatchObject({ covered: ['CH-2'], excused: ['CH-1'], uncovered: ['CH-3'] })
  })

  it('knows the whole catalogue', () => {
    const defined = new Set(definedIds(readAll(filesBelow('docs/spec', '.md'))))
    expect(defined.size).toBeGreaterThanOrEqual(828)
  })
})
