import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startLiveServer } from './start-server.ts'

let server: Awaited<ReturnType<typeof startLiveServer>>

beforeAll(async () => {
  server = await startLiveServer()
})

afterAll(() => server.stop())

/** What differed, and the line that counts. */
async function replay(...options: string[]) {
  const args = ['test/compat/live/replay.mjs', '--base', server.base, ...options]
  const { stdout } = await promisify(execFile)(process.execPath, args).catch((failure) => failure as { stdout: string })
  return stdout.split('\n').filter((line) => line !== '' && !line.startsWith('ok'))
}

it('answers as the recorded LiveView server did (LV-2, LV-4, LV-5, LV-7, LV-9, LV-10, LV-12, LV-13, LV-33)', async () => {
  expect(await replay()).toEqual(['33 passed, 0 failed'])
})

it('and the replayer notices when an answer is another', async () => {
  const lines = await replay('--only', 'counter-replies', '--distort', 'changed value')
  expect(lines.at(-1)).toBe('0 passed, 1 failed')
})
