import { randomBytes } from 'node:crypto'
import { WebSocket } from 'ws'

export type Frame = [joinRef: string | null, ref: string | null, topic: string, event: string, payload: unknown]

/** One connection that joins any number of topics and shows every frame. */
export interface Channels {
  join(topic: string, payload?: object): Promise<void>
  ask(topic: string, event: string, payload: object): Promise<unknown>
  /** Called for every frame, with its size. */
  onFrame(listener: (frame: Frame, bytes: number) => void): void
  close(): void
}

interface Reply {
  status: string
  response: unknown
}

export async function openChannels(port: number, path: string, params: Record<string, string> = {}): Promise<Channels> {
  const query = new URLSearchParams({ vsn: '2.0.0', ...params })
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}/websocket?${query}`, { perMessageDeflate: false })
  const waiting = new Map<string, (reply: Reply) => void>()
  let listener: (frame: Frame, bytes: number) => void = () => {}
  let lastRef = 0
  socket.on('message', (data) => {
    const text = String(data)
    const frame = JSON.parse(text) as Frame
    const [, ref, , event, payload] = frame
    if (event === 'phx_reply' && ref !== null) waiting.get(ref)?.(payload as Reply)
    if (event === 'phx_reply' && ref !== null) waiting.delete(ref)
    listener(frame, text.length)
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.once('error', reject)
  })

  function ask(topic: string, event: string, payload: object): Promise<unknown> {
    lastRef += 1
    const ref = String(lastRef)
    return new Promise((resolve, reject) => {
      waiting.set(ref, ({ status, response }) =>
        status === 'ok' ? resolve(response) : reject(new Error(`${event} was answered ${JSON.stringify(response)}`)),
      )
      socket.send(JSON.stringify([null, ref, topic, event, payload]))
    })
  }

  return {
    ask,
    join: async (topic, payload = {}) => void (await ask(topic, 'phx_join', payload)),
    onFrame(next) {
      listener = next
    },
    close: () => socket.terminate(),
  }
}

export const freshCart = () => `cart:${randomBytes(64).toString('base64').slice(0, 64)}`
