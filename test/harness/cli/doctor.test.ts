import { describe, expect, it } from 'vitest'
import { squall } from './support.ts'

/** Without a browser nothing is started, so both commands end at once. */
const noBrowser = { ...process.env, SQUALL_BROWSER: '/no/browser' }
const sentence = 'SQUALL_BROWSER names /no/browser, but that is no program; name a Chrome or Chromium, or unset it'

describe('doctor', () => {
  it('says what run says, with the same exit code, and what it costs', async () => {
    const run = await squall(['run', 'smoke'], { env: noBrowser })
    const { code, out } = await squall(['doctor'], { env: noBrowser })
    expect(run).toEqual({ code: 69, out: '', err: `squall: ${sentence}\n` })
    expect(code).toBe(69)
    expect(out).toContain(`✗ browser    ${sentence}\n             costs: nothing runs without it\n`)
  })

  it('looks at the folder that run is given', async () => {
    const words = ['--out', '/proc/nowhere']
    const run = await squall(['run', 'smoke', ...words])
    const { code, out } = await squall(['doctor', ...words])
    expect([run.code, code]).toEqual([69, 69])
    expect(out).toContain(`✗ reports    ${run.err.replace(/^squall: /, '')}`)
  })

  it('names the scenarios that suites skip without Redis, which run skips too', async () => {
    const { out } = await squall(['doctor', '--json'], { env: { ...noBrowser, PATH: '/nowhere' } })
    const redis = JSON.parse(out).probes.find(({ name }: { name: string }) => name === 'redis')
    const { err } = await squall(['run'], { env: { ...noBrowser, PATH: '/nowhere' } })
    const [, skipped] = /^squall: skipping (.*): needs redis-server/.exec(err)!
    expect(redis).toMatchObject({ state: 'absent', ok: true })
    expect(redis.costs).toContain(`suites skip ${skipped!.split(', ').length} of `)
    expect(redis.costs).toContain(`(${skipped})`)
  })
})
