import { describe, expect, it } from 'vitest'
import { BadTarget, partsOf, resolveTarget, type Scene } from '../../../harness/faults/targets.ts'
import { seededRandom } from '../../../harness/platform/random.ts'

const nodes = (count: number) => Array.from({ length: count }, (_, n) => ({ name: `n${n + 1}`, hasWeb: n > 0 }))
const three: Scene = { nodes: nodes(3) }
const resolve = (target: string, scene = three, seed = 1) => resolveTarget(target, scene, seededRandom(seed))
const seeds = Array.from({ length: 50 }, (_, seed) => seed)

describe('targets (FI-1, FI-7)', () => {
  it.each(['n1', 'n1->n2', 'alice->n1', 'listener-n1->n1', 'db', 'n1/ping:any', 'n1|n2,n3'])('%s is a name', (name) => {
    expect(resolve(name)).toBe(name)
  })

  it.each([
    ['all', 'n1,n2,n3'],
    ['web', 'n2,n3'],
    ['webless', 'n1'],
    ['all->db', 'n1,n2,n3->db'],
    ['ring', 'n1->n2 n2->n3 n3->n1'],
  ])('%s stands for %s', (word, names) => {
    expect(resolve(word)).toBe(names)
  })

  it.each([
    [3, 1, 2],
    [4, 1, 3],
    [5, 2, 3],
  ])('of %i nodes %i are the minority and %i the majority, and nobody is of both', (total, few, many) => {
    for (const seed of seeds) {
      const sides = resolve('minority|majority', { nodes: nodes(total) }, seed).split('|')
      const [minority = [], majority = []] = sides.map((side) => side.split(','))
      expect([minority.length, majority.length]).toEqual([few, many])
      expect(new Set([...minority, ...majority]).size).toBe(total)
    }
  })

  it('are drawn by the seed, and every node can be drawn', () => {
    expect(resolve('any', three, 5)).toBe(resolve('any', three, 5))
    expect(new Set(seeds.map((seed) => resolve('any', three, seed)))).toEqual(new Set(['n1', 'n2', 'n3']))
  })

  it.each([
    ['minority', { nodes: nodes(2) }],
    ['webless', { nodes: nodes(3).slice(1) }],
    ['ring', { nodes: nodes(2) }],
    ['n1/*', { nodes: nodes(1), actors: [{}] }],
  ])('%s is refused where there is none', (word, scene) => {
    expect(() => resolve(word, scene)).toThrow(BadTarget)
  })
})

describe('actors as targets (FI-1)', () => {
  const actors = [
    { name: 'Sneakers23.Repo', role: 'database' },
    { name: 'PingChannel:ping', role: 'channel' },
    { name: 'PingChannel:ping', role: 'channel' },
    {},
  ]
  const scene = { ...three, actors }

  it('are chosen by role, and of namesakes it is said which', () => {
    expect(resolve('n1/database', scene)).toBe('n1/Sneakers23.Repo')
    expect(resolve('n1/channel', scene)).toMatch(/^n1\/PingChannel:ping#[12]$/)
  })

  it('are chosen at random among those with a name', () => {
    const chosen = new Set(seeds.map((seed) => resolve('n1/*', scene, seed)))
    expect(chosen).toEqual(new Set(['n1/Sneakers23.Repo', 'n1/PingChannel:ping#1', 'n1/PingChannel:ping#2']))
  })

  it('keep a name that they have, or that nobody has: the node says that it is wrong', () => {
    for (const name of ['n1/Sneakers23.Repo', 'n1/PingChannel:ping#2', 'n1/nobody'])
      expect(resolve(name, scene)).toBe(name)
  })
})

describe('the parts of a target (FI-7)', () => {
  it.each([
    ['n1', ['n1']],
    ['n1,n3', ['n1', 'n3']],
    ['n1->n2', ['n1->n2']],
    ['n1->n2,n3', ['n1->n2', 'n1->n3']],
    ['n1,n2->n2', ['n1->n2']],
    ['n1->n2 n2->n3', ['n1->n2', 'n2->n3']],
    ['n1|n2,n3', ['n1->n2', 'n1->n3', 'n2->n1', 'n3->n1']],
    ['n1|n2|n3', ['n1->n2', 'n1->n3', 'n2->n1', 'n2->n3', 'n3->n1', 'n3->n2']],
    ['n1/ping:a,b', ['n1/ping:a,b']],
  ])('of %s are %j', (target, parts) => {
    expect(partsOf(target)).toEqual(parts)
  })
})
