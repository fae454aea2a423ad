import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { squall } from './support.ts'

let out = ''
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'squall-test-'))
})
afterAll(() => rmSync(out, { recursive: true }))

const nobody = { pid: 2 ** 22 + 1, stamp: undefined }
const plan = { suite: 'smoke', seed: '0x5', driver: 'process', nodes: 3, defects: ['DF-10'], environment: {} }

/** What a run leaves that was killed in its second step. */
function leaveKilled(name: string, owner: object = nobody) {
  const folder = join(out, name)
  mkdirSync(folder)
  const at = { scenario: 'cluster/broadcast', who: 'scenario', tMs: 0 }
  const events = [
    { ...at, index: 0, type: 'step', operation: 'listen', value: 1 },
    { ...at, index: 1, type: 'expectation', value: { after: 1, text: 'they are joined', met: true } },
    { ...at, index: 2, tMs: 900, type: 'step', operation: 'publish', value: 2 },
  ]
  writeFileSync(join(folder, 'history.ndjson'), events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...plan, owner, startedAt: '2026-11-20T20:15:00.000Z' }))
  return folder
}

describe('a run that was killed', () => {
  it('is judged again, as far as its history goes', async () => {
    const { code, out: said } = await squall(['check', leaveKilled('20261120T201500Z-smoke-0x5')])
    expect(code).toBe(2)
    expect(said).toMatch(/cluster\/broadcast {2}expectations: 1 expectation met/)
    expect(said).toContain('the run did not end: the history stops in step 2 (publish) or later')
  })

  it('gets a report that says so', async () => {
    const folder = leaveKilled('20261120T201600Z-smoke-0x5')
    expect((await squall(['report', folder])).code).toBe(0)
    const page = readFileSync(join(folder, 'report.html'), 'utf8')
    expect(page).toContain('the run did not end, because it was killed or still runs; 1 scenario had begun.')
    expect(page).toContain('DF-10')
    // There is no schedule to replay.
    expect(page).toContain('./squall run smoke --seed 0x5 --defect DF-10<')
    expect(page).not.toContain('squall replay')
    expect(readFileSync(join(folder, 'junit.xml'), 'utf8')).toContain('<error type="unknown"')
  })

  it('is in the trend', async () => {
    const { out: said } = await squall(['trend', '--out', out])
    expect(said).toMatch(/^\? unknown .* {2}did not end {2}with the defect DF-10$/m)
  })
})

describe('clean --reports', () => {
  it('keeps the newest runs, and one that still runs', async () => {
    leaveKilled('20260101T000000Z-smoke-0x5', { pid: process.pid, stamp: undefined })
    leaveKilled('20260102T000000Z-smoke-0x5')
    mkdirSync(join(out, 'mine'))
    vi.stubEnv('TMPDIR', join(out, 'mine'))
    const { code } = await squall(['clean', '--reports', '--keep', '1', '--out', out])
    vi.unstubAllEnvs()
    expect(code).toBe(0)
    expect(readdirSync(out).sort()).toEqual(['20260101T000000Z-smoke-0x5', '20261120T201600Z-smoke-0x5', 'mine'])
    expect(existsSync(join(out, 'mine'))).toBe(true)
  })
})

it('--version prints the version', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect(await squall(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
})
