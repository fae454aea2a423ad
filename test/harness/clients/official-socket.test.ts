import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createOfficialSocket } from '../../../harness/clients/official-socket.ts'
import { clientHeartbeatMs } from '../../../harness/timing.ts'

/** A connection that is open at once; the test answers its heartbeats. */
class Line {
  static last: Line
  onopen = () => {}
  onmessage = (_message: { data: string }) => {}
  onclose = (_event: object) => {}
  readyState = 1
  bufferedAmount = 0
  sent: string[] = []

  constructor() {
    Line.last = this
    queueMicrotask(() => this.onopen())
  }

  send(text: string) {
    this.sent.push(text)
  }

  close() {
    this.readyState = 3
    this.onclose({ code: 1000 })
  }

  answer() {
    const [, ref] = JSON.parse(this.sent.at(-1)!) as [null, string]
    this.onmessage({ data: JSON.stringify([null, ref, 'phoenix', 'phx_reply', { status: 'ok', response: {} }]) })
  }
}

/** A client that has just sent a heartbeat on its first line; `sleep` is a time for which this process stands still. */
async function clientThatWaits() {
  let sleptMs = 0
  const pass = async (ms: number) => void (await vi.advanceTimersByTimeAsync(ms))
  const awakeMs = () => performance.now() - sleptMs
  const socket = createOfficialSocket('ws://shop/socket', { transport: Line as never }, awakeMs)
  socket.connect()
  await pass(clientHeartbeatMs)
  const line = Line.last
  expect(line.sent).toHaveLength(1)
  return {
    socket,
    line,
    pass,
    async sleep(ms: number) {
      sleptMs += ms
      await pass(ms)
    },
  }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('an official client whose heartbeat is not answered', () => {
  it('gives its connection up when the time is over', async () => {
    const { line, pass } = await clientThatWaits()
    await pass(clientHeartbeatMs - 5)
    expect(line.readyState).toBe(1)
    await pass(10)
    expect(line.readyState).toBe(3)
  })

  it('keeps it while this process stands still, reads what has come meanwhile, and sends the next heartbeat', async () => {
    const { line, pass, sleep } = await clientThatWaits()
    await sleep(3_000)
    expect(line.readyState).toBe(1)
    line.answer()
    await pass(clientHeartbeatMs + 5)
    expect(line.sent).toHaveLength(2)
    expect(line.readyState).toBe(1)
  })

  it('gives it up after that, when the rest of the time is over too', async () => {
    const { line, pass, sleep } = await clientThatWaits()
    await pass(400)
    await sleep(3_000)
    await pass(clientHeartbeatMs - 400 - 10)
    expect(line.readyState).toBe(1)
    await pass(20)
    expect(line.readyState).toBe(3)
  })

  it('does not give up the connection that it has made meanwhile', async () => {
    const { socket, line, pass, sleep } = await clientThatWaits()
    await sleep(3_000)
    socket.disconnect()
    socket.connect()
    await pass(clientHeartbeatMs + 5)
    const next = Line.last
    expect(next).not.toBe(line)
    next.answer()
    await pass(500)
    expect(next.readyState).toBe(1)
  })
})
