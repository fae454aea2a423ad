export type { ReadSession } from './admission.ts'
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
export { isBytes } from './message.ts'
export { connected, refused, type SocketDefinition, type SocketOptions, socket } from './socket-definition.ts'
export { createTokens, type Sealer, signToken, type Verified, verifyToken } from './token.ts'
