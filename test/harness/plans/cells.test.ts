import { describe, expect, it } from 'vitest'
import { type Cell, drawRounds, pairsOf, tableOf } from '../../../harness/plans/cells.ts'
import { seededRandom } from '../../../harness/platform/random.ts'

const parts = { cook: 'the cook', oven: 'the oven' }
const table = tableOf(
  [
    { operation: 'bake', point: 'mixing', needs: ['cook', 'oven'] },
    { operation: 'bake', point: 'baking', needs: ['oven'] },
    { operation: 'fry', point: 'baking', why: 'a pan is enough' },
  ],
  [
    { fault: 'asleep', hits: 'cook' },
    { fault: 'cold', hits: 'oven' },
  ],
  parts,
)

describe('a table of cells', () => {
  it('has every operation at every point under every fault, once', () => {
    expect(table.possible.length + table.impossible.length).toBe(6)
  })

  it('has as possible what hits something that is still needed', () => {
    expect(table.possible).toEqual([
      { operation: 'bake', point: 'mixing', fault: 'asleep' },
      { operation: 'bake', point: 'mixing', fault: 'cold' },
      { operation: 'bake', point: 'baking', fault: 'cold' },
    ])
  })

  it('says of everything else why not', () => {
    expect(table.impossible.map(({ why }) => why)).toEqual([
      'from there on it needs nothing of the cook',
      'a pan is enough',
      'a pan is enough',
    ])
  })
})

describe('drawn rounds', () => {
  const cells: Cell[] = ['a', 'b', 'c', 'd'].flatMap((operation) =>
    ['first', 'last'].flatMap((point) => ['x', 'y', 'z'].map((fault) => ({ operation, point, fault }))),
  )
  const draw = (seed: number, fits = (_one: object, _together: readonly object[]) => true) =>
    drawRounds(seededRandom(seed), cells, { rounds: 3, perRound: 2, fits })
  const cellsOf = (seed: number) =>
    draw(seed).flatMap(({ fault, stakes }) => stakes.map((stake): Cell => ({ ...stake, fault })))

  it('are the same for the same seed, and others for another', () => {
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
  })

  it('have each fault once, and no more operations than wanted', () => {
    const rounds = draw(7)
    expect(new Set(rounds.map(({ fault }) => fault)).size).toBe(3)
    expect(rounds.every(({ stakes }) => stakes.length === 2)).toBe(true)
  })

  it('waste nothing while there are new pairs', () => {
    // Six cells have at most 18 pairs; points and faults repeat, because there are only two and three.
    const pairs = new Set(cellsOf(7).flatMap(pairsOf))
    expect(pairs.size).toBeGreaterThanOrEqual(17)
  })

  it('have nothing together that does not fit', () => {
    const rounds = draw(7, (_one, together) => together.length === 0)
    expect(rounds.map(({ stakes }) => stakes.length)).toEqual([1, 1, 1])
  })

  it('begin with what is given, and fill it up', () => {
    const first = { fault: 'z', stakes: [{ operation: 'a', point: 'last' }] }
    const [one, ...others] = drawRounds(seededRandom(3), cells, { first, rounds: 3, perRound: 2, fits: () => true })
    expect(one!.fault).toBe('z')
    expect(one!.stakes[0]).toEqual(first.stakes[0])
    expect(one!.stakes).toHaveLength(2)
    expect(one!.stakes[1]).not.toEqual(first.stakes[0])
    expect(others.map(({ fault }) => fault).sort()).toEqual(['x', 'y'])
  })

  it('come to an end when there is nothing left', () => {
    expect(drawRounds(seededRandom(1), [], { rounds: 3, perRound: 2, fits: () => true })).toEqual([])
  })

  it('reach every cell sooner or later', () => {
    const seen = new Set(
      Array.from({ length: 60 }, (_, seed) => cellsOf(seed)).flatMap((own) => own.map((one) => JSON.stringify(one))),
    )
    expect(seen.size).toBe(cells.length)
  })
})
