import { expect, it } from 'vitest'
import { asEnvironment, EnvironmentMissing } from '../../../harness/platform/errors.ts'

it('too few file handles are a lack of the machine, also where another error hides them', () => {
  const cause = Object.assign(new Error('connect EMFILE'), { code: 'EMFILE' })
  expect(asEnvironment(new TypeError('fetch failed', { cause }))).toBeInstanceOf(EnvironmentMissing)
  expect(asEnvironment(cause).message).toContain('ulimit -n 20000')
  const other = new Error('no')
  expect(asEnvironment(other)).toBe(other)
})
