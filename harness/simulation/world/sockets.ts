import type { Endpoint } from '../../../system/channels/index.ts'
import { v1 } from '../../../system/channels/serializers/v1.ts'
import { v2 } from '../../../system/channels/serializers/v2.ts'
import type { Outlet } from '../../../system/channels/transports/transport.ts'
import type { Clock } from '../../../system/platform/clock.ts'
import type { MeshSocket, MeshSockets } from '../../../system/pubsub/index.ts'
import type { Machine } from './machine.ts'
import type { End, Network } from './network.ts'

const refusedCode = 1006
const silentCode = 1002

interface Served {
  endpoint: Endpoint
  clock: Clock
  /** A client that says nothing for this long is disconnected (CH-25). */
  silentMs: number
  /** The connections that are open. */
  open: Set<End>
}

/** A WebSocket of a client at its node: the real endpoint and the real frames, over a simulated connection. */
export async function serveWebSocket(end: End, target: string, { endpoint, clock, silentMs, open }: Served) {
  let heardMs = clock.monotonicMs()
  let unread: string[] | undefined
  const encoder = /vsn=1\./.test(target) ? v1 : v2
  let stopWatching = () => {}
  const outlet: Outlet = {
    send: (frame) => end.send(String(frame)),
    deliver: (broadcast) => end.send(String(broadcast.encoded(encoder))),
    end: (code) => end.close(code),
    drop: () => end.close(refusedCode),
    pause() {
      unread ??= []
    },
    resume() {
      const waiting = unread ?? []
      unread = undefined
      for (const text of waiting) session?.receive(text)
    },
  }
  const session = await endpoint.open({ url: target, headers: {}, socket: {} as never }, outlet)
  if (!session) return end.close(refusedCode)
  // The client has left while it was decided whether it may come.
  if (end.isClosed) return session.gone()

  function watchSilence() {
    const silent = clock.monotonicMs() - heardMs
    if (silent >= silentMs) return session!.close(silentCode)
    stopWatching = clock.after(silentMs - silent, watchSilence)
  }

  function take(frame: string) {
    if (unread) unread.push(frame)
    else session!.receive(frame)
  }

  end.onMessage = (text) => {
    heardMs = clock.monotonicMs()
    // One piece of the network may hold several frames, as over TCP: all of them are read in one turn.
    for (const frame of text.split('\n')) take(frame)
  }
  end.onClose = () => {
    open.delete(end)
    stopWatching()
    session.gone()
  }
  open.add(end)
  end.accept()
  watchSilence()
}

const asMeshSocket = (end: End, onSend: (text: string) => void): MeshSocket => ({
  bufferedAmount: 0,
  on(event: string, listener: (value: never) => void) {
    if (event === 'open') end.onOpen = listener as () => void
    if (event === 'message') end.onMessage = listener as (text: unknown) => void
    if (event === 'close') end.onClose = listener as (code: unknown) => void
  },
  send(text) {
    onSend(text)
    end.send(text)
  },
  terminate: () => end.close(refusedCode),
})

interface MeshOptions {
  network: Network
  machine: Machine
  nodeName: string
  onSend(text: string): void
}

/** Connections between nodes; the address of a node is its name. */
export const simulatedMeshSockets = ({ network, machine, nodeName, onSend }: MeshOptions): MeshSockets => ({
  dial(name, withinMs) {
    const end = network.connect(nodeName, `${name}:mesh`, '', machine)
    machine.clock.after(withinMs, () => !end.isOpen && end.close(refusedCode))
    return asMeshSocket(end, onSend)
  },
  async listen(onConnection) {
    const stop = network.listen(`${nodeName}:mesh`, machine, (end, from) => {
      onConnection(asMeshSocket(end, onSend), from)
      end.accept()
    })
    return async () => stop()
  },
})
