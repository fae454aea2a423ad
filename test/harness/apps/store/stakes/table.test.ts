import { describe, expect, it } from 'vitest'
import {
  canJoin,
  clientLink,
  inOrder,
  operations,
  points,
  stakeFaults,
  stakeTable,
} from '../../../../../harness/apps/store/stakes/table.ts'
import { type Cell, drawRounds, pairsOf, type Stake } from '../../../../../harness/plans/cells.ts'
import { seededRandom } from '../../../../../harness/platform/random.ts'

const has = (operation: string, point: string, fault: string) =>
  stakeTable.possible.some((one) => one.operation === operation && one.point === point && one.fault === fault)
const whyNot = (operation: string, point: string, fault: string) =>
  stakeTable.impossible.find((one) => one.operation === operation && one.point === point && one.fault === fault)?.why
const at = (operation: string, point: string): Stake => ({ operation, point })

describe('the table of the store', () => {
  it('is complete: operations x points x faults', () => {
    const all = [...stakeTable.possible, ...stakeTable.impossible]
    expect(all).toHaveLength(operations.length * points.length * stakeFaults.length)
    expect(new Set(all.map(({ operation, point, fault }) => `${operation} ${point} ${fault}`)).size).toBe(all.length)
  })

  it('hits every operation, at every point, and with every fault that this cluster can have', () => {
    const partsOf = (part: keyof Cell) => new Set(stakeTable.possible.map((one) => one[part]))
    expect([...partsOf('operation')]).toEqual([...operations])
    expect(partsOf('point')).toEqual(new Set(points))
    const never = stakeFaults.map(({ fault }) => fault).filter((fault) => !partsOf('fault').has(fault))
    expect(never).toEqual(['redis.kill redis', 'redis.pause redis', 'handler.slow n1'])
  })

  it.each([
    ['buy', 'committed', 'link.reset n1->db'],
    ['buy', 'committing', 'node.kill n1'],
    ['buy', 'answering', `link.cut ${clientLink}->n1`],
    ['sell', 'announcing', 'db.kill db'],
    ['release', 'announcing', 'link.cut-one-way n1->n2'],
    ['replicate', 'inside', 'node.pause n2'],
    ['drain', 'announcing', 'link.cut n1->n2'],
  ])('has %s at %s under %s', (...cell) => expect(has(...cell)).toBe(true))

  it.each([
    ['buy', 'answering', 'db.kill db', 'from there on it needs nothing of the database'],
    ['sell', 'asked', 'node.kill n1', 'it is asked for on the control port, which has no link'],
    ['add', 'committed', 'node.kill n1', 'it is not in the database'],
    ['add', 'asked', 'redis.kill redis', 'from there on it needs nothing of Redis, because its nodes talk directly'],
  ])('has no %s at %s under %s', (operation, point, fault, why) => expect(whyNot(operation, point, fault)).toBe(why))
})

describe('operations that are held at once', () => {
  it.each([
    ['two on the connection between the nodes', at('add', 'announcing'), [at('track', 'announcing')]],
    ['two before the stock is read', at('buy', 'announcing'), [at('sell', 'announcing')]],
    ['one that needs the stock that another holds', at('replicate', 'announcing'), [at('sell', 'announcing')]],
    ['the same twice', at('buy', 'inside'), [at('buy', 'inside')]],
    ['anything with a drain', at('add', 'asked'), [at('drain', 'announcing')]],
    ['a drain with anything', at('drain', 'announcing'), [at('add', 'asked')]],
  ])('are not %s', (_what, one, together) => expect(canJoin(one, together, [])).toBe(false))

  it('are others', () => {
    expect(canJoin(at('add', 'announcing'), [at('buy', 'inside'), at('sell', 'announcing')], [])).toBe(true)
  })

  it('are no more of one kind than there are things for', () => {
    expect(canJoin(at('release', 'committed'), [], [at('release', 'committing')])).toBe(false)
  })

  it('begin with those that stand in nobody’s way', () => {
    const stakes = [at('track', 'announcing'), at('sell', 'announcing'), at('buy', 'answering'), at('join', 'asked')]
    expect(inOrder(stakes).map(({ operation }) => operation)).toEqual(['buy', 'join', 'sell', 'track'])
  })
})

it('a hundred draws reach nine of ten pairs, and three of four cells', () => {
  const cells = Array.from({ length: 100 }, (_, seed) =>
    drawRounds(seededRandom(seed), stakeTable.possible, { rounds: 3, perRound: 4, fits: canJoin }),
  )
    .flat()
    .flatMap(({ fault, stakes }) => stakes.map((stake): Cell => ({ ...stake, fault })))
  const pairs = (list: readonly Cell[]) => new Set(list.flatMap(pairsOf)).size
  expect(pairs(cells) / pairs(stakeTable.possible)).toBeGreaterThan(0.9)
  const names = new Set(cells.map(({ operation, point, fault }) => `${operation} ${point} ${fault}`))
  expect(names.size / stakeTable.possible.length).toBeGreaterThan(0.75)
})
