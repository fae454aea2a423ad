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
export { connected, createEndpoint, type Endpoint, refused, type SocketDefinition, socket } from './endpoint.ts'
export { isBytes } from './message.ts'
