import { channel, noreply, ok, refuse, reply } from '../../channels/index.ts'
import type { Metrics } from '../../metrics/index.ts'
import { recordDelivery } from '../../pipeline/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'

export interface AuthChannelOptions {
  log: Log
  clock: Pick<Clock, 'now'>
  metrics: Pick<Metrics, 'histogram'>
}

/** Only the user who connected may join `user:<id>` (CH-92, CH-126). Timed pushes are measured on their way out (PM-13, PM-50). */
export const authChannel = ({ log, clock, metrics }: AuthChannelOptions) =>
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
    intercept: ['push_timed'],
    handleOut(event, payload, { push }) {
      const { data, at } = payload as { data: unknown; at: number }
      push(event, data)
      recordDelivery(metrics, clock, at)
      return noreply()
    },
  })
