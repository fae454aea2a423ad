import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startToxiproxy } from '../../../harness/bench/toxiproxy-server.ts'
import { EnvironmentMissing } from '../../../harness/platform/errors.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

it('says in one sentence that there is no go', async () => {
  const started = startToxiproxy({ PATH: folder })
  await expect(started).rejects.toThrow(new EnvironmentMissing('there is no go on the PATH'))
})

it('says in one sentence why go could not install it', async () => {
  writeFileSync(join(folder, 'go'), '#!/bin/sh\necho downloading >&2\necho no network >&2\nexit 1\n', { mode: 0o755 })
  const started = startToxiproxy({ PATH: folder })
  await expect(started).rejects.toThrow(/^go cannot install github\.com\/Shopify\/toxiproxy\/\S+: no network$/)
})
