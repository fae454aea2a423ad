import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'

/** Families of recorded conversations that this server holds word for word (CH-36..50, CH-52..62, CH-64..72, CH-76..77). */
const families =
  'join_*,leave*,ping_*,pong_*,push_*,param_*,ding_*,duplicate_*,heartbeat*,unknown_*,broadcast_*,intercept_*,crash_*,malformed_*,' +
  'reply_*,stop_*,exit_*,later_*,terminate_*,raw_*,origin_allowed*,origin_wildcard*,origin_host*,auth_ok*,auth_bad*,auth_no*,auth_expired*,' +
  'binary_*,disconnect_by_id,dedupe,stats_*,wild_*,subprotocols,max_frame*,large_frame*'

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

it('answers as the recorded Phoenix server did', async () => {
  const base = `http://127.0.0.1:${port}`
  const replay = promisify(execFile)(process.execPath, ['test/compat/replay.mjs', '--base', base, '--only', families])
  const { stdout } = await replay.catch((failure) => failure as { stdout: string })
  expect(stdout.split('\n').filter((line) => line.startsWith('FAIL'))).toEqual([])
  expect(stdout).toMatch(/1\d\d passed, 0 failed/)
})

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address() as { port: number }
      probe.close(() => resolve(free))
    })
  })
}
