import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { directQuery, patiently } from '../../../../harness/cluster/services/sql.ts'

let server: Server | undefined
const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
  server?.close()
})

/** The address of a database that stands still: it takes connections and says nothing. */
async function silentDatabase(): Promise<string> {
  server = createServer((socket) => void sockets.push(socket))
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  return `postgres://nobody@127.0.0.1:${(server.address() as { port: number }).port}/none`
}

it('a query of a database that stands still fails when its time is over', async () => {
  const query = directQuery(await silentDatabase())
  const startedMs = performance.now()
  await expect(query('select 1', [], 40)).rejects.toThrow('timeout expired')
  expect(performance.now() - startedMs).toBeLessThan(1_000)
})

it('a patient one has several times as long as that of a witness', async () => {
  const asked: unknown[][] = []
  const query = async (...parameters: unknown[]) => {
    asked.push(parameters)
    return []
  }
  await patiently({ query }).query('select $1', [7])
  expect(asked).toEqual([['select $1', [7], 6_000]])
})
