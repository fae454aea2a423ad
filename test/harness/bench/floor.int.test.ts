import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { startKind } from '../../../harness/bench/contest.ts'
import { floorFrames, rawWire } from '../../../harness/bench/wire.ts'

it('the floor answers once for each message, in however many pieces it comes', async () => {
  const server = await startKind('raw')
  const socket = connect({ port: server.port, host: '127.0.0.1', noDelay: true })
  try {
    let answeredBytes = 0
    const answered = () => answeredBytes / floorFrames.echo.length
    socket.on('data', (data) => {
      answeredBytes += data.length
    })
    await once(socket, 'connect')
    const { echo } = rawWire()
    socket.write(Buffer.concat([echo, echo.subarray(0, 20)]))
    await expect.poll(answered).toBeGreaterThanOrEqual(1)
    socket.write(echo.subarray(20))
    await expect.poll(answered).toBeGreaterThanOrEqual(2)
    await server.usage()
    expect(answered()).toBe(2)
  } finally {
    socket.destroy()
    await server.stop()
  }
})
