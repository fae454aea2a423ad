import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findPostgres } from '../../../../harness/cluster/services/postgres.ts'
import { EnvironmentMissing } from '../../../../harness/platform/errors.ts'

const isRoot = process.getuid?.() === 0

it.runIf(isRoot)(
  'a temporary folder that the account of PostgreSQL cannot enter is named before initdb runs',
  async () => {
    const closed = mkdtempSync(join(tmpdir(), 'squall-closed-'))
    const folder = join(closed, 'run')
    mkdirSync(folder, { mode: 0o755 })
    try {
      const error = await findPostgres(folder).catch((thrown) => thrown)
      expect(error).toBeInstanceOf(EnvironmentMissing)
      expect(error.message).toContain(`cannot enter ${closed};`)
      expect(error.message).toContain('TMPDIR')
    } finally {
      rmSync(closed, { recursive: true })
    }
  },
)
