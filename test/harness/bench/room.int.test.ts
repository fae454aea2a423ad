import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startKind } from '../../../harness/bench/contest.ts'
import type { BenchServer } from '../../../harness/bench/server.ts'
import { floorFrames, squallWire } from '../../../harness/bench/wire.ts'

/** Benchmarks count frames and read none: a server that refuses everything would be measured as a fast one. */
const wire = squallWire()
let server: BenchServer
let client: Socket
let heard = ''

async function say(bytes: Buffer) {
  heard = ''
  const answered = once(client, 'data')
  client.write(bytes)
  await answered
}

beforeAll(async () => {
  server = await startKind('squall')
  client = connect(server.port, '127.0.0.1')
  client.setEncoding('latin1').on('data', (text) => {
    heard += text
  })
  await once(client, 'connect')
  await say(wire.hello!)
  await say(wire.steps[0]!.send!)
}, 30_000)

afterAll(async () => {
  client.destroy()
  await server.stop()
})

it.each([
  ['echo', 'echo'],
  ['echoAsync', 'echo'],
  ['shout', 'shout'],
] as const)('the server of the benchmarks answers %s with the bytes that the raw server sends', async (kind, frame) => {
  await say(wire[kind])
  await expect.poll(() => heard).toBe(floorFrames[frame].toString('latin1'))
})
