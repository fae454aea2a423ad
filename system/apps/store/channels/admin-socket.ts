import { channel, connected, createTokens, noreply, ok, refused, type Sealer, socket } from '../../../channels/index.ts'
import type { Clock } from '../../../platform/clock.ts'
import type { PresenceState } from '../../../presence/index.ts'
import { cartTrackerTopic } from '../presence/cart-tracker.ts'

const salt = 'admin socket'
const ageMaxS = 86_400

interface AdminTokensOptions {
  secret: string
  clock: Pick<Clock, 'now'>
  sealer?: Sealer
}

/** Tokens with which the dashboard's page opens its socket (PA-34). */
export function createAdminTokens(options: AdminTokensOptions) {
  const { sign, verify } = createTokens({ ...options, salt, ageMaxS })
  return { sign: () => sign('admin'), verify }
}

interface AdminSocketOptions {
  tokens: ReturnType<typeof createAdminTokens>
  /** The present entries of a topic. */
  stateOf(topic: string): PresenceState
}

/** The socket of the dashboard: WebSocket only, no id, one topic (PA-35, PA-36). */
export const adminSocket = ({ tokens, stateOf }: AdminSocketOptions) =>
  socket({
    name: 'Sneakers23Web.AdminSocket',
    path: '/admin_socket',
    channels: { [cartTrackerTopic]: trackerChannel(stateOf) },
    async connect({ token }) {
      if (!token) return refused('missing params')
      const verified = await tokens.verify(token)
      if (verified.kind !== 'valid') return refused(`:${verified.kind}`)
      return verified.data === 'admin' ? connected() : refused(':invalid')
    },
  })

/** Pushes the state after the join; the tracker broadcasts the changes itself (PA-18). */
const trackerChannel = (stateOf: AdminSocketOptions['stateOf']) =>
  channel({
    name: 'AdminCartTrackerChannel',
    join(_topic, _payload, { send }) {
      send('after_join')
      return ok()
    },
    handleInfo(_message, { topic, push }) {
      push('presence_state', stateOf(topic))
      return noreply()
    },
  })
