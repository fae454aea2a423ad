import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Toxiproxy } from 'toxiproxy-node-client'
import { afterEach, expect, it } from 'vitest'
import { type LinkServer, startLinkThread } from '../../../harness/links/index.ts'

let links: LinkServer | undefined
let echo: ChildProcess | undefined
afterEach(async () => {
  echo?.kill('SIGKILL')
  await links?.close()
})

const blockedMs = 800
const standStill = (ms: number) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

it('links go on while the harness stands still (FI-7)', async () => {
  links = await startLinkThread({ seed: 1 })
  // Both ends of the link are in another process, which no standstill of this one holds up.
  echo = fork(new URL('./echo.ts', import.meta.url), { execArgv: [] })
  const [{ port }] = (await once(echo, 'message')) as [{ port: number }]
  const proxy = await new Toxiproxy(links.apiUrl).createProxy({
    name: 'a->b',
    listen: '127.0.0.1:0',
    upstream: `127.0.0.1:${port}`,
  })
  const began = once(echo, 'message')
  echo.send({ through: Number(proxy.listen.split(':').at(-1)) })
  await began
  standStill(blockedMs)
  echo.send({ end: true })
  const [{ slowestMs, answers }] = (await once(echo, 'message')) as [{ slowestMs: number; answers: number }]
  expect(answers).toBeGreaterThan(5)
  expect(slowestMs).toBeLessThan(blockedMs / 2)
})
