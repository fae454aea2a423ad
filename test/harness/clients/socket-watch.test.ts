import { describe, expect, it } from 'vitest'
import { noteIn, watchingScript, watchSockets } from '../../../harness/clients/socket-watch.ts'
import type { SocketNote } from '../../../harness/history/manners.ts'

/** As much of a WebSocket as is watched. */
class FakeSocket extends EventTarget {
  readyState = 1
  readonly url: string
  readonly sent: unknown[] = []
  constructor(url: string) {
    super()
    this.url = url
  }
  send(data: unknown) {
    this.sent.push(data)
  }
  close() {}
  happens(type: string, more: object = {}) {
    this.dispatchEvent(Object.assign(new Event(type), more))
  }
}

function watched() {
  const notes: SocketNote[] = []
  const Watched = watchSockets(FakeSocket as unknown as typeof WebSocket, (note) => void notes.push(note))
  const open = () => new Watched('ws://127.0.0.1:1/pings/websocket?vsn=2.0.0') as unknown as FakeSocket
  return { open, notes, said: () => notes.map(({ kind, socket }) => `${kind} ${socket}`) }
}

describe('a watched WebSocket', () => {
  it('notes its attempt, its opening, its joins and its end', () => {
    const { open, notes, said } = watched()
    const socket = open()
    socket.happens('open')
    socket.send(JSON.stringify(['1', '1', 'ping', 'phx_join', { text: 'phx_leave' }]))
    socket.send(JSON.stringify(['1', '2', 'ping', 'shout', { text: '"phx_join"' }]))
    socket.send(new ArrayBuffer(3))
    socket.happens('close', { code: 1012 })
    open()
    expect(said()).toEqual(['attempt 1', 'open 1', 'join 1', 'end 1', 'attempt 2'])
    expect(notes[2]).toMatchObject({ topic: 'ping', path: '/pings/websocket' })
    expect(notes[3]).toMatchObject({ code: 1012, wasOpen: true, closedBy: 'others' })
    expect(socket.sent).toHaveLength(3)
  })

  it.each([
    ['the client, on purpose', undefined, 1, 'client'],
    ['the client, for want of a heartbeat', 'heartbeat timeout', 1, 'heartbeat'],
    ['the server, and then the client', undefined, 3, 'others'],
  ])('tells that it was closed by %s', (_who, reason, readyState, closedBy) => {
    const { open, notes } = watched()
    const socket = open()
    socket.readyState = readyState
    ;(socket.close as (code?: number, reason?: string) => void)(1000, reason)
    socket.happens('close', { code: 1000 })
    expect(notes.at(-1)).toMatchObject({ kind: 'end', wasOpen: false, closedBy })
  })
})

it('is found on the console of a page by its prefix only', () => {
  expect(watchingScript).toContain('console.debug("socket-note "')
  expect(noteIn('socket-note {"kind":"open"}')).toEqual({ kind: 'open' })
  expect(noteIn('Cart received')).toBeUndefined()
})
