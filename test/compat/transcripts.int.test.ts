import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../../harness/platform/ports.ts'

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

/** What differed, and the line that counts. */
async function replay(folder: string) {
  const base = `http://127.0.0.1:${port}`
  const start = `'${process.execPath}' test/compat/server.ts --port {port}`
  const args = ['test/compat/replay.mjs', '--base', base, '--start', start, '--dir', folder]
  const { stdout } = await promisify(execFile)(process.execPath, args).catch((failure) => failure as { stdout: string })
  return stdout.split('\n').filter((line) => line !== '' && !line.startsWith('ok'))
}

it('answers as the recorded Phoenix server did (CH-11..CH-16, CH-19..CH-26, CH-30, CH-33, CH-36..CH-38, CH-40..CH-43, CH-45..CH-48, CH-50..CH-72, CH-76, CH-77, CH-79, CH-80, CH-90, DP-42)', async () => {
  expect(await replay('test/compat/transcripts')).toEqual(['169 passed, 0 failed'])
})

it('keeps the rules that no recording shows, and takes odd values for what they are (CH-14, CH-19, CH-21, CH-37, CH-38, FI-16)', async () => {
  expect(await replay('test/compat/rules')).toEqual(['105 passed, 0 failed'])
})
