import { clearInterval, setInterval } from 'k6/timers'
import { WebSocket } from 'k6/websockets'

/** Phoenix channels over a WebSocket, serializer V2: each frame is `[joinRef, ref, topic, event, payload]` (CH-8). */
const heartbeatMs = 10_000

/** Opens a socket. Frames that are sent before it is open wait. */
export function openSocket(address, params) {
  const query = Object.entries({ vsn: '2.0.0', ...params }).map(
    ([name, value]) => `${name}=${encodeURIComponent(value)}`,
  )
  const socket = new WebSocket(`${address}/websocket?${query.join('&')}`)
  const topics = new Map()
  const replies = new Map()
  let waiting = []
  let failed = () => {}
  let isClosing = false
  let lastRef = 0
  let heartbeat

  function send(joinRef, topic, event, payload, onReply) {
    lastRef += 1
    const ref = String(lastRef)
    if (onReply) replies.set(ref, onReply)
    const frame = JSON.stringify([joinRef ?? ref, ref, topic, event, payload])
    if (waiting) waiting.push(frame)
    else socket.send(frame)
    return ref
  }

  socket.addEventListener('open', () => {
    for (const frame of waiting) socket.send(frame)
    waiting = undefined
    heartbeat = setInterval(() => send(null, 'phoenix', 'heartbeat', {}), heartbeatMs)
  })
  socket.addEventListener('message', ({ data }) => {
    const [, ref, topic, event, payload] = JSON.parse(data)
    if (event !== 'phx_reply') return topics.get(topic)?.(event, payload)
    replies.get(ref)?.(payload.status, payload.response)
    replies.delete(ref)
  })
  socket.addEventListener('error', ({ error }) => isClosing || failed(error))
  socket.addEventListener('close', () => {
    if (heartbeat) clearInterval(heartbeat)
    if (!isClosing) failed('closed by the server')
  })

  return {
    send,
    topics,
    onFailure(listener) {
      failed = listener
    },
    close() {
      isClosing = true
      socket.close()
    },
    fail: (why) => failed(why),
  }
}

/** Joins a topic; `onEvent` gets every event of it but replies. */
export function joinOn(socket, topic, payload, onEvent) {
  socket.topics.set(topic, onEvent)
  const joinRef = socket.send(null, topic, 'phx_join', payload, (status) => {
    if (status !== 'ok') socket.fail(`${topic} was refused`)
  })
  return { push: (event, body, onReply) => void socket.send(joinRef, topic, event, body, onReply) }
}
