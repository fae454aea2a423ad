import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { freePort } from '../../../harness/platform/ports.ts'
import { createAttacker, type Input, inputs } from '../../support/hostile.ts'

/**
 * Random and mutated input of every kind at a node with bystanders (FI-16, CH-14, CH-16, CH-39, NF-20). A short dose here; the whole
 * one with `SQUALL_HOSTILE_INPUTS=100000 npx vitest run test/system/channels/hostile.int.test.ts`.
 */
const howMany = Number(process.env.SQUALL_HOSTILE_INPUTS ?? 4_000)
const seed = Number(process.env.SQUALL_HOSTILE_SEED ?? 0x5eed)
const memoryGrowthMaxMiB = 16
/** Far more than it takes: a slow machine is no hostile one. */
const patienceMs = 120_000 + howMany * 10

let node: ChildProcess
let port: number
const log: string[] = []

beforeAll(async () => {
  port = await freePort()
  node = spawn(
    process.execPath,
    ['--import', './harness/bench/measure.ts', 'test/compat/server.ts', '--port', String(port)],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, LOG_LEVEL: 'warn' },
    },
  )
  node.stdout!.on('data', (text: Buffer) => log.push(String(text)))
  node.stderr!.on('data', (text: Buffer) => log.push(String(text)))
  await once(node.stdout!, 'data')
  expect(log.join('')).toContain('ready')
})

afterAll(async () => {
  if (node.exitCode !== null) return
  node.kill('SIGKILL')
  await once(node, 'exit')
})

it(
  'hurts only its sender',
  async () => {
    const bystanders = await Promise.all([1, 2, 3].map((n) => openBystander(n)))
    const attacker = createAttacker(port)
    const attack = async (list: readonly Input[]) => {
      for (const [index, input] of list.entries()) {
        if (node.exitCode !== null) throw new Error(`the node ended: ${log.slice(-3).join('')}`)
        await attacker.send(input)
        if (index % 100 > 0) continue
        for (const { beat } of bystanders) beat()
        await announce()
      }
    }
    // What is loaded and compiled once is no leak.
    await attack(fc.sample(inputs, { numRuns: Math.min(1_000, howMany), seed }))
    await attacker.rest()
    const before = await usedMiB()
    await attack(fc.sample(inputs, { numRuns: howMany, seed: seed + 1 }))
    await attacker.rest()
    await announce()

    const expected = Array.from({ length: announced }, (_, n) => n + 1)
    await expect
      .poll(() => bystanders.map(({ heard }) => heard.length), { timeout: 10_000 })
      .toEqual([announced, announced, announced])
    expect(node.exitCode, log.slice(-3).join('')).toBe(null)
    for (const { heard, closed } of bystanders) expect([heard, closed()]).toEqual([expected, false])
    expect((await fetch(`http://127.0.0.1:${port}/ready`)).status).toBe(200)
    expect((await usedMiB()) - before).toBeLessThan(memoryGrowthMaxMiB)
    attacker.close()
    for (const { socket } of bystanders) socket.terminate()
  },
  patienceMs,
)

it('is refused with a line in the log that names the cause and no token', async () => {
  const token = 'eyJhbGciOiJIUzI1NiJ9.eyJkYXRhIjoibGVha2VkLXRva2VuIn0.bm90LWEtc2lnbmF0dXJl'
  const statuses = await Promise.all(
    [
      `/auth_socket/websocket?vsn=2.0.0&token=${token}`,
      '/socket/websocket?vsn=7.0.0',
      '/auth_socket/websocket?vsn=2.0.0',
    ].map((path) => refusalOf(path)),
  )
  expect(statuses).toEqual([403, 403, 403])
  const text = () => log.join('')
  for (const cause of ['connect error :invalid', 'connect error unsupported vsn', 'connect error missing params'])
    await expect.poll(text).toContain(cause)
  expect(text()).not.toContain(token)
})

let announced = 0
async function announce() {
  announced += 1
  await fetch(`http://127.0.0.1:${port}/broadcast?topic=room:bystanders&event=news`, {
    method: 'POST',
    body: JSON.stringify({ n: announced }),
  })
}

async function openBystander(n: number) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket/websocket?vsn=2.0.0`)
  const heard: number[] = []
  let isClosed = false
  socket.on('message', (data) => {
    const [, , , event, payload] = JSON.parse(String(data)) as [unknown, unknown, string, string, { n: number }]
    if (event === 'news') heard.push(payload.n)
  })
  socket.on('close', () => {
    isClosed = true
  })
  await once(socket, 'open')
  socket.send(JSON.stringify(['1', String(n), 'room:bystanders', 'phx_join', {}]))
  await once(socket, 'message')
  /** As every client does: one that says nothing for a minute is let go. */
  const beat = () => socket.send(JSON.stringify([null, 'beat', 'phoenix', 'heartbeat', {}]))
  return { socket, heard, beat, closed: () => isClosed }
}

function refusalOf(path: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`)
    socket.on('error', () => {})
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode))
  })
}

/** Memory that the node's process has in use, after its garbage is collected. */
async function usedMiB(): Promise<number> {
  const answer = once(node, 'message')
  node.send({ ask: 'settled-usage' })
  const [{ heapBytes }] = (await answer) as [{ heapBytes: number }]
  return heapBytes / 2 ** 20
}
