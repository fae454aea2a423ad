import type { LiveSocket } from '../../../live/index.ts'

const topicPrefix = 'product:'
const newsEvents = new Set(['released', 'stock_change'])

/** The product that a broadcast is about; undefined for any other message. */
export function productInNews(message: unknown): number | undefined {
  const { topic, event } = Object(message) as { topic?: string; event?: string }
  return topic?.startsWith(topicPrefix) && newsEvents.has(event!) ? Number(topic.slice(topicPrefix.length)) : undefined
}

/** A page listens to every product that it shows, once it is connected (LV-20). */
export function followProducts(socket: Pick<LiveSocket, 'isConnected' | 'subscribe'>, ids: readonly number[]) {
  if (socket.isConnected) for (const id of ids) socket.subscribe(topicPrefix + id)
}

/** Asks again after a moment where this node has no stock in memory: it starts, or its inventory does. */
const retryMs = 100
export const loadLater = (socket: Pick<LiveSocket, 'isConnected' | 'sendAfter'>) =>
  socket.isConnected ? void socket.sendAfter(retryMs, 'load') : undefined
