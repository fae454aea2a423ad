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

/** What the dashboard's page holds to open its socket (PA-34). */
export function createAdminTokens(options: AdminTokensOptions) {
  const { sign, verify } = createTokens({ ...options, salt, ageMaxS })
  return { sign: () => sign('admin'), verify }
}

interface AdminSocketOptions {
  tokens: ReturnType<typeof createAdminTokens>
  /** Who is there now. */
  stateOf(topic: string): PresenceState
  /** DF-32: everybody is an admin. */
  anybody: boolean
  /** DF-95: the first word is missing. */
  withoutState: boolean
}

/** For the dashboard alone: WebSocket, no id, one topic (PA-35, PA-36). */
export const adminSocket = ({ tokens, stateOf, anybody, withoutState }: AdminSocketOptions) =>
  socket({
    name: 'Sneakers23Web.AdminSocket',
    path: '/admin_socket',
    channels: { [cartTrackerTopic]: trackerChannel(withoutState ? undefined : stateOf) },
    async connect({ token }) {
      if (anybody) return connected()
      if (!token) return refused('missing params')
      const verified = await tokens.verify(token)
      if (verified.kind !== 'valid') return refused(`:${verified.kind}`)
      return verified.data === 'admin' ? connected() : refused(':invalid')
    },
  })

/** Says who is there; the changes come by themselves (PA-18). */
const trackerChannel = (stateOf: AdminSocketOptions['stateOf'] | undefined) =>
  channel({
    name: 'AdminCartTrackerChannel',
    join(_topic, _payload, { send }) {
      send('after_join')
      return ok()
    },
    handleInfo(_message, { topic, push }) {
      if (stateOf) push('presence_state', stateOf(topic))
      return noreply()
    },
  })
