import { maskedFrame, upgradeTo } from '../load/frames.ts'

/** How a client of one kind of server joins the room, and which messages it sends there. */
export interface Wire {
  /** Written when the connection is open; for a WebSocket, the upgrade request. */
  hello: Buffer | undefined
  /** Written one by one after the server's first response, if there is one: each waits for a frame from the server. */
  steps: { send: Buffer | undefined; awaitFrames: number }[]
  shout: Buffer
  echo: Buffer
  echoAsync: Buffer
}

/** About 150 bytes on the wire, like a chat message. */
const body = { user: 'a shopper', text: 'x'.repeat(70) }

const pushed = (event: string) => maskedFrame(JSON.stringify(['1', '2', 'room:1', event, body]))

export const squallWire = (): Wire => ({
  hello: upgradeTo('/bench/websocket?vsn=2.0.0'),
  steps: [{ send: maskedFrame('["1","1","room:1","phx_join",{}]'), awaitFrames: 1 }],
  shout: pushed('shout'),
  echo: pushed('echo'),
  echoAsync: pushed('echo_async'),
})

export const socketIoWire = (): Wire => ({
  hello: upgradeTo('/socket.io/?EIO=4&transport=websocket'),
  steps: [
    { send: undefined, awaitFrames: 1 },
    { send: maskedFrame('40'), awaitFrames: 1 },
  ],
  shout: maskedFrame(`42${JSON.stringify(['shout', body])}`),
  echo: maskedFrame(`421${JSON.stringify(['echo', body])}`),
  echoAsync: maskedFrame(`421${JSON.stringify(['echo', body])}`),
})

/** The request to the raw server for each message: as long as those of the other servers; only its first byte is read. */
export const floorRequestBytes = pushed('shout').length
const floorRequest = (kind: string) => Buffer.alloc(floorRequestBytes, kind)

export const rawWire = (): Wire => ({
  hello: undefined,
  // The kernel reports a connection as open before the server has accepted it.
  steps: [{ send: floorRequest('e'), awaitFrames: 1 }],
  shout: floorRequest('s'),
  echo: floorRequest('e'),
  echoAsync: floorRequest('e'),
})

/** The exact bytes that the channel server writes, so that the raw server writes the same. */
function serverFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  const head = payload.length < 126 ? Buffer.from([0x81, payload.length]) : Buffer.from([0x81, 126, 0, 0])
  if (payload.length >= 126) head.writeUInt16BE(payload.length, 2)
  return Buffer.concat([head, payload])
}

export const floorFrames = {
  shout: serverFrame(JSON.stringify([null, null, 'room:1', 'shout', body])),
  echo: serverFrame(JSON.stringify(['1', '2', 'room:1', 'phx_reply', { status: 'ok', response: body }])),
}
