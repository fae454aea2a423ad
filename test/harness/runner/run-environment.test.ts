import { expect, it } from 'vitest'
import { EnvironmentMissing } from '../../../harness/platform/errors.ts'
import { openRunEnvironment } from '../../../harness/runner/run-environment.ts'

it('no temporary folder is a lack of the machine', async () => {
  const before = process.env.TMPDIR
  process.env.TMPDIR = '/nowhere/at/all'
  const opened = openRunEnvironment({ seed: 1, headed: false })
  if (before === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = before
  await expect(opened).rejects.toThrow(EnvironmentMissing)
  await expect(opened).rejects.toThrow('temporary folder /nowhere/at/all (ENOENT); set TMPDIR to another')
})
