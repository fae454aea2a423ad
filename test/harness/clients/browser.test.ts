import { expect, it } from 'vitest'
import { createBrowserPool } from '../../../harness/clients/browser.ts'
import { EnvironmentMissing } from '../../../harness/platform/errors.ts'

it('a browser that is none is a lack of the machine, said in one sentence', async () => {
  const before = process.env.SQUALL_BROWSER
  process.env.SQUALL_BROWSER = '/bin/true'
  const pool = createBrowserPool({ leases: { holdFolder() {} } as never, headed: false })
  const error = await pool.get({ bfcache: false }).catch((thrown: Error) => thrown)
  if (before === undefined) delete process.env.SQUALL_BROWSER
  else process.env.SQUALL_BROWSER = before
  expect(error).toBeInstanceOf(EnvironmentMissing)
  expect((error as Error).message).toMatch(/^the browser \/bin\/true does not start[^\n]*SQUALL_BROWSER$/)
})
