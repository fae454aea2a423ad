import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { readEntries } from '../../../../harness/apps/todo/lists.ts'

const servers: ReturnType<typeof createServer>[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function nodeThatAnswers(status: number, text: string) {
  const server = createServer((_request, response) => response.writeHead(status).end(text))
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { directUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

it.each([
  ['a reason', 400, 'no list', '/todo/entries: 400 no list'],
  ['a page for people, which says no more than its status', 500, '<!doctype html>\n<p>no</p>', '/todo/entries: 500'],
])('rejects with the status and %s', async (_what, status, text, message) => {
  await expect(readEntries(await nodeThatAnswers(status, text), 'a')).rejects.toThrow(
    expect.objectContaining({ status, message }),
  )
})
