import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Toxiproxy } from 'toxiproxy-node-client'
import { afterAll, afterEach, expect, it } from 'vitest'
import { createLinkThread } from '../../../harness/toxiproxy/index.ts'

const thread = createLinkThread()
let echo: ChildProcess | undefined
afterEach(() => void echo?.kill('SIGKILL'))
afterAll(thread.close)

const blockedMs = 800
const standStill = (ms: number) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

it('links go on while the harness stands still (FI-7)', async () => {
  const links = await thread.startServer({ seed: 1 })
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

it('a server that is stopped answers no more, and one beside it does', async () => {
  const [one, other] = await Promise.all([thread.startServer({ seed: 1 }), thread.startServer({ seed: 2 })])
  expect(one.apiUrl).not.toBe(other.apiUrl)
  await one.close()
  await expect(fetch(`${one.apiUrl}/version`)).rejects.toThrow()
  expect((await fetch(`${other.apiUrl}/version`)).ok).toBe(true)
})

it('a server whose thread has ended is closed, and none begins on it: nobody waits for an answer that never comes', async () => {
  const own = createLinkThread()
  const server = await own.startServer({ seed: 1 })
  const starting = own.startServer({ seed: 2 })
  const begun = starting.then(
    () => 'begun',
    (error: Error) => error.message,
  )
  await own.close()
  expect(['begun', 'the thread of the links has ended']).toContain(await begun)
  await server.close()
  await expect(own.startServer({ seed: 3 })).rejects.toThrow('the thread of the links has ended')
}, 5_000)
