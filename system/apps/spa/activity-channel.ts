import { channel, ok, reply } from '../../channels/index.ts'

const textMaxLength = 200

/** What somebody does is told to everybody on the topic (RX-16). */
export const activityChannel = channel({
  name: 'ActivityChannel',
  join: () => ok(),
  handleIn(event, payload, { broadcast }) {
    if (event !== 'new_activity') throw new Error(`ActivityChannel has no handler for ${event}`)
    const { text } = Object(payload) as { text?: unknown }
    if (typeof text !== 'string' || text === '' || text.length > textMaxLength)
      return reply('error', { reason: `an activity has a text of 1 to ${textMaxLength} letters` })
    broadcast('new_activity', { text })
    return reply('ok', {})
  },
})
