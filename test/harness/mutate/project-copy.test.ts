import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { copyProject, type ProjectCopy } from '../../../harness/mutate/project-copy.ts'
import { systemClock } from '../../../harness/platform/clock.ts'

let root = ''
let copy: ProjectCopy
const path = 'system/sum.ts'
const withinMs = 30_000

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'squall-test-'))
  for (const folder of ['system', 'test', 'reports']) mkdirSync(join(root, folder))
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'))
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(root, path), 'export const sum = (a: number, b: number) => a + b\n')
  writeFileSync(
    join(root, 'test/sum.test.ts'),
    "import { expect, it } from 'vitest'\nimport { sum } from '../system/sum.ts'\nit('adds (CH-1, CH-2)', () => expect(sum(1, 2)).toBe(3))\n",
  )
  copy = copyProject(root, systemClock, withinMs)
})
afterAll(() => {
  copy.close()
  rmSync(root, { recursive: true })
})

it('says which test fails with a change, and has the file back afterwards', async () => {
  const change = { path, text: 'export const sum = (a: number, b: number) => a - b\n' }
  expect(await copy.runTests(['run'], change)).toEqual({
    outcome: 'failed',
    test: 'adds',
    file: 'test/sum.test.ts',
    why: 'AssertionError: expected -1 to be 3 // Object.is equality',
  })
  expect(await copy.runTests(['run'], undefined)).toEqual({ outcome: 'passed', test: '', file: '', why: '' })
}, 60_000)

it('ends tests that never end', async () => {
  const short = copyProject(root, systemClock, 3_000)
  const change = { path, text: 'for (;;);\nexport const sum = (a: number, b: number) => a + b\n' }
  expect(await short.runTests(['run'], change)).toEqual({
    outcome: 'not ended',
    test: '',
    file: '',
    why: 'the tests did not end within 3 s',
  })
  short.close()
}, 60_000)

it('leaves nothing behind', () => {
  const { folder, close } = copyProject(root, systemClock, withinMs)
  expect(existsSync(join(folder, path))).toBe(true)
  expect(existsSync(join(folder, 'reports'))).toBe(false)
  close()
  expect(existsSync(folder)).toBe(false)
})
