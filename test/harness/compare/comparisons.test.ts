import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { armOfTarget, readArm } from '../../../harness/compare/arm-file.ts'
import { comparisonOf, comparisonOfArms, defaultWork, parseWork } from '../../../harness/compare/comparisons.ts'
import { fullPlan, quickPlan, scaled } from '../../../harness/compare/plan.ts'
import { UsageError } from '../../../harness/platform/errors.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-arms-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const file = (name: string, content: unknown) => {
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  return name
}
const problem = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  return 'no problem'
}

describe('comparisons by words', () => {
  it('differ in the one thing that they are about', () => {
    const { first, second } = comparisonOf(['sync-async'], defaultWork)
    expect({ ...first, name: '', event: '' }).toEqual({ ...second, name: '', event: '' })
    expect([first.event, second.event]).toEqual(['sync', 'async'])
    expect(comparisonOf(['pubsub', 'mesh', 'redis'], defaultWork).second).toMatchObject({
      nodes: 2,
      pubsub: 'redis',
      event: 'shout',
    })
    expect(comparisonOf(['nodes', '1', '3'], defaultWork).second.nodes).toBe(3)
    expect(comparisonOf(['serializer', 'v1', 'v2'], defaultWork).first.version).toBe('1.0.0')
  })

  it('of a thing with itself have two names', () => {
    expect(comparisonOf(['nodes', '2', '2'], defaultWork)).toMatchObject({
      first: { name: '2 nodes' },
      second: { name: '2 nodes again' },
    })
    expect(comparisonOf(['pubsub', 'mesh', 'mesh'], defaultWork).second.name).toBe('mesh again')
  })

  it('have work in every kind', () => {
    expect(parseWork('database:2.5')).toEqual({ kind: 'database', ms: 2.5 })
    for (const bad of ['wait', 'wait:0', 'wait:2000', 'nap:1', 'cpu:-1', 'cpu:x'])
      expect(problem(() => parseWork(bad))).toContain(`got "${bad}"`)
  })
})

describe('arms from files', () => {
  it('have defaults for what a file leaves out, and its name', () => {
    expect(readArm(file('plain.json', {}), folder)).toMatchObject({
      name: 'plain',
      nodes: 1,
      pubsub: 'mesh',
      event: 'sync',
      version: '2.0.0',
    })
  })

  it('may do other work, speak to another socket, or run already', () => {
    const arm = readArm(
      file('mine.json', {
        work: 'wait:12',
        target: ['http://10.0.0.1:4000', 'http://b.example'],
        socket: '/socket',
        topic: 'room:#',
      }),
      folder,
    )
    expect(arm).toMatchObject({ payloads: [{ kind: 'wait', ms: 12 }], socketPath: '/socket', topic: 'room:#' })
    expect(arm.addresses).toEqual([
      { host: '10.0.0.1', port: 4_000 },
      { host: 'b.example', port: 80 },
    ])
  })

  it.each([
    ['{"nodes": 0}', 'nodes: Too small'],
    ['{"nods": 2}', 'the whole: Unrecognized key'],
    ['{"work": "wait"}', '--work takes'],
    ['{"target": "https://x"}', 'target'],
    ['not json', 'is not valid JSON'],
  ])('are refused with the name of the file: %s', (content, why) => {
    const said = problem(() => readArm(file('bad.json', content), folder))
    expect(said).toMatch(/^bad\.json does not describe an arm: /)
    expect(said).toContain(why)
  })

  it('are refused when they are not there', () => {
    expect(problem(() => readArm('none.json', folder))).toContain(
      'none.json does not describe an arm: there is no such file',
    )
  })

  it('must be able to get the same load', () => {
    const [one, other] = [
      readArm(file('one.json', {}), folder),
      readArm(file('other.json', { event: 'shout' }), folder),
    ]
    expect(problem(() => comparisonOfArms(one, other, defaultWork))).toBe(
      'both arms must get the same load: one has the event sync, other shout',
    )
    expect(comparisonOfArms(one, one, defaultWork).second.name).toBe('one again')
  })

  it('come from addresses and from files of targets', () => {
    expect(armOfTarget('http://127.0.0.1:4000', folder).addresses).toEqual([{ host: '127.0.0.1', port: 4_000 }])
    const target = file('target.json', { nodes: [{ url: 'http://127.0.0.1:4001' }, { url: 'http://127.0.0.1:4002' }] })
    expect(armOfTarget(target, folder)).toMatchObject({ name: 'target', addresses: [{ port: 4_001 }, { port: 4_002 }] })
    expect(problem(() => armOfTarget('nowhere', folder))).toBe(
      '--target takes an http:// address, or a JSON file with "nodes"; got "nowhere"',
    )
  })
})

describe('the size of a comparison', () => {
  it('has at least eight blocks unless it is quick', () => {
    expect(fullPlan.blocks).toBeGreaterThanOrEqual(8)
    expect(quickPlan.blocks).toBeGreaterThanOrEqual(5)
  })

  it('scales its stages with the measured one, down to what still means something', () => {
    expect(scaled(quickPlan, 8)).toMatchObject({ measureMs: 8_000, sweepMs: 2_000 })
    expect(scaled(quickPlan, 1)).toMatchObject({ measureMs: 1_000, sweepMs: 500, warmUpLeastMs: 3_000 })
  })
})
