import { describe, expect, it } from 'vitest'
import type { Coverage } from '../../../harness/mutate/coverage.ts'
import { executes, sizeOf } from '../../../harness/mutate/executed.ts'
import type { Mutant } from '../../../harness/mutate/mutant.ts'
import { witnessesOf } from '../../../harness/mutate/order.ts'

const source = `${'a'.repeat(40)}\n  leave()\n${'b'.repeat(40)}\n`
const path = 'system/a.ts'
const mutant: Mutant = {
  id: 'M-1',
  operator: 'statement-left-out',
  path,
  line: 2,
  edit: { start: 41, end: 51, text: '' },
  diff: '',
}
const ran = (id: string, seconds: number, executed: Coverage['executed']): Coverage => ({
  id,
  outcome: 'passed',
  durationMs: seconds * 1_000,
  executed,
  hashes: {},
})

describe('the place of a mutant', () => {
  it('is executed when its first word is, whatever happens to the space before it', () => {
    const at = (pieces: [number, number][]) => executes({ [path]: pieces }, path, mutant.edit, source)
    expect(at([[43, 44]])).toBe(true)
    expect(at([[0, 43]])).toBe(false)
    expect(
      at([
        [0, 10],
        [40, 90],
      ]),
    ).toBe(true)
    expect(executes({}, path, mutant.edit, source)).toBe(false)
  })

  it('counts pieces that overlap once', () => {
    expect(
      sizeOf([
        [10, 20],
        [0, 12],
        [15, 18],
        [30, 31],
      ]),
    ).toBe(21)
    expect(sizeOf()).toBe(0)
  })
})

describe('the scenarios that are asked about a mutant', () => {
  const whole: [number, number][] = [[0, 90]]
  const other = { 'system/b.ts': [[0, 910]] as [number, number][] }
  const order = (...all: Coverage[]) => witnessesOf(mutant, source, all).map(({ id }) => id)

  it('are those that executed the place, and no others', () => {
    expect(order(ran('a', 5, { [path]: whole }), ran('b', 5, other), ran('c', 5, { [path]: [[0, 20]] }))).toEqual(['a'])
  })

  it('are in the order of what they promise for their time: about the file first, long ones last', () => {
    const aboutIt = ran('about it', 10, { [path]: whole })
    const aboutAll = ran('about all', 10, { [path]: whole, ...other })
    const long = ran('about it, long', 60, { [path]: whole })
    expect(order(aboutAll, long, aboutIt)).toEqual(['about it', 'about it, long', 'about all'])
  })

  it('are in one order where they promise the same', () => {
    expect(order(ran('b', 5, { [path]: whole }), ran('a', 5, { [path]: whole }))).toEqual(['a', 'b'])
  })
})
