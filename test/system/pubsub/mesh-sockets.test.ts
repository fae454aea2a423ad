import { connect } from 'node:net'
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
