import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { expect, it } from 'vitest'
import { freePort } from '../../../harness/platform/ports.ts'
import { silentLog as log } from '../../../system/platform/log.ts'
import { meshWebSockets } from '../../../system/pubsub/mesh-sockets.ts'

const isReached = (host: string, port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect({ host, port })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

it('listens on the interface that it was given, and on no other (DP-12)', async () => {
  const port = await freePort()
  const sockets = meshWebSockets({ nodeName: 'n1', host: '127.0.0.2', port, secret: 'secret', log })
  const stop = await sockets.listen(() => {})
  expect([await isReached('127.0.0.2', port), await isReached('127.0.0.1', port)]).toEqual([true, false])
  await stop()
})

it('gives up an address where a connection is taken and nobody answers, in its time (DP-6, DP-11)', async () => {
  const taken: { destroy(): void }[] = []
  const deaf = createServer((socket) => void taken.push(socket)).listen(0, '127.0.0.1')
  await once(deaf, 'listening')
  const { port } = deaf.address() as AddressInfo
  const sockets = meshWebSockets({ nodeName: 'n1', port, secret: 'secret', log })
  const socket = sockets.dial(`ws://127.0.0.1:${port}`, 50)
  socket.on('error', () => {})
  await new Promise<void>((resolve) => void socket.on('close', resolve))
  expect(taken).toHaveLength(1)
  for (const one of taken) one.destroy()
  deaf.close()
})
