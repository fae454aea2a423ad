import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { silentLog } from '../../../system/platform/log.ts'
import type { RemoteMessage } from '../../../system/pubsub/adapter.ts'
import { createMesh } from '../../../system/pubsub/mesh.ts'
import type { MeshSocket } from '../../../system/pubsub/mesh-sockets.ts'
import { createSentCounter } from '../../../system/pubsub/sent.ts'
import { createFakeClock } from '../../support/channel-case.ts'

const heartbeatMs = 100

/** One end of a connection whose other end answers heartbeats for as long as it is told to. */
class FakeSocket extends EventEmitter implements MeshSocket {
  bufferedAmount = 0
  isTerminated = false
  /** All but heartbeats. */
  readonly sent: string[] = []
  answers: boolean
  constructor(answers: boolean) {
    super()
    this.answers = answers
  }
  send(text: string) {
    if (text !== 'beat') this.sent.push(text)
    else if (this.answers) this.emit('message', 'beat')
  }
  terminate() {
    this.isTerminated = true
    this.emit('close')
  }
}

async function meshOfTwo() {
  const clock = createFakeClock()
  const [dialled, inbound] = [new FakeSocket(true), new FakeSocket(false)]
  const mesh = createMesh({
    sockets: {
      dial: () => dialled,
      async listen(onConnection) {
        onConnection(inbound, 'n2')
        return async () => {}
      },
    },
    peers: { n2: 'ws://n2' },
    heartbeatMs,
    clock,
    log: silentLog,
  })
  await mesh.start(() => {})
  dialled.emit('open')
  /** The other node asks, as it does with every beat of its own. */
  const live = async (beats: number) => {
    for (let n = 0; n < beats; n += 1) {
      inbound.emit('message', 'beat')
      await clock.advance(heartbeatMs)
    }
  }
  return { clock, dialled, inbound, live, ends: () => [dialled.isTerminated, inbound.isTerminated] }
}

describe('a peer in the mesh (DP-11)', () => {
  it('stays while it answers, and is dropped when it has been silent for three beats', async () => {
    const { clock, dialled, live, ends } = await meshOfTwo()
    await live(10)
    expect(ends()).toEqual([false, false])
    dialled.answers = false
    await clock.advance(heartbeatMs * 2)
    expect(ends()).toEqual([false, false])
    await clock.advance(heartbeatMs * 3)
    expect(ends()).toEqual([true, true])
  })

  it('is not dropped because this node stood still', async () => {
    const { clock, dialled, live, ends } = await meshOfTwo()
    await live(3)
    clock.stall(heartbeatMs * 10)
    await live(5)
    expect(ends()).toEqual([false, false])
    dialled.answers = false
    await clock.advance(heartbeatMs * 5)
    expect(ends()).toEqual([true, true])
  })
})

const news = (event: string) => ({ topic: 'room', event, payload: { n: 1 } })
const full = 2_000_000

/** A node whose connections to its peer are made by hand: each attempt to dial adds one. */
async function dialling() {
  const clock = createFakeClock()
  const dialled: FakeSocket[] = []
  const inbound = new FakeSocket(false)
  const received: RemoteMessage[] = []
  const mesh = createMesh({
    sockets: {
      dial() {
        dialled.push(new FakeSocket(true))
        return dialled.at(-1)!
      },
      async listen(onConnection) {
        onConnection(inbound, 'n2')
        return async () => {}
      },
    },
    peers: { n2: 'ws://n2' },
    heartbeatMs,
    clock,
    log: silentLog,
  })
  await mesh.start((message) => received.push(message))
  const eventsOn = (socket: FakeSocket) => socket.sent.map((text) => (text === 'up' ? text : JSON.parse(text).event))
  return { clock, mesh, dialled, inbound, received, eventsOn }
}

describe('what is sent to a peer', () => {
  it('is attempted once: what was sent while it was away never comes (DP-9, AM-4)', async () => {
    const { clock, mesh, dialled, eventsOn } = await dialling()
    mesh.broadcast(news('before'))
    dialled[0]!.emit('open')
    mesh.broadcast(news('first'))
    dialled[0]!.emit('close')
    mesh.broadcast(news('away'))
    await clock.advance(1_000)
    dialled[1]!.emit('open')
    mesh.directBroadcast('n2', news('second'))
    expect(dialled).toHaveLength(2)
    expect(eventsOn(dialled[0]!)).toEqual(['up', 'first'])
    expect(eventsOn(dialled[1]!)).toEqual(['up', 'second'])
    expect(mesh.counters).toEqual({ remoteSent: 2, remoteReceived: 0 })
  })

  it('is counted with its bytes, by the first part of the topic, heartbeats and notices too', async () => {
    const { clock, mesh, dialled, inbound } = await dialling()
    dialled[0]!.emit('open')
    for (const topic of ['room:secret', 'room:other', 'room:other']) mesh.broadcast({ ...news('first'), topic })
    inbound.emit('message', 'beat')
    await clock.advance(heartbeatMs)
    const { room, up, beat } = mesh.sent()
    expect(room).toMatchObject({ messages: 3, topics: 2 })
    expect(room!.bytes).toBe(dialled[0]!.sent.slice(1).join('').length)
    expect(up).toEqual({ messages: 1, bytes: 2, topics: 1 })
    expect(beat!.messages).toBeGreaterThanOrEqual(2)
    expect(JSON.stringify(mesh.sent())).not.toContain('secret')
  })

  it('is counted for at most fifty kinds apart, because clients choose the topics', () => {
    const sent = createSentCounter()
    for (let n = 0; n < 200; n += 1) sent.count(`topic${n}:room`, 'text')
    const kinds = sent.read()
    expect([Object.keys(kinds).length, kinds.other]).toEqual([51, { messages: 150, bytes: 600, topics: 100 }])
  })

  it('is dropped while the peer does not read, and the peer is told so once (DP-9)', async () => {
    const { mesh, dialled, eventsOn } = await dialling()
    const [socket] = dialled
    socket!.emit('open')
    socket!.bufferedAmount = full
    mesh.broadcast(news('dropped'))
    socket!.bufferedAmount = 0
    mesh.broadcast(news('after'))
    mesh.broadcast(news('later'))
    expect(eventsOn(socket!)).toEqual(['up', 'up', 'after', 'later'])
    expect(mesh.queuedBytes()).toBe(0)
  })

  it('has a peer that is known', async () => {
    const { mesh } = await dialling()
    expect(() => mesh.directBroadcast('n3', news('lost'))).toThrow("cannot reach node n3: this node's peers are n2")
  })
})

describe('what comes from a peer', () => {
  it('is handed on when it can be read, and counted', async () => {
    const { mesh, inbound, received } = await dialling()
    for (const text of [JSON.stringify(news('one')), 'no json', '{"topic":"room"}', JSON.stringify(news('two'))])
      inbound.emit('message', text)
    expect(received).toEqual([news('one'), news('two')])
    expect(mesh.counters.remoteReceived).toBe(2)
  })

  it('tells the listeners that it is up, and may have missed something', async () => {
    const { mesh, dialled, inbound } = await dialling()
    const up: string[] = []
    mesh.onPeerUp((name) => up.push(name))
    dialled[0]!.emit('open')
    inbound.emit('message', 'up')
    expect(up).toEqual(['n2', 'n2'])
    expect(mesh.peers()).toEqual({ n2: { connected: true } })
    dialled[0]!.emit('close')
    expect(mesh.peers()).toEqual({ n2: { connected: false } })
  })

  it('means nothing after its connection is closed', async () => {
    const { inbound, received } = await dialling()
    inbound.emit('close')
    inbound.emit('message', JSON.stringify(news('late')))
    expect(received).toEqual([])
  })
})

it('a node that stops ends its connections, dials no more and leaves no timer (DP-14)', async () => {
  const { clock, mesh, dialled, inbound } = await dialling()
  dialled[0]!.emit('open')
  await mesh.stop()
  expect([dialled[0]!.isTerminated, inbound.isTerminated]).toEqual([true, true])
  await clock.advance(60_000)
  expect(dialled).toHaveLength(1)
  expect(clock.timerCount()).toBe(0)
})
