import { channel, ok, refuse, reply } from '../../channels/index.ts'
import type { Log } from '../../platform/log.ts'

/** Only the user who connected may join `user:<id>` (CH-92, CH-126). */
export const authChannel = (log: Log) =>
  channel({
    name: 'AuthChannel',
    join(topic, _payload, { assigns }) {
      const wanted = topic.slice('user:'.length)
      if (wanted === String(assigns.userId)) return ok()
      log.error({ wanted, userId: assigns.userId }, `AuthChannel: ${assigns.userId} may not join ${topic}`)
      return refuse({ reason: 'unauthorized' })
    },
    handleIn(event, _payload, { assigns }) {
      if (event === 'whoami') return reply('ok', { user_id: assigns.userId })
      throw new Error(`AuthChannel has no handler for ${event}`)
    },
  })
