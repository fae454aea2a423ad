import { once } from 'node:events'
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { sendRequests } from '../../../harness/clients/request-load.ts'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function listen(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

describe('a load of requests (MR-9)', () => {
  it('sends as many as are asked for, so many at once', async () => {
    let seen = 0
    let waiting: ServerResponse[] = []
    let most = 0
    // Answers when seven wait, so that fewer at once would wait for ever.
    const url = await listen((_request, answer) => {
      seen += 1
      waiting.push(answer)
      most = Math.max(most, waiting.length)
      if (waiting.length < 7) return
      for (const one of waiting) one.end('ok')
      waiting = []
    })
    const { requests, tookMs, busy } = await sendRequests({ url, count: 210, concurrency: 7 })
    expect([seen, most, requests.length]).toEqual([210, 7, 210])
    expect(requests.every(({ status, startedMs, endedMs }) => status === 200 && endedMs >= startedMs)).toBe(true)
    expect(requests.every(({ endedMs }) => endedMs <= tookMs)).toBe(true)
    expect(busy).toBeGreaterThan(0)
    expect(busy).toBeLessThanOrEqual(1)
  })

  it('keeps refusals and missing answers apart', async () => {
    let seen = 0
    const url = await listen((request, answer) => {
      seen += 1
      if (seen % 3 === 0) return request.socket.destroy()
      answer.writeHead(seen % 3 === 1 ? 200 : 500).end()
    })
    const { requests } = await sendRequests({ url, count: 30, concurrency: 1 })
    const having = (status: number) => requests.filter((one) => one.status === status).length
    expect([having(200), having(500), having(0)]).toEqual([10, 10, 10])
  })

  it('ends early when it is told to', async () => {
    const url = await listen((_request, answer) => answer.end())
    let asked = 0
    const goOn = () => {
      asked += 1
      if (asked > 10) throw new Error('stop')
    }
    await expect(sendRequests({ url, count: 10_000, concurrency: 3, goOn })).rejects.toThrow('stop')
    expect(asked).toBeLessThan(20)
  })
})
