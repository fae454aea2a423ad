import type { LiveSocket } from '../../../live/index.ts'

/** Half of what MR-8 allows, so that a busy machine keeps within it. */
export const refreshMs = 125

const refresh = Symbol('refresh')

/** Assigns what `see` returns now, and again at every refresh while a client is connected. */
export function refreshRegularly<A extends object>(socket: LiveSocket<A>, see: () => A) {
  socket.assign(see())
  if (socket.isConnected) socket.sendAfter(refreshMs, refresh)
}

/** Handles the message at which a page refreshes. */
export const onRefresh =
  <A extends object>(see: () => A) =>
  (message: unknown, socket: LiveSocket<A>) => {
    if (message === refresh) refreshRegularly(socket, see)
  }
