export type { ReadSession } from './admission.ts'
export type { Attempts } from './attempts.ts'
export {
  type Channel,
  type ChannelDefinition,
  channel,
  type HandleResult,
  type JoinResult,
  noreply,
  ok,
  refuse,
  reply,
  stop,
} from './channel.ts'
export { createEndpoint, type Endpoint } from './endpoint.ts'
export {
  type ConnectInfo,
  connected,
  refused,
  type SocketDefinition,
  type SocketOptions,
  socket,
} from './socket-definition.ts'
export { createTokens, type Sealer, signToken, verifyToken } from './token.ts'
