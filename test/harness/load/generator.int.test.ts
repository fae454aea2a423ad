import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { type Generator, openGenerator } from '../../../harness/load/generator.ts'
import { isBelievable, judgeGenerator } from '../../../harness/load/honesty.ts'
import { quantileMs } from '../../../harness/load/latencies.ts'
import type { StageOptions } from '../../../harness/load/worker-messages.ts'

type Message = [joinRef: string | null, ref: string, topic: string, event: string, payload: unknown]

const opened: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close()
})

/** A server of channels that replies to everything at once, unless something else is said. */
function serve(answer: (message: Message) => object[] = ([joinRef, ref, topic]) => [reply(joinRef, ref, topic)]) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as Message
      const frames = message[3] === 'phx_join' ? [reply(message[0], message[1], message[2])] : answer(message)
      for (const frame of frames) socket.send(JSON.stringify(frame))
    })
  })
  opened.push({
    close() {
      for (const client of server.clients) client.terminate()
      server.close()
    },
  })
  return server
}

const reply = (joinRef: string | null, ref: string, topic: string, status = 'ok') => [
  joinRef,
  ref,
  topic,
  'phx_reply',
  { status, response: {} },
]

async function connectTo(server: WebSocketServer, connections = 4, threads = 1): Promise<Generator> {
  if (!server.address()) await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const generator = await openGenerator({
    ...{ addresses: [{ host: '127.0.0.1', port }], socketPath: '/socket', version: '2.0.0' },
    ...{ connections, topic: 'room:#', threads },
  })
  opened.push(generator)
  return generator
}

const stage = (more: Partial<StageOptions> = {}): StageOptions => ({
  ...{
    seed: 3,
    ratePerS: 300,
    durationMs: 1_000,
    slotMs: 500,
    event: 'ask',
    payloads: [{}],
    mode: 'reply',
    drainMs: 5_000,
  },
  ...more,
})

const blockFor = (ms: number) => {
  for (const startedMs = performance.now(); performance.now() - startedMs < ms; );
}

describe('the generator', () => {
  it('sends what the seed says, on one thread or on two, and counts every reply', async () => {
    const server = serve()
    const [one, two] = [await connectTo(server), await connectTo(server, 4, 2)]
    const [first, again] = [await one.run(stage()), await two.run(stage())]
    expect(first.offered).toBe(again.offered)
    for (const result of [first, again])
      expect(result).toMatchObject({
        received: result.offered,
        lost: 0,
        doubled: 0,
        overtaken: 0,
        errors: 0,
        closed: 0,
      })
    expect((await one.run(stage({ seed: 4 }))).received).toBeGreaterThan(200)
  })

  it('goes on sending while the server stands still, and counts the wait of every message that was due meanwhile', async () => {
    const generator = await connectTo(serve())
    const running = generator.run(stage())
    await new Promise((resolve) => setTimeout(resolve, 300))
    blockFor(500)
    const result = await running
    // Load that waits for replies would have sent one message for each connection, and hidden the rest.
    expect(quantileMs(result.latencies, result.lost, 0.75)).toBeGreaterThan(100)
    expect(Math.max(...result.backlog)).toBeGreaterThan(50)
    expect(result.lost).toBe(0)
  })

  it('counts replies that are doubled, overtaken, errors or missing', async () => {
    const kept: object[] = []
    let n = 0
    const server = serve(([joinRef, ref, topic]) => {
      n += 1
      if (n % 10 === 1) return [reply(joinRef, ref, topic), reply(joinRef, ref, topic)]
      if (n % 10 === 2) return [reply(joinRef, ref, topic, 'error')]
      if (n % 10 === 3) return []
      if (n % 10 === 4) {
        kept.push(reply(joinRef, ref, topic))
        return []
      }
      return [reply(joinRef, ref, topic), ...kept.splice(0)]
    })
    const result = await (await connectTo(server, 1)).run(stage({ drainMs: 300 }))
    const tenth = result.offered / 10
    for (const count of [result.doubled, result.errors, result.lost, result.overtaken]) {
      expect(count).toBeGreaterThan(tenth - 5)
      expect(count).toBeLessThan(tenth + 5)
    }
    expect(result.drainedMs).toBeUndefined()
  })

  it('does not believe itself when it cannot send as fast as it should', async () => {
    const generator = await connectTo(
      serve(() => []),
      2,
    )
    const result = await generator.run(stage({ ratePerS: 2_000_000, durationMs: 200, drainMs: 1 }))
    expect(result.sentInTime).toBeLessThan(0.9 * result.offered)
    expect(isBelievable(result, 0.5)).toBe(false)
    expect(judgeGenerator(result, 0.5).find(({ name }) => name === 'achieved')).toMatchObject({ passed: false })
  })

  it('notices connections that the server closes', async () => {
    const server = serve()
    const generator = await connectTo(server)
    const running = generator.run(stage({ drainMs: 1 }))
    await new Promise((resolve) => setTimeout(resolve, 300))
    for (const client of server.clients) client.terminate()
    const result = await running
    expect(result.closed).toBe(4)
    expect(isBelievable(result, 0.5)).toBe(false)
  })

  it('does not wait for threads that have ended: an interrupted comparison must end', async () => {
    const generator = await connectTo(serve())
    const running = generator.run(stage({ durationMs: 10_000 }))
    await generator.close()
    await expect(running).rejects.toThrow('a thread of the load generator ended early')
    await expect(generator.run(stage())).rejects.toThrow('a thread of the load generator ended early')
  })

  it('says why it cannot begin', async () => {
    const refusing = new WebSocketServer({ port: 0, host: '127.0.0.1', verifyClient: () => false })
    opened.push(refusing)
    await expect(connectTo(refusing)).rejects.toThrow('the server refused the upgrade: HTTP/1.1 401 Unauthorized')
    const { port } = refusing.address() as AddressInfo
    refusing.close()
    const nobody = { address: () => ({ port }) } as unknown as WebSocketServer
    await expect(connectTo(nobody)).rejects.toThrow(/ECONNREFUSED|refused/)
  })
})
