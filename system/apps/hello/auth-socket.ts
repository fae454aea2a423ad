import { type ChannelDefinition, connected, refused, socket } from '../../channels/index.ts'
import { type AuthChannelOptions, authChannel } from './auth-channel.ts'
import { pingChannel } from './ping-channel.ts'
import { recurringChannel } from './recurring-channel.ts'
import type { UserTokens } from './user-token.ts'

interface AuthSocketOptions extends AuthChannelOptions {
  tokens: UserTokens
  recurringMs?: number
  /** More channels for the same users. */
  channels?: Record<string, ChannelDefinition>
}

/** For users with a token. The socket id allows to close all connections of one user (CH-90, CH-124, CH-125). */
export const authSocket = ({ tokens, recurringMs, channels = {}, ...around }: AuthSocketOptions) =>
  socket({
    name: 'HelloSockets.AuthSocket',
    path: '/auth_socket',
    channels: {
      ping: pingChannel,
      'user:*': authChannel(around),
      recurring: recurringChannel({ tokenFor: tokens.sign, ...(recurringMs && { everyMs: recurringMs }) }),
      ...channels,
    },
    async connect({ token }) {
      if (!token) return refused('missing params')
      const verified = await tokens.verify(token)
      if (verified.kind !== 'valid') return refused(`:${verified.kind}`)
      return connected({ userId: verified.data }, `auth_socket:${verified.data}`)
    },
  })
