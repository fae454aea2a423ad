import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const module = join(import.meta.dirname, '../../../harness/platform/loop-guard.ts')

/** In a process of its own: the code never gives the event loop a turn. */
const script = (step: string) => `
  import { guardLoop } from ${JSON.stringify(module)}
  const guard = guardLoop({ silentMaxMs: 600, beatEveryMs: 50 })
  const alive = setInterval(() => {}, 1_000)
  await guard.ready
  const step = (async () => { await undefined; ${step} })()
  const limit = new Promise((resolve) => setTimeout(resolve, 200, 'abandoned'))
  console.log(await Promise.race([step, limit]), guard.endedCount())
  clearInterval(alive)
  guard.stop()`

const run = async (step: string) => {
  const args = ['--input-type=module-typescript', '-e', script(step)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 })
  return stdout.trim()
}

it('an endless loop is ended, and what it was part of reaches its limit', async () => {
  expect(await run('for (;;);')).toBe('abandoned 1')
}, 30_000)

it('work that takes long and ends is left alone', async () => {
  expect(await run('const end = Date.now() + 150; while (Date.now() < end); return "done"')).toBe('done 0')
}, 30_000)
