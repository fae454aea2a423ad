import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../../../harness/platform/ports.ts'

let server: ReturnType<typeof spawn>
let base: string

beforeAll(async () => {
  const port = await freePort()
  base = `http://127.0.0.1:${port}`
  server = spawn(process.execPath, ['test/compat/live/server.ts', '--port', String(port)], {
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
async function replay(...options: string[]) {
  const args = ['test/compat/live/replay.mjs', '--base', base, ...options]
  const { stdout } = await promisify(execFile)(process.execPath, args).catch((failure) => failure as { stdout: string })
  return stdout.split('\n').filter((line) => line !== '' && !line.startsWith('ok'))
}

it('answers as the recorded LiveView server did (LV-2, LV-4, LV-5, LV-7, LV-9, LV-10, LV-12, LV-13)', async () => {
  expect(await replay()).toEqual(['33 passed, 0 failed'])
})

it('and the replayer notices when an answer is another', async () => {
  const lines = await replay('--only', 'counter-replies', '--distort', 'changed value')
  expect(lines.at(-1)).toBe('0 passed, 1 failed')
})
