import type { LiveSocket } from '../../../live/index.ts'

/** Half of what MR-8 allows, so that a busy machine keeps within it. */
export const refreshMs = 125

const look = Symbol('look')

/** Assigns what `see` returns now, and again and again while a client is connected. */
export function keepLooking<A extends object>(socket: LiveSocket<A>, see: () => A) {
  socket.assign(see())
  if (socket.isConnected) socket.sendAfter(refreshMs, look)
}

/** The handler of the message by which a page looks again. */
export const lookAgain =
  <A extends object>(see: () => A) =>
  (message: unknown, socket: LiveSocket<A>) => {
    if (message === look) keepLooking(socket, see)
  }
