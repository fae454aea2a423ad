import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findK6 } from '../../../harness/clients/find-k6.ts'
import { squall } from './support.ts'

const missing = await findK6(process.env).then(
  () => undefined,
  (error: Error) => error.message,
)
const because = missing === undefined ? '' : ` [skipped: ${missing}]`

/** With the real k6: its summary, its exit codes and its way to end are what the stand-in of the unit tests only claims. */
describe.skipIf(missing !== undefined)(`a load of k6${because}`, () => {
  it('runs the workshop on a cluster of its own and keeps its thresholds', { timeout: 120_000 }, async () => {
    const { code, out } = await squall(['load', 'workshop', '--users', '10', '--json'])
    const { outcome, thresholds, metrics } = JSON.parse(out) as {
      outcome: string
      thresholds: { requirement: string; measured?: number }[]
      metrics: Record<string, { count?: number }>
    }
    expect([code, outcome]).toEqual([0, 'passed'])
    expect(thresholds.map(({ requirement }) => requirement).sort()).toEqual([
      'med<100',
      'med<100',
      'min>=99',
      'rate==1',
    ])
    expect(thresholds.filter(({ measured }) => measured === undefined)).toEqual([])
    expect(metrics.http_reqs?.count).toBe(300)
  })

  it('does not judge a system that does not serve what the script asks for', { timeout: 120_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
    const server = createServer((_request, answer) => answer.writeHead(404).end())
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const target = join(folder, 'target.json')
    writeFileSync(
      target,
      JSON.stringify({ nodes: [{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }] }),
    )
    const { code, out } = await squall(['load', 'release-day', '--users', '2', '--target', target])
    server.close()
    rmSync(folder, { recursive: true })
    expect([code, out]).toEqual([2, expect.stringContaining('does not serve the shop')])
  })
})
