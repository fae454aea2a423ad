import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { squall } from '../../../cli/support.ts'

let folder = ''
const before = process.env.SQUALL_SHOPPERS

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
  process.env.SQUALL_SHOPPERS = '150'
})
afterAll(() => {
  if (before === undefined) delete process.env.SQUALL_SHOPPERS
  else process.env.SQUALL_SHOPPERS = before
  rmSync(folder, { recursive: true })
})

interface Check {
  name: string
  outcome: string
  why: string
}

/** No suite of CI has the scenarios of thousands: this is the smallest that still kills a node under open carts. */
describe('a release day of a few (ST-1, ST-2, NF-23)', () => {
  it('is right in the end although a node was killed', { timeout: 180_000 }, async () => {
    const { out } = await squall(['run', 'launch/node-killed', '--jobs', '1', '--out', folder])
    const file = join(folder, 'latest', 'verdict.json')
    const { scenarios } = JSON.parse(readFileSync(file, 'utf8')) as { scenarios: [{ checks: Check[] }] }
    const outcomeOf = (name: string) => scenarios[0].checks.find((one) => one.name === name)?.outcome
    expect(scenarios[0].checks.filter(({ outcome }) => outcome === 'violated')).toEqual([])
    const judged = ['launch-pages-right', 'never-oversold', 'purchases-linearizable', 'orders-charged-once']
    expect([out, ...judged.map(outcomeOf)]).toEqual([expect.any(String), ...judged.map(() => 'passed')])
  })
})
