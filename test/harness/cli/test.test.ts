import { stripVTControlCharacters } from 'node:util'
import { expect, it } from 'vitest'
import { squall } from './support.ts'

it('runs only the tests of the filter, and prints no colour into files', async () => {
  const { code, out } = await squall(['test', 'harness/reporters/live-area'], {
    env: { ...process.env, FORCE_COLOR: '1', CI: '1' },
    isTty: true,
  })
  expect(out).toBe(stripVTControlCharacters(out))
  expect(out.match(/^ .*\.test\.tsx?/gm)).toHaveLength(1)
  expect(out).toMatch(/\n\d+ passed, 0 failed\n$/)
  expect(code).toBe(0)
})
