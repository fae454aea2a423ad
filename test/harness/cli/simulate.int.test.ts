import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { planShape } from '../../../harness/plans/plan.ts'
import { squall } from './support.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

it('tells as many histories as it is asked for, and how many a minute, with a hash that repeats', async () => {
  const words = ['simulate', '--seed', '5', '--histories', '6']
  const { code, out, err } = await squall(words)
  expect([code, err]).toEqual([0, ''])
  expect(out).toMatch(/^seed 0x5: 6 histories, \d+ a minute; 0 violated an invariant, \d inconclusive\n/)
  const { out: document } = await squall([...words, '--json'])
  const { hash, histories, violations } = JSON.parse(document)
  expect([histories, violations]).toEqual([6, []])
  expect(out).toContain(`hash ${hash}\n`)
})

it('leaves the smallest plan that still breaks an invariant, and reproduces it from the file', async () => {
  const defect = ['--defect', 'DF-31', '--out', folder]
  const { code, out } = await squall(['simulate', '--seed', '5', '--histories', '1', ...defect])
  expect(code).toBe(1)
  expect(out).toMatch(/✗ no-presence-to-shoppers: leak: .*\n {4}no fault; .*\nViolated\.\n$/)
  const file = join(folder, 'simulate', 'no-presence-to-shoppers.json')
  expect(planShape.parse(JSON.parse(readFileSync(file, 'utf8'))).faults).toEqual([])
  expect((await squall(['simulate', '--plan', file, ...defect])).code).toBe(1)
})

it('says which files of a defect it does not load, because it can say nothing about them', async () => {
  const { code, out } = await squall(['simulate', '--seed', '5', '--histories', '2', '--defect', 'DF-142'])
  expect([code, out]).toEqual([2, expect.stringContaining('but not part of the simulation: the pages\n')])
})

it('ends when its time is over', async () => {
  const { out } = await squall(['simulate', '--seed', '5', '--budget', '1s', '--json'])
  expect(JSON.parse(out).histories).toBeGreaterThan(0)
})
