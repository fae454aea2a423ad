import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../../harness/drivers/ports.ts'

let server: ReturnType<typeof spawn>
let port: number

beforeAll(async () => {
  port = await freePort()
  server = spawn(process.execPath, ['test/compat/server.ts', '--port', String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [first] = await once(server.stdout!, 'data')
  expect(String(first)).toContain('ready')
})

afterAll(async () => {
  server.kill('SIGTERM')
  const [code] = await once(server, 'exit')
  expect(code).toBe(0)
})

it('answers as the recorded Phoenix server did (CH-11..CH-16, CH-19..CH-26, CH-30..CH-43, CH-45..CH-72, CH-76..CH-80, CH-90, DP-42)', async () => {
  const base = `http://127.0.0.1:${port}`
  const start = `'${process.execPath}' test/compat/server.ts --port {port}`
  const replay = promisify(execFile)(process.execPath, ['test/compat/replay.mjs', '--base', base, '--start', start])
  const { stdout } = await replay.catch((failure) => failure as { stdout: string })
  expect(stdout.split('\n').filter((line) => line.startsWith('FAIL'))).toEqual([])
  expect(stdout).toMatch(/16\d passed, 0 failed/)
})
