import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findK6 } from '../../../harness/clients/find-k6.ts'
import { family, isAlive, startStamp } from '../../../harness/leases/processes.ts'
import { until } from '../../../harness/platform/until.ts'
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

/** With the program that stands in for k6: it has a process group of its own, as k6 has, so that Ctrl-C reaches only the command. */
describe('Ctrl-C in a terminal ends a load on a cluster of its own', () => {
  it.each(['while its cluster starts', 'while k6 runs'])(
    '%s: 130, one sentence, nothing left',
    { timeout: 150_000 },
    async (moment) => {
      const folder = mkdtempSync(join(tmpdir(), 'squall-test-'))
      const [temporary, pidFile] = [join(folder, 'tmp'), join(folder, 'k6.pid')]
      // PostgreSQL may run as another account, which must be able to reach its data.
      chmodSync(folder, 0o755)
      mkdirSync(temporary)
      const fake = { SQUALL_K6: resolve('test/fixtures/k6/fake-k6.sh'), FAKE_K6: 'hangs', FAKE_K6_PID: pidFile }
      const child = spawn(process.execPath, [join('harness', 'cli', 'main.ts'), 'load', 'workshop'], {
        detached: true,
        env: { ...process.env, ...fake, TMPDIR: temporary },
      })
      let [out, err] = ['', '']
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text
      })
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        err += text
      })
      const started = new Map<number, string | undefined>()
      const look = setInterval(() => {
        for (const pid of family(child.pid!)) if (!started.has(pid)) started.set(pid, startStamp(pid))
      }, 100)
      const hasCome = () => {
        if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${err}`)
        return moment === 'while k6 runs'
          ? existsSync(pidFile)
          : err.includes('starting a database') && started.size > 2
      }
      await until(hasCome, { what: moment, withinMs: 90_000 })
      const saidBefore = err
      process.kill(-child.pid!, 'SIGINT')
      const [code] = await once(child, 'close')
      clearInterval(look)
      const [sentence] = ['squall: stopping: healing and cleaning up first; once more ends at once\n']
      expect([code, out, err.slice(saidBefore.length)]).toEqual([130, '', sentence])
      expect([...started].filter(([pid, stamp]) => isAlive(pid, stamp))).toEqual([])
      expect(started.size).toBeGreaterThan(2)
      expect(readdirSync(temporary, { recursive: true })).toEqual([expect.stringMatching(/^squall-leases-\d+$/)])
      if (moment === 'while k6 runs') expect(isAlive(Number(readFileSync(pidFile, 'utf8')))).toBe(false)
      rmSync(folder, { recursive: true })
    },
  )
})
