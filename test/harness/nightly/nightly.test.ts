import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { squall } from '../cli/support.ts'
import { aLine } from './lines.ts'
import { aStage } from './nights.ts'

const folder = mkdtempSync(join(tmpdir(), 'squall-nightly-'))
afterAll(() => rmSync(folder, { recursive: true }))

const [night, history] = [join(folder, 'night'), join(folder, 'nights.ndjson')]
// Any program will do: nothing is started in a night that is interrupted before its first stage.
const env = { ...process.env, SQUALL_BROWSER: process.execPath }
const interrupted = { env, interruption: { by: () => 'SIGINT' as const, onStop: () => {} } }
const nightly = (...words: string[]) => squall(['nightly', '--history', history, '--out', night, ...words], interrupted)
const reportOf = () => JSON.parse(readFileSync(join(night, 'nightly.json'), 'utf8'))

describe('squall nightly, interrupted before its first stage', () => {
  it('ends with 130 and a report that says so, and is no night of the history', async () => {
    const { code, out } = await nightly('--seed', '0x7')
    expect(code).toBe(130)
    expect(out).toContain('? Interrupted: the report is partial.')
    expect(reportOf()).toEqual(expect.objectContaining({ seed: '0x7', interrupted: true, exitCode: 130 }))
    expect(readFileSync(join(night, 'report.html'), 'utf8')).toContain('the night was interrupted before it')
    expect(existsSync(history)).toBe(false)
  })

  it('64 for a stage that there is not', async () => {
    const { code, err } = await squall(['nightly', '--stages', 'acceptance,corpse'], interrupted)
    expect(code).toBe(64)
    expect(err).toContain('there is no "corpse", did you mean corpus?, there are acceptance, corpus, selftest,')
  })

  it('is not begun twice in one folder', async () => {
    const { code, err } = await nightly()
    expect(code).toBe(64)
    expect(err).toContain('has a night already')
  })

  it('is resumed with its own seed, and keeps the stages that were completed', async () => {
    writeFileSync(
      join(night, 'stages', 'acceptance.json'),
      JSON.stringify(aStage({ lines: [aLine()], summary: 'kept' })),
    )
    const { out } = await nightly('--resume', '--json')
    const { seed, stages } = JSON.parse(out)
    expect(seed).toBe('0x7')
    expect(stages.map(({ name, end }: Record<string, string>) => `${name} ${end}`).slice(0, 2)).toEqual([
      'acceptance completed',
      'corpus not-run',
    ])
  })

  it('is not resumed while it still runs', async () => {
    const file = join(night, 'night.json')
    const before = readFileSync(file, 'utf8')
    writeFileSync(file, JSON.stringify({ ...JSON.parse(before), owner: { pid: process.ppid } }))
    const { code, err } = await nightly('--resume')
    expect([code, err]).toEqual([64, expect.stringContaining(`still runs, in process ${process.ppid}`)])
    writeFileSync(file, before)
  })

  it('is not resumed with other code', async () => {
    const file = join(night, 'night.json')
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), commit: 'another' }))
    const { code, err } = await nightly('--resume')
    expect(code).toBe(64)
    expect(err).toContain('the code is another one than the night began with')
  })
})
