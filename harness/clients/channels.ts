import { WebSocket } from 'ws'
import { readParts } from './frames.ts'

export type Frame = [joinRef: string | null, ref: string | null, topic: string, event: string, payload: unknown]

/** One connection that joins any number of topics and exposes every frame; used for probes and for very large numbers of clients. */
export interface Channels {
  join(topic: string, payload?: object): Promise<void>
  /** Resolves with the response; rejects with an error reply or when the connection ends first. */
  ask(topic: string, event: string, payload: object): Promise<unknown>
  /** Called for every frame, with its length in characters. */
  onFrame(listener: (frame: Frame, bytes: number) => void): void
  isOpen(): boolean
  close(): void
}

interface Waiting {
  event: string
  resolve(response: unknown): void
  reject(error: Error): void
}

const openWithinMs = 30_000

/** Opens a connection. Rejects when the server rejects it or does not respond in time. */
export async function openChannels(port: number, path: string, params: Record<string, string> = {}): Promise<Channels> {
  const query = new URLSearchParams({ vsn: '2.0.0', ...params })
  const url = `ws://127.0.0.1:${port}${path}/websocket?${query}`
  const socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: openWithinMs })
  const waiting = new Map<string, Waiting>()
  let listener: (frame: Frame, bytes: number) => void = () => {}
  let lastRef = 0

  function answer(ref: string, { status, response }: { status: string; response: unknown }) {
    const asked = waiting.get(ref)
    waiting.delete(ref)
    if (status === 'ok') asked?.resolve(response)
    else asked?.reject(new Error(`${asked.event} was answered ${JSON.stringify(response)}`))
  }

  socket.on('message', (data) => {
    const text = String(data)
    const read = readParts('2.0.0', text)
    // What cannot be read answers nothing: whoever waits for it fails in time.
    if (read.kind === 'unreadable') return
    const [, ref, , event, payload] = read.value
    if (event === 'phx_reply' && ref !== null) answer(String(ref), payload as never)
    listener(read.value as Frame, text.length)
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve())
    // The listener stays after the open, because an unhandled error event of one connection would end this process.
    socket.on('error', reject)
  })
  socket.on('close', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`the connection was closed with ${code}`))
  })

  function ask(topic: string, event: string, payload: object): Promise<unknown> {
    lastRef += 1
    const ref = String(lastRef)
    return new Promise((resolve, reject) => {
      waiting.set(ref, { event, resolve, reject })
      socket.send(JSON.stringify([null, ref, topic, event, payload]))
    })
  }

  return {
    ask,
    join: async (topic, payload = {}) => void (await ask(topic, 'phx_join', payload)),
    onFrame(next) {
      listener = next
    },
    isOpen: () => socket.readyState === WebSocket.OPEN,
    close: () => socket.terminate(),
  }
}
