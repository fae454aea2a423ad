import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterAll, expect, it } from 'vitest'
import { openLoad } from '../../../harness/bench/client.ts'
import { rawWire } from '../../../harness/bench/wire.ts'

const accepted: Socket[] = []
const server = createServer((socket) => void accepted.push(socket.on('error', () => {})))
afterAll(() => void server.close())

it('a load whose connection the server ends says so, and does not wait for what never comes', async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const load = await openLoad((server.address() as AddressInfo).port, rawWire, 3)
  await expect.poll(() => accepted.length).toBe(3)
  accepted[1]!.destroy()
  await expect(load.lost).rejects.toThrow('a server ended a connection while it was measured')
  load.close()
})
