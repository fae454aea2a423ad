import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterAll, beforeEach, expect, it } from 'vitest'
import { openLoad } from '../../../harness/bench/client.ts'
import { floorFrames, rawWire } from '../../../harness/bench/wire.ts'

let asked: Socket[] = []
const server = createServer((socket) => {
  socket.on('error', () => {})
  socket.on('data', () => void asked.push(socket))
})
beforeEach(async () => {
  asked = []
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening')
})
afterAll(() => void server.close())

const open = (size: number) => openLoad((server.address() as AddressInfo).port, rawWire, size)
const answerAll = () => {
  for (const socket of asked) socket.write(floorFrames.echo)
}

it('a load is there when the server has answered all of its clients, and not before', async () => {
  let isThere = false
  const opening = open(3).then((load) => {
    isThere = true
    return load
  })
  await expect.poll(() => asked.length).toBe(3)
  expect(isThere).toBe(false)
  answerAll()
  const load = await opening
  load.close()
})

it('a load whose connection the server ends says so, and does not wait for what never comes', async () => {
  const opening = open(3)
  await expect.poll(() => asked.length).toBe(3)
  answerAll()
  const load = await opening
  asked[1]!.destroy()
  await expect(load.lost).rejects.toThrow('a server ended a connection while it was measured')
  load.close()
})
