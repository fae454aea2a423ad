import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { HttpTimeout, sendHttp } from '../../../harness/platform/http.ts'

const servers: (Server | TcpServer)[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections()
    server.close()
  }
})

async function listening<T extends Server | TcpServer>(server: T): Promise<string> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const serving = (listener: RequestListener) => listening(createServer(listener))
const within = { withinMs: 5_000 }

describe('a request over a kept connection', () => {
  it('sends its method, headers and body, and returns the status and the whole text', async () => {
    const url = await serving(async (request, response) => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      const { method, headers } = request
      response.statusCode = 418
      response.end(
        `${method} ${request.url} ${headers.authorization} ${headers['content-length']} ${Buffer.concat(parts)}`,
      )
    })
    const headers = { authorization: 'Bearer secret' }
    const answer = await sendHttp(`${url}/state?of=n1`, { ...within, method: 'POST', headers, body: 'größer' })
    expect(answer).toEqual({ status: 418, text: 'POST /state?of=n1 Bearer secret 8 größer' })
  })

  it('puts letters together that came in two parts', async () => {
    const bytes = Buffer.from('文')
    const url = await serving((_request, response) => {
      response.write(bytes.subarray(0, 1))
      setTimeout(() => response.end(bytes.subarray(1)), 20)
    })
    expect((await sendHttp(url, within)).text).toBe('文')
  })

  it('goes over the connection of the one before', async () => {
    const connections = new Set<unknown>()
    const url = await serving((request, response) => {
      connections.add(request.socket)
      response.end('ok')
    })
    for (const _ of [1, 2, 3]) await sendHttp(url, within)
    expect(connections.size).toBe(1)
  })

  it('is given up when the answer does not begin, or does not end, in time', async () => {
    const silent = await listening(createTcpServer())
    await expect(sendHttp(silent, { withinMs: 30 })).rejects.toThrow(HttpTimeout)
    const endless = await serving((_request, response) => void response.write('half'))
    await expect(sendHttp(endless, { withinMs: 60 })).rejects.toThrow('no answer within 60 ms')
  })

  it('fails with the reason of the connection', async () => {
    const rude = await serving((request) => void request.socket.destroy())
    await expect(sendHttp(rude, within)).rejects.toThrow('socket hang up')
    const cut = await serving((request, response) => {
      response.writeHead(200, { 'content-length': 10 })
      response.write('half')
      setTimeout(() => request.socket.destroy(), 20)
    })
    await expect(sendHttp(cut, within)).rejects.toThrow('aborted')
    const server = createTcpServer()
    const gone = await listening(server)
    server.close()
    await once(server, 'close')
    await expect(sendHttp(gone, within)).rejects.toThrow('ECONNREFUSED')
  })

  it('ends when it is not wanted any more', async () => {
    const url = await listening(createTcpServer())
    const ending = new AbortController()
    const asked = sendHttp(url, { ...within, signal: ending.signal })
    ending.abort()
    await expect(asked).rejects.toThrow('aborted')
  })
})
