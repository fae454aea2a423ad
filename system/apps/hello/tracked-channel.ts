import { channel, noreply, ok, reply } from '../../channels/index.ts'
import type { Tracker } from '../../presence/index.ts'

/** Lists the users who have joined, on any node (CH-132, PA-13, PA-14). */
export const trackedChannel = (tracker: Tracker, now: () => number) =>
  channel({
    name: 'TrackedChannel',
    join(_topic, _payload, { send, id, onEnd }) {
      send('after_join')
      onEnd(() => tracker.untrackAll(id))
      return ok()
    },
    // After the join reply, which must not wait for the tracking (CH-56).
    handleInfo(_message, { id, topic, assigns: { userId } }) {
      tracker.track(id, topic, String(userId), { online_at: new Date(now()).toISOString(), user_id: userId })
      return noreply()
    },
    handleIn(event, _payload, { topic }) {
      if (event === 'list') return reply('ok', { users: tracker.list(topic).map(({ meta }) => meta.user_id) })
      throw new Error(`TrackedChannel has no handler for ${event}`)
    },
  })
