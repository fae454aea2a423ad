import { describe, expect, it } from 'vitest'
import * as ws from 'ws'
import { webSocketFrame } from '../../../../system/channels/transports/frame.ts'

interface FrameReader {
  on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): void
  on(event: 'error', listener: (error: Error) => void): void
  write(bytes: Buffer): void
}
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => FrameReader }

/** Reads frames with the receiver of a real WebSocket client. */
function read(bytes: Buffer): Promise<{ data: Buffer; isBinary: boolean }> {
  return new Promise((resolve, reject) => {
    const receiver = new Receiver({ isServer: false })
    receiver.on('message', (data, isBinary) => resolve({ data, isBinary }))
    receiver.on('error', reject)
    receiver.write(bytes)
  })
}

describe('a finished WebSocket frame', () => {
  it.each([0, 1, 125, 126, 65_535, 65_536, 70_000])('of %d bytes of text is read as it was', async (length) => {
    const { data, isBinary } = await read(webSocketFrame('x'.repeat(length)))
    expect([data.length, isBinary]).toEqual([length, false])
  })

  it('counts bytes and not letters, and keeps bytes apart from text', async () => {
    expect(String((await read(webSocketFrame('grün 👟'))).data)).toBe('grün 👟')
    expect(await read(webSocketFrame(Buffer.from([0, 255])))).toEqual({ data: Buffer.from([0, 255]), isBinary: true })
  })
})
