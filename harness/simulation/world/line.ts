import type { Network } from './network.ts'

/** One connection of a client to its node, whatever carries it. */
export interface Line {
  /** Frames that arrive in one piece. */
  send(frames: readonly string[]): void
  close(): void
}

export interface LineEvents {
  onOpen(line: Line): void
  onFrame(text: string): void
  /** Called once, also when it never opened; with the close code of a WebSocket. */
  onClose(code?: number): void
}

/** A WebSocket to `path`, such as `/socket`. */
export function openWebSocketLine(network: Network, from: string, node: string, path: string, events: LineEvents) {
  const end = network.connect(from, `${node}:web`, path.replace('?', '/websocket?'))
  const line: Line = { send: (frames) => end.send(frames.join('\n')), close: () => end.close(1000) }
  end.onOpen = () => events.onOpen(line)
  end.onMessage = events.onFrame
  end.onClose = events.onClose
}
