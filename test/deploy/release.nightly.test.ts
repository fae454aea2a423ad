import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../../harness/platform/ports.ts'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'squall-release-test-'))
const built = join(folder, 'built')
const release = join(folder, 'somewhere else')
let env: Record<string, string> = {}

beforeAll(async () => {
  await run(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'error'])
  await run(process.execPath, ['deploy/release/build.ts', built])
  renameSync(built, release)
  env = {
    PATH: `/usr/bin:/bin`,
    NODE: process.execPath,
    APPS: 'hello',
    PORT: String(await freePort()),
    CONTROL_PORT: String(await freePort()),
    CONTROL_SECRET: 'secret',
    SECRET_KEY_BASE: 's'.repeat(32),
  }
})
afterAll(async () => {
  await script('stop').catch(() => {})
  rmSync(folder, { recursive: true, force: true })
})

/** As an operator calls it, from another folder and without the tools of this project. */
const script = async (...args: string[]) =>
  (await run(join(release, 'node.sh'), args, { cwd: '/', env }).catch((error) => error)) as {
    stdout: string
    stderr: string
    code?: number
  }

const statusOf = async (path: string) => (await fetch(`http://127.0.0.1:${env.PORT}${path}`)).status

it('runs without its sources as a daemon, answers calls, serves pages and scripts, has an inspector, and drains (DP-37, DP-38, RT-75, RT-76)', async () => {
  expect(readFileSync(join(release, 'lib/node/main.cjs'), 'utf8')).not.toContain(dirname(import.meta.dirname))
  const { stdout: pid } = await script('start')
  expect(Number(pid)).toBeGreaterThan(0)
  const isReady = async () => JSON.parse((await script('call', '/ready')).stdout || '{}').ready
  await expect.poll(isReady).toBe(true)
  await expect.poll(() => statusOf('/hello').catch(() => undefined)).toBe(200)
  expect(await statusOf('/assets/hello.js')).toBe(200)
  expect(JSON.parse((await script('call', '/connections/shed', '{"count":1}')).stdout)).toEqual({ shed: 0 })
  expect(JSON.parse((await script('call', '/observer/system')).stdout)).toMatchObject({ applications: ['hello'] })
  expect(JSON.parse((await script('call', '/observer/actors?rows=1')).stdout)).toMatchObject({ firstNo: 1 })
  expect(await statusOf('/observer')).toBe(404)
  expect(await script('start')).toMatchObject({ code: 64, stderr: expect.stringContaining('runs already') })
  await script('stop')
  expect(readFileSync(join(release, 'node.log'), 'utf8')).toContain('node drains')
  expect(await script('call', '/ready')).toMatchObject({ code: 69, stderr: expect.stringContaining('does not answer') })
})

it('is one file of code, so that all of it is loaded before the first request (DP-37)', () => {
  expect(readdirSync(join(release, 'lib'), { recursive: true }).sort()).toEqual(['node', join('node', 'main.cjs')])
})
