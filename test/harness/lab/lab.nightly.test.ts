import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LabResult } from '../../../harness/lab/lab.ts'
import { squall } from '../cli/support.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'squall-lab-test-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const resultIn = (out: string) => (JSON.parse(out) as { results: [LabResult] }).results[0]

/** A node that ends as soon as it has loaded its applications. */
const doesNotStart = `--- a/system/apps/workshop/module.ts
+++ b/system/apps/workshop/module.ts
@@ -11,3 +11,3 @@
 /** The workshop: one slow resource, used in the request, beside it, and through a pipeline (MR-1..26). */
-export const workshopModule = defineModule({
+export const workshopModule = defineModule(JSON.parse('no json') && {
   name: 'workshop',
`

describe('a lab on real nodes', () => {
  it('is contradicted by a system with a defect, and says what was seen (DF-38)', async () => {
    const { code, out, err } = await squall(['lab', 'refuse', '--json', '--defect', 'DF-38', '--out', folder])
    expect(code, err).toBe(1)
    const { verdict, findings } = resultIn(out)
    expect(verdict).toBe('contradicted')
    expect(findings[0]).toMatchObject({
      outcome: 'contradicted',
      saw: expect.stringMatching(/^\d\d+ at most on serial/),
    })
    expect(readFileSync(join(folder, 'workshop-refuse.html'), 'utf8')).toContain('contradicted')
  })

  it('is unknown when its node does not start, with a sentence and without a trace', async () => {
    const diff = join(folder, 'does-not-start.diff')
    writeFileSync(diff, doesNotStart)
    const { code, out } = await squall(['lab', 'queue', '--defect', diff, '--out', folder])
    expect(code).toBe(2)
    expect(out).toMatch(/\? unknown: nothing was measured: lab1 ended with code \d+ while it started: .*no json/)
    expect(out).not.toMatch(/\n\s+at /)
    expect(existsSync(join(folder, 'workshop-queue.html'))).toBe(true)
  })
})
