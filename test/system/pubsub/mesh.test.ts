import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { silentLog } from '../../../system/platform/log.ts'
import { createMesh } from '../../../system/pubsub/mesh.ts'
import type { MeshSocket } from '../../../system/pubsub/mesh-sockets.ts'
import { createFakeClock } from '../../support/channel-case.ts'

const heartbeatMs = 100

/** One end of a connection whose other end answers heartbeats for as long as it is told to. */
class FakeSocket extends EventEmitter implements MeshSocket {
  readonly bufferedAmount = 0
  isTerminated = false
  answers: boolean
  constructor(answers: boolean) {
    super()
    this.answers = answers
  }
  send(text: string) {
    if (text === 'beat' && this.answers) this.emit('message', 'beat')
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
